"""What can go wrong with a node, said so that a person can act on it."""


class NodeError(Exception):
    """The node cannot be provided, started or stopped."""


class NotAvailable(NodeError):
    """This machine lacks a program that is needed, or cannot fetch Elasticsearch.

    The message names what is missing and how to get it.
    """
