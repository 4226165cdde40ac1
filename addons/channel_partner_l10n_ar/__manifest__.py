{
    "name": "Sales Channels: Argentine Invoices",
    "summary": "Argentine invoices print the legal name of a channel's customer; "
    "foreign documents keep their letters",
    "version": "19.0.1.1.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_partner", "l10n_ar"],
    "data": ["views/report_invoice.xml"],
    "auto_install": True,
}
