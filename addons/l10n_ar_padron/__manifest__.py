{
    "name": "Argentina: ARCA Registry of Taxpayers",
    "summary": "The IVA responsibility of customers, asked at ARCA and explained",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations",
    "author": "Channel Suite",
    "website": "https://example.com/channel-suite",
    "license": "AGPL-3",
    "depends": ["l10n_ar"],
    "external_dependencies": {
        "python": ["cryptography", "lxml", "python-stdnum>=2.2", "requests", "zeep"]
    },
    "data": [
        "security/ir.model.access.csv",
        "security/l10n_ar_padron_security.xml",
        "data/ir_cron.xml",
        "wizards/l10n_ar_arca_certificate_import_views.xml",
        "wizards/l10n_ar_padron_review_views.xml",
        "wizards/l10n_ar_padron_dni_views.xml",
        "views/l10n_ar_arca_certificate_views.xml",
        "views/l10n_ar_padron_answer_views.xml",
        "views/l10n_ar_padron_batch_views.xml",
        "views/l10n_ar_padron_position_views.xml",
        "views/res_partner_views.xml",
        "views/res_config_settings_views.xml",
        "views/account_move_views.xml",
        "views/menus.xml",
    ],
}
