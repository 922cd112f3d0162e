"""The engine for production: Elasticsearch 9, by its official client."""
