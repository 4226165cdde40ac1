{
    "name": "Sales Channels: Orders",
    "summary": "Order inbox: received, decided, imported or rejected with a reason, "
    "and retried; prices to the cent",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "website": "https://example.com/channel-suite",
    "license": "AGPL-3",
    "depends": ["channel_partner", "sale_stock", "stock_delivery"],
    "data": [
        "security/channel_order_security.xml",
        "security/ir.model.access.csv",
        "data/sale_channel_order_decision.xml",
        "data/sale_channel_mapping_kind.xml",
        "views/sale_channel_order_views.xml",
        "views/sale_channel_views.xml",
        "views/sale_order_views.xml",
        "views/menus.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
