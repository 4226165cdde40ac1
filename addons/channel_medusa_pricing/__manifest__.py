{
    "name": "Sales Channels: Medusa and Price Scenarios",
    "summary": "Prices by customer group in shops on Medusa 2",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_medusa", "channel_pricing_scenario"],
    "auto_install": True,
}
