{
    "name": "Sales Channels in CRM",
    "summary": "The sales channels in the menu of CRM",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_base", "crm"],
    "data": ["views/menus.xml"],
    "auto_install": True,
}
