"""How long the parts of a search take, for whoever measures them; otherwise nothing is counted.

A part that runs within another is counted for itself and not for the other one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Seconds = dict[str, float]

_counted: ContextVar[Seconds | None] = ContextVar("counted", default=None)
_inner: ContextVar[float] = ContextVar("inner", default=0.0)


@contextmanager
def stages() -> Iterator[Seconds]:
    """Count, in this thread, the seconds of every `stage` within."""
    seconds: Seconds = {}
    token = _counted.set(seconds)
    try:
        yield seconds
    finally:
        _counted.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """A part of a search."""
    seconds = _counted.get()
    if seconds is None:
        yield
        return
    token = _inner.set(0.0)
    began = time.perf_counter()
    try:
        yield
    finally:
        whole = time.perf_counter() - began
        inner = _inner.get()
        _inner.reset(token)
        _inner.set(_inner.get() + whole)
        seconds[name] = seconds.get(name, 0.0) + whole - inner
