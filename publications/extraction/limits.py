"""How much reading one file may cost, and the account kept while reading."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from .types import Detail

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one reading; the defaults suit reports of some hundred pages.

    ``memory_bytes`` bounds the child's address space (RLIMIT_AS), which is larger than what
    it really uses. ``unpack_ratio`` is how many times its own size a package may unpack to;
    it is asked only beyond ``RATIO_FLOOR``, for small packages may be very regular.
    """

    cpu_seconds: int = 60
    wall_seconds: float = 120.0
    memory_bytes: int = 1024 * MEBIBYTE
    pages: int = 2000
    unpacked_bytes: int = 256 * MEBIBYTE
    unpack_ratio: int = 150
    characters: int = 8_000_000
    cover_width: int = 640
    """Width of a cover image in pixels."""

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON's types."""
        return asdict(self)


RATIO_FLOOR = 16 * MEBIBYTE

# Reading stops by itself at this share of the time, to hand over what it has.
_SOFT_SHARE = 0.7


class LimitReached(Exception):
    """Reading must stop here; what was read so far may be kept."""

    def __init__(self, detail: Detail) -> None:
        super().__init__(str(detail))
        self.detail = detail


class Budget:
    """Counts what one reading has used; readers ask it as they go."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._characters = 0
        self._cpu_end = time.process_time() + limits.cpu_seconds * _SOFT_SHARE
        self._wall_end = time.monotonic() + limits.wall_seconds * _SOFT_SHARE

    def check_time(self) -> None:
        """Raise ``LimitReached`` when the time to stop has come."""
        if time.process_time() > self._cpu_end or time.monotonic() > self._wall_end:
            raise LimitReached(Detail.TIME)

    def spend(self, text: str) -> str:
        """Count ``text`` and give it back; ``LimitReached`` when it does not fit any more."""
        self._characters += len(text)
        if self._characters > self.limits.characters:
            raise LimitReached(Detail.CHARACTERS)
        self.check_time()
        return text
