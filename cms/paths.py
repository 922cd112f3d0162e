"""Addresses of very many things of one kind.

``reverse`` looks through the addresses of the whole site each time: for hundreds of links that is
most of what a page takes.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.urls import reverse

_SAFE = "!$&'()*+,;=/~:@"
"""Signs that stand in a path as they are, as ``reverse`` leaves them (RFC 3986)."""


def path_maker(name: str, *examples: str | int) -> Callable[..., str]:
    """A function from the arguments of a named address to its path, in the active language.

    ``examples`` are arguments as the address takes them, that stand nowhere else in it.
    """
    written = reverse(name, args=examples)
    parts = []
    for example in examples:
        before, written = written.split(str(example), 1)
        parts.append(before)

    def path(*arguments: str | int) -> str:
        pairs = zip(parts, arguments, strict=True)
        return "".join(f"{part}{quote(str(one), _SAFE)}" for part, one in pairs) + written

    return path


def slug_paths(name: str) -> Callable[..., str]:
    """The same for an address that takes nothing but a slug."""
    return path_maker(name, "0-example-0")
