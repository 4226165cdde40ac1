{
    "name": "Sales Scenarios in the Web Shop",
    "summary": "Resellers choose the origin of shipment and see their own prices",
    "version": "19.0.1.1.0",
    "category": "Website/Website",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["pricing_scenario", "website_sale_stock"],
    "data": [
        "security/pricing_scenario_website_security.xml",
        "views/product_templates.xml",
        "views/origin_templates.xml",
        "views/price_templates.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["pricing_scenario_website/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
