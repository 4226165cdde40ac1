{
    "name": "Sales Channels: Tests of Argentine Fiscal Data",
    "summary": "The fake provider sells to Argentine taxpayers",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["test_channel", "channel_l10n_ar"],
    "assets": {
        "web.assets_tests": ["test_channel_l10n_ar/static/tests/tours/**/*"],
    },
}
