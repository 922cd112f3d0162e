"""How far a command is, for whoever waits for it."""

from __future__ import annotations

import time

from django.core.management.base import OutputWrapper


class ProgressLine:
    """``n of m things, time left``: one line that is written over, or a line now and then."""

    def __init__(self, out: OutputWrapper, things: str) -> None:
        self._out = out
        self._things = things
        self._tty = out.isatty()
        self._began = self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Say it, but not too often."""
        now = time.monotonic()
        if now - self._last < (0.2 if self._tty else 5) and done < total:
            return
        self._last = now
        left = (now - self._began) / done * (total - done) if done else 0
        text = f"{done} of {total} {self._things}"
        if done and done < total:
            text += f", about {_duration(left)} left"
        self._out.write(f"\r\x1b[K{text}" if self._tty else text, ending="" if self._tty else "\n")
        self._out.flush()

    def end(self) -> None:
        """Go to the next line."""
        if self._tty:
            self._out.write("")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
