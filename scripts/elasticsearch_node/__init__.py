"""A real Elasticsearch on this machine, for development and tests; no container is needed.

The publisher's minimal distribution comes through Maven. It lacks the stock analysis components;
a plugin built from ``elasticsearch-node/plugin`` gives them back. Everything is kept in
``var/elasticsearch`` (see `places`). Command line: ``python -m scripts.elasticsearch_node``.
"""

from scripts.elasticsearch_node.distribution import Distribution
from scripts.elasticsearch_node.errors import NodeError, NotAvailable
from scripts.elasticsearch_node.node import Node, free_port

__all__ = ["Distribution", "Node", "NodeError", "NotAvailable", "free_port"]
