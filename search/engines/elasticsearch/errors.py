"""What the client raises and what an index answers, as the port's errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elastic_transport import TlsError
from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    TransportError,
    UnsupportedProductError,
)

from search.engines.base import EngineError, EngineUnavailable, IndexBlocked

CLIENT_ERRORS = (ApiError, TransportError, UnsupportedProductError)
"""Everything that the client raises of its own."""

REBUILD = "Rebuild it with `manage.py search_index rebuild`."

_BLOCKED = "The index is blocked (a full disk does that)"
_UNKNOWN_USER, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_BUSY = frozenset({408, 429, 502, 503, 504})


class RecordRefused(EngineError):
    """The index cannot take a record, now or later."""


class IndexMissing(EngineUnavailable):
    """The alias or index that was asked is not there."""


def may_succeed_again(error: Exception) -> bool:
    """Whether the same request, sent again at once, may succeed."""
    if isinstance(error, ApiError):
        # A search or write that an index was taken from under by a swap answers 404.
        return not is_blocked(error.body) and error.status_code in _BUSY | {_NOT_FOUND}
    return isinstance(error, TransportError) and not isinstance(error, TlsError)


def is_missing(error: Exception) -> bool:
    """Whether the index that was asked is not there; a swap may just have taken it."""
    return isinstance(error, ApiError) and "index_not_found" in str(error.body)


def is_blocked(cause: Any) -> bool:
    """Whether an index refuses writes: it is read-only, or its disk is full."""
    # A node that has just started, or has no master, says the same of itself: that passes.
    text = str(cause)
    return "cluster_block_exception" in text and "SERVICE_UNAVAILABLE" not in text


def item_may_succeed_again(status: int, cause: Mapping[str, Any]) -> bool:
    """`may_succeed_again` for one document of a bulk."""
    final = is_blocked(cause) or isinstance(item_error(cause, ""), IndexMissing)
    return not final and status in _BUSY | {_NOT_FOUND}


def item_error(cause: Mapping[str, Any], document: str) -> EngineError:
    """Why an index does not take one document of a bulk."""
    reason = f"{cause.get('type')}: {cause.get('reason')}"
    if is_blocked(cause):
        return IndexBlocked(f"{_BLOCKED}: {reason}")
    if "require_alias" in reason:
        return IndexMissing(reason)
    return RecordRefused(f"Elasticsearch refuses {document}: {reason}")


def unavailable(error: Exception, doing: str) -> EngineUnavailable:
    """An error of the client as the port's, saying what to do where that is known."""
    kind: type[EngineUnavailable] = EngineUnavailable
    if isinstance(error, ConnectionTimeout):
        reason = "it did not answer in time"
    elif not isinstance(error, ApiError):
        reason = str(getattr(error, "message", error))  # as text it is "Connection error" alone
    elif is_blocked(error.body):
        reason = f"{_BLOCKED}: {_reason(error)}"
        kind = IndexBlocked
    elif error.status_code == _UNKNOWN_USER:
        reason = "it refuses the user, password or API key"
    elif error.status_code == _FORBIDDEN:
        reason = f"the user or API key lacks a right: {_reason(error)}"
    else:
        reason = f"it answers {error.status_code}: {_reason(error)}"
        if is_missing(error):
            kind = IndexMissing
    return kind(f"Elasticsearch failed while {doing}: {reason}")


def _reason(error: ApiError) -> str:
    """The innermost reason that an answer gives."""
    cause = error.body.get("error") if isinstance(error.body, Mapping) else error.body
    while isinstance(cause, Mapping):
        roots = cause.get("root_cause") or ()
        inner = cause.get("caused_by") or (roots[0] if roots else None)
        if not inner or inner == cause:
            return f"{cause.get('type')}: {cause.get('reason')}"
        cause = inner
    return str(cause or error.message)
