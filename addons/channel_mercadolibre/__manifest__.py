{
    "name": "Sales Channels: MercadoLibre",
    "summary": "MercadoLibre and MercadoLivre: buyers and orders of one or more "
    "seller accounts",
    "version": "19.0.1.2.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "website": "https://example.com/channel-suite",
    "license": "AGPL-3",
    "depends": ["channel_order"],
    "external_dependencies": {"python": ["requests"]},
    "data": ["views/sale_channel_views.xml"],
    "uninstall_hook": "uninstall_hook",
}
