{
    "name": "Sales Channels",
    "summary": "Channels, flows, credentials, de-para and runs: the core every "
    "sales channel connector stands on",
    "version": "19.0.1.5.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["field_guard", "remote_transport", "sale_channel", "mail"],
    "data": [
        "security/channel_security.xml",
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "views/sale_channel_views.xml",
        "views/sale_channel_flow_views.xml",
        "views/sale_channel_credential_views.xml",
        "views/connection_templates.xml",
        "wizards/sale_channel_mapping_assign_views.xml",
        "views/sale_channel_mapping_views.xml",
        "views/sale_channel_run_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["channel_base/static/src/**/*"],
    },
    "application": True,
    "uninstall_hook": "uninstall_hook",
}
