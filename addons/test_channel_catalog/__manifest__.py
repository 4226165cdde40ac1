{
    "name": "Sales Channels: Test Provider with a Catalogue",
    "summary": "A fake shop with listings, stock and prices",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_catalog", "test_channel"],
}
