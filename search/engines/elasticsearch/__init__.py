"""The engine on Elasticsearch 9, for production and clusters.

How it keeps its word. A work is one document with nested ones (see `mapping`): a change of it is
seen whole or not at all. Its version is the document's: Elasticsearch refuses an older one, so
writes may come twice, late, or from several processes. A removed work leaves a document with its
version. The vectors of its passages stand in documents of their own, which count only while they
have their work's stamp. Who may see what is part of every query for editions or passages. The index
that serves is named by an alias, which one call moves to a new index.
"""

from search.engines.elasticsearch.client import Connection
from search.engines.elasticsearch.engine import ElasticsearchEngine
from search.engines.elasticsearch.errors import RecordRefused

__all__ = ["Connection", "ElasticsearchEngine", "RecordRefused"]
