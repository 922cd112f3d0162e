"""What is measured: an engine that begins empty, and leaves nothing behind."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from search.benchmark.measuring import resident_bytes
from search.engine import elasticsearch_connection
from search.engines.base import Engine
from search.engines.elasticsearch import Connection, ElasticsearchEngine
from search.engines.elasticsearch.client import Client
from search.engines.elasticsearch.indexes import Indexes
from search.engines.embedded import EmbeddedEngine


@contextmanager
def embedded() -> Iterator[Engine]:
    """The embedded engine in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="reslog-bench-"))
    try:
        yield EmbeddedEngine(folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def elasticsearch(connection: Connection, prefix: str) -> Iterator[Engine]:
    """The engine on Elasticsearch, under names that begin with ``prefix`` and a random word."""
    own = f"{prefix}-bench-{secrets.token_hex(4)}"
    try:
        yield ElasticsearchEngine(connection, index_prefix=own)
    finally:
        client = Client(connection)
        indexes = Indexes(client, own, None)
        budget = client.writing("removing the indexes of the measurement")
        for index in list(indexes.found(budget)):
            indexes.remove(index.name, budget)


def node_connection() -> Connection:
    """The node of the settings, else where the development node would be."""
    if settings.ELASTICSEARCH_URL:
        return elasticsearch_connection()
    port = os.environ.get("ELASTICSEARCH_PORT") or "9200"
    return Connection((f"http://127.0.0.1:{port}",))


def connect(connection: Connection) -> Elasticsearch:
    """A plain client, for what is no engine's business."""
    return Elasticsearch(list(connection.urls), **client_options(connection), request_timeout=60)


def client_options(connection: Connection) -> dict[str, Any]:
    """What a client is told beside the addresses."""
    options: dict[str, Any] = {}
    if connection.ca:
        options["ca_certs"] = connection.ca
    if connection.api_key:
        options["api_key"] = connection.api_key
    elif connection.user:
        options["basic_auth"] = (connection.user, connection.password)
    return options


def answers(connection: Connection) -> bool:
    """Whether a node is there."""
    with connect(connection) as client:
        try:
            return not client.options(request_timeout=5).cluster.health()["timed_out"]
        except (ApiError, TransportError):
            return False


def node_bytes(connection: Connection) -> int | None:
    """The memory (RSS) of a node on this machine; ``None`` for another machine's."""
    if urlsplit(connection.urls[0]).hostname not in ("127.0.0.1", "localhost", "::1"):
        return None
    with connect(connection) as client:
        nodes = client.nodes.info(metric="process")["nodes"]
    sizes = [resident_bytes(node["process"]["id"]) for node in nodes.values()]
    return sum(size for size in sizes if size) or None


def node_heap_bytes(connection: Connection) -> int:
    """The heap that the nodes may use, together."""
    with connect(connection) as client:
        nodes = client.nodes.stats(metric="jvm")["nodes"]
    return sum(node["jvm"]["mem"]["heap_max_in_bytes"] for node in nodes.values())
