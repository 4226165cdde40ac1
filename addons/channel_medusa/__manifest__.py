{
    "name": "Sales Channels: Medusa",
    "summary": "Shops on Medusa 2: orders, shipments, products, stock and prices",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_catalog"],
    "external_dependencies": {"python": ["requests"]},
    "data": ["views/sale_channel_views.xml"],
    "uninstall_hook": "uninstall_hook",
}
