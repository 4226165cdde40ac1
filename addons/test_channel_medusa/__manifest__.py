{
    "name": "Sales Channels: Tests of Medusa",
    "summary": "The Medusa provider against the repository's sandbox",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": [
        "channel_medusa_pricing",
        "test_channel_catalog",
        "test_channel_pricing",
    ],
}
