{
    "name": "Official Registries: Test Registry",
    "summary": "A registry of two states, which proves what registries share",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["partner_registry"],
}
