{
    "name": "Sales Channels: Customers",
    "summary": "Buyers of a sales channel become customers, with their document, "
    "delivery addresses and contacts",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "website": "https://example.com/channel-suite",
    "license": "AGPL-3",
    "depends": [
        "channel_base",
        "sales_team",
        "phone_validation",
        "l10n_latam_base",
        "base_address_extended",
    ],
    "external_dependencies": {"python": ["python-stdnum>=2.2"]},
    "data": [
        "security/channel_partner_security.xml",
        "security/ir.model.access.csv",
        "data/l10n_latam_identification_type.xml",
        "data/sale_channel_mapping_kind.xml",
        "views/sale_channel_views.xml",
        "views/sale_channel_partner_views.xml",
        "views/res_partner_views.xml",
        "views/menus.xml",
    ],
}
