{
    "name": "Remote Transport",
    "summary": "Calls to other systems that end, stay small and keep secrets, and a "
    "reader of XML from outside",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Channel Suite",
    "development_status": "Beta",
    "license": "AGPL-3",
    "depends": ["base"],
    "external_dependencies": {"python": ["lxml", "requests"]},
}
