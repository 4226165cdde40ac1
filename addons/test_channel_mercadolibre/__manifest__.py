{
    "name": "Sales Channels: Tests of MercadoLibre",
    "summary": "The MercadoLibre provider against the repository's sandbox",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": [
        "channel_medusa",
        "channel_mercadolibre",
        "test_channel",
        "test_channel_catalog",
    ],
    "assets": {
        "web.assets_tests": ["test_channel_mercadolibre/static/tests/tours/**/*"],
    },
}
