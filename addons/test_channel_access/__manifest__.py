{
    "name": "Sales Channels: Test of Access Rights",
    "summary": "Who may do what with every model of the suite, declared and tested",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": [
        "channel_l10n_ar",
        "channel_mercadolibre",
        "channel_partner_l10n_ar",
        "channel_pricing_scenario",
        "pricing_scenario_website",
        "test_channel",
        "test_channel_catalog",
    ],
}
