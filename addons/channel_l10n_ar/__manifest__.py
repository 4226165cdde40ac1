{
    "name": "Sales Channels: Argentine Fiscal Data",
    "summary": "The IVA responsibility of buyers, by ARCA's registry, before their "
    "order exists; invoices wait while it is not settled",
    "version": "19.0.1.2.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": [
        "channel_order",
        "channel_partner_l10n_ar",
        "l10n_ar_arca",
        "l10n_ar_padron",
    ],
    "data": [
        "security/ir.model.access.csv",
        "data/sale_channel_mapping_kind.xml",
        "data/l10n_ar_identification_threshold.xml",
        "views/l10n_ar_identification_threshold_views.xml",
        "views/account_journal_views.xml",
        "views/report_invoice.xml",
        "views/sale_channel_views.xml",
        "views/menus.xml",
    ],
    "auto_install": True,
}
