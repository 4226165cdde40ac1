{
    "name": "Sales Channels: Test Provider with Prices",
    "summary": "The fake provider with prices by group",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_pricing_scenario", "test_channel"],
}
