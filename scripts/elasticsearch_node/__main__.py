"""Start, stop and look after the development node.

``make elasticsearch`` and ``make elasticsearch-stop`` call this. From the environment:
``ELASTICSEARCH_PORT`` (9200; 9201 with ``--secure``), ``ELASTICSEARCH_HEAP`` (1g) and
``ELASTICSEARCH_HOME`` (``var/elasticsearch``).
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace

from scripts.elasticsearch_node.distribution import Distribution
from scripts.elasticsearch_node.errors import NodeError
from scripts.elasticsearch_node.node import Node
from scripts.elasticsearch_node.security import USER


def main(arguments: list[str]) -> int:
    """Do what the command line asks; 1 with a message when that cannot work."""
    parser = argparse.ArgumentParser(prog="elasticsearch_node", description=__doc__)
    parser.add_argument("action", choices=["provision", "start", "stop", "status", "wait"])
    parser.add_argument("--secure", action="store_true", help="with TLS and a password")
    options = parser.parse_args(arguments)
    node = _node(secure=options.secure)
    try:
        if options.action == "provision":
            print(f"Elasticsearch is ready in {Distribution.provide().folder}.")
        elif options.action == "start":
            _start(node)
        elif options.action == "stop":
            stopped = node.stop()
            print("Elasticsearch has stopped." if stopped else "Elasticsearch was not running.")
        elif options.action == "wait":
            node.wait()
        elif node.process() is None:
            print("Elasticsearch is not running.")
            return 1
        else:
            print(f"{replace(node, port=node.last_port() or node.port)} is running.")
    except NodeError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _node(*, secure: bool) -> Node:
    port = os.environ.get("ELASTICSEARCH_PORT") or ("9201" if secure else "9200")
    heap = os.environ.get("ELASTICSEARCH_HEAP") or "1g"
    return Node("secure" if secure else "development", int(port), heap, secure)


def _start(node: Node) -> None:
    distribution = Distribution.provide()
    if node.process() is not None and (change := _change(node, distribution)):
        print(f"{change}: starting the node again.", flush=True)
        node.stop()
    if node.process() is not None:
        print(f"{node} is running already.")
    else:
        print("Starting Elasticsearch (about 15 seconds) ...", flush=True)
        node.start(distribution)
        print(f"{node} is running.")
    if node.security:
        print(f"User {USER}, password in {node.security.password_file}, CA in {node.security.ca}")


def _change(node: Node, distribution: Distribution) -> str:
    """Why a running node must be started again; empty when it need not."""
    if node.last_port() != node.port:
        return f"It is to answer at port {node.port}"
    if node.plugin_version() != distribution.plugin_version:
        return "The analysis plugin has changed"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
