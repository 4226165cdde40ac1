{
    "name": "Sales Channels: Test Provider",
    "summary": "A fake provider, and the contract tests that every provider passes",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["channel_order", "channel_outgoing"],
    "data": [
        "security/test_channel_security.xml",
        "security/ir.model.access.csv",
    ],
    "assets": {
        "web.assets_tests": ["test_channel/static/tests/tours/**/*"],
    },
}
