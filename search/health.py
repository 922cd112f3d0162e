"""The state of search, for the health address."""

from __future__ import annotations


def search_health() -> dict[str, str]:
    """The state of the index and the last success of each background job."""
    return {}
