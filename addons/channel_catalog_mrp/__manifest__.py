{
    "name": "Sales Channels: Kits",
    "summary": "The stock of kits on sales channels follows their bills of materials",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_catalog", "mrp"],
    "auto_install": True,
}
