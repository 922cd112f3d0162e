"""Trying one address: HEAD, then GET where HEAD says no; a few redirects; nothing is downloaded."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

from insight.links.connecting import (
    SECONDS,
    CheckedConnection,
    CheckedSecureConnection,
    NotPublic,
)
from insight.models import LinkCheck

State = LinkCheck.State

MAX_REDIRECTS = 5
MAX_SECONDS = 30.0
"""How long one address may take with all its redirects."""

_CLOSED = frozenset({401, 402, 403, 405, 406, 407, 429, 451, 503, 999})
"""Answers of servers that are there but do not talk to programs, or are busy."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of trying an address.

    ``problem`` is a status, or the key of a text in `insight.links.messages`; ``is_unreached``
    says that no server answered, which may be our own network's fault.
    """

    state: State
    problem: str = ""
    is_unreached: bool = False


def try_address(url: str) -> Outcome:
    """Try an address and what it redirects to; never raises for what a server does."""
    deadline = time.monotonic() + MAX_SECONDS
    for _hop in range(MAX_REDIRECTS + 1):
        if time.monotonic() > deadline:
            return Outcome(State.FAILED, "slow", is_unreached=True)
        answer = _answer(url)
        if isinstance(answer, Outcome):
            return answer
        url = answer
    return Outcome(State.FAILED, "redirects")


def _answer(url: str) -> Outcome | str:
    """What an address gives, or where it sends on to."""
    try:
        status, location = _ask_politely(url)
    except NotPublic:
        return Outcome(State.UNCLEAR, "not_public")
    except ssl.SSLCertVerificationError:
        return Outcome(State.FAILED, "certificate")
    except socket.gaierror:
        return Outcome(State.FAILED, "no_such_server", is_unreached=True)
    except TimeoutError:
        return Outcome(State.FAILED, "slow", is_unreached=True)
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome(State.FAILED, "unreachable", is_unreached=True)
    if 300 <= status < 400 and location:
        return urljoin(url, location)
    return _judge(status)


def _judge(status: int) -> Outcome:
    if status < 400:
        return Outcome(State.FINE)
    return Outcome(State.UNCLEAR if status in _CLOSED else State.FAILED, str(status))


def _ask_politely(url: str) -> tuple[int, str]:
    """Ask for the head alone; some servers refuse that, or break off, and give the page."""
    try:
        status, location = _ask(url, "HEAD")
    except http.client.HTTPException:
        status, location = 0, ""
    return (status, location) if 0 < status < 400 else _ask(url, "GET")


def _ask(url: str, method: str) -> tuple[int, str]:
    """The status of an answer and where it points; the answer's body is left where it is."""
    parts = urlsplit(url)
    connection = _connection(parts)
    try:
        connection.request(method, _target(parts), headers=_headers())
        response = connection.getresponse()
        return response.status, response.headers.get("Location", "")
    finally:
        connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    """A connection for an address; ``ValueError`` where it is none of the web."""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(parts.scheme)
    host = parts.hostname
    if not host.isascii():
        host = host.encode("idna").decode()
    kind = CheckedSecureConnection if parts.scheme == "https" else CheckedConnection
    return kind(host, parts.port, timeout=SECONDS)


def _target(parts: SplitResult) -> str:
    """The path and query as they are sent: what editors paste may hold letters of any script."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{path}?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else path


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"Mozilla/5.0 (compatible; library-links; +{settings.WAGTAILADMIN_BASE_URL})",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
