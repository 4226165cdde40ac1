{
    "name": "Argentina: ARCA Certificate",
    "summary": "Key, certificate and access tickets with which ARCA's web services "
    "are asked",
    "version": "19.0.1.5.0",
    "category": "Accounting/Localizations",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["field_guard", "l10n_ar", "remote_transport"],
    "external_dependencies": {
        "python": ["cryptography", "lxml", "python-stdnum>=2.2", "zeep"]
    },
    "data": [
        "security/ir.model.access.csv",
        "security/l10n_ar_arca_security.xml",
        "data/ir_cron.xml",
        "wizards/l10n_ar_arca_certificate_import_views.xml",
        "views/l10n_ar_arca_certificate_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
    "pre_init_hook": "take_over",
    "post_init_hook": "keep_settings",
}
