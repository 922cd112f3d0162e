"""Leases: a right that one process at a time holds, by one conditional update of a row.

A holder that dies loses it at once to a process of the same machine, and to others when its
time is up. A holder that was only slow finds out: `Held.confirm`, in the transaction that
writes its result, says whether the lease is still its own.
"""

from __future__ import annotations

import datetime
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils import timezone

from cms.models import Lease

_POLL_SECONDS = 0.05


class LeaseTaken(Exception):
    """Another process holds the lease."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Another process holds the lease “{name}”; try again later.")


class LeaseLost(Exception):
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
    """Take a lease that is free, or whose time is up, or whose holder is dead.

    ``None`` if another holds it. Asking for a lease that is taken writes nothing.
    """
    held = Held(name, _new_holder(), seconds)
    row = Lease.objects.filter(name=name).first()
    if row is None:
        Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
    elif row.until is not None and row.until > timezone.now() and not _is_dead(row.holder):
        return None
    seen = {"holder": row.holder, "until": row.until} if row else {"holder": "", "until": None}
    rows = Lease.objects.filter(name=name, **seen)
    return held if rows.update(holder=held.holder, until=_until(seconds)) else None


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
        held.release()


def is_held(name: str) -> bool:
    """Whether some process holds a lease now."""
    return Lease.objects.filter(name=name, until__gte=timezone.now()).exists()


def _until(seconds: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(seconds=seconds)


def _new_holder() -> str:
    return f"{_machine()}:{os.getpid()}:{secrets.token_hex(8)}"


def _is_dead(holder: str) -> bool:
    """Whether a holder was a process of this machine and is no more."""
    machine, pid, _ = holder.rsplit(":", 2)
    if machine != _machine():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


@cache
def _machine() -> str:
    """Names what process numbers are unique in: on Linux, a namespace of one boot of a machine."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}-{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return socket.gethostname()[:60]
