{
    "name": "Field Guard",
    "summary": "Fields that only the server, or some groups, may write",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["base"],
}
