{
    "name": "Sales Channels: Sales Scenarios",
    "summary": "Sends groups, price lists and contracts of sales scenarios to "
    "channels, and the group of each customer",
    "version": "19.0.1.2.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_order", "channel_outgoing", "pricing_scenario"],
    "data": [
        "security/channel_pricing_scenario_security.xml",
        "security/ir.model.access.csv",
        "data/sale_channel_mapping_kind.xml",
        "views/sale_channel_pricing_item_views.xml",
        "views/sale_channel_views.xml",
        "views/sale_order_views.xml",
        "views/menus.xml",
    ],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
