"""Leases: a right that one process at a time holds, by one conditional update of a row.

A holder that dies holds it until its time is up; then another may take it. A holder that was
only slow finds out: `Held.confirm` in the transaction that writes its result says whether the
lease is still its own.
"""

from __future__ import annotations

import datetime
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from cms.models import Lease

_POLL_SECONDS = 0.2


class LeaseTaken(Exception):  # noqa: N818 - says how things are, not that somebody erred
    """Another process holds the lease."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Another process holds the lease “{name}”; try again later.")


class LeaseLost(Exception):  # noqa: N818
    """The lease ran out and another process may have taken it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that this process holds for ``seconds`` from when it was taken or renewed."""

    name: str
    holder: str
    seconds: float

    def renew(self) -> None:
        """Hold it for the same time again; `LeaseLost` if another took it meanwhile."""
        mine = Lease.objects.filter(name=self.name, holder=self.holder)
        if not mine.update(until=_until(self.seconds)):
            raise LeaseLost(self.name)

    def confirm(self) -> None:
        """Inside a transaction: nobody takes the lease before it commits. `LeaseLost` if not ours.

        A lease that ran out and that nobody took is still ours.
        """
        mine = Lease.objects.select_for_update().filter(name=self.name, holder=self.holder)
        if not mine.exists():
            raise LeaseLost(self.name)

    def release(self) -> None:
        """Let the next one take it."""
        Lease.objects.filter(name=self.name, holder=self.holder).update(holder="", until=None)


def take(name: str, seconds: float) -> Held | None:
    """Take a lease that is free or whose time is up; ``None`` if another holds it."""
    held = Held(name, _new_holder(), seconds)
    free = Q(until=None) | Q(until__lt=timezone.now())
    if _take(held, free):
        return held
    # The row is made the first time, and only then: waiting for a lease writes nothing.
    if not Lease.objects.filter(name=name).exists():
        Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
        if _take(held, free):
            return held
    return None


def _take(held: Held, free: Q) -> bool:
    rows = Lease.objects.filter(free, name=held.name)
    if not rows.exists():  # so that SQLite's one writer is not asked for nothing
        return False
    return bool(rows.update(holder=held.holder, until=_until(held.seconds)))


@contextmanager
def hold(name: str, seconds: float, *, wait: float = 0) -> Iterator[Held]:
    """Hold a lease for the time of a block, waiting for it up to ``wait`` seconds.

    Raises `LeaseTaken` if it does not become free.
    """
    deadline = time.monotonic() + wait
    while (held := take(name, seconds)) is None:
        if time.monotonic() >= deadline:
            raise LeaseTaken(name)
        time.sleep(_POLL_SECONDS)
    try:
        yield held
    finally:
        with suppress(LeaseLost):
            held.release()


def is_held(name: str) -> bool:
    """Whether some process holds a lease now."""
    return Lease.objects.filter(name=name, until__gte=timezone.now()).exists()


def _until(seconds: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(seconds=seconds)


def _new_holder() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
