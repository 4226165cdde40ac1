{
    "name": "Sales Channels: Test Kits",
    "summary": "Kits in a fake shop",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_catalog_mrp", "sale_mrp", "test_channel_catalog"],
}
