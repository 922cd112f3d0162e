"""What the collector of memory need not look at, and how often it looks at the rest."""

from __future__ import annotations

import gc

RARELY = (10_000, 20, 20)
"""New objects after which the youngest are looked through, and how many times these before older
ones are. A page makes thousands that vanish by themselves; Python's own 700 mean a full collection
every tenth page, which takes as long as half a page."""


def keep_loaded() -> None:
    """Tell the collector that what is loaded by now stays for good, and to look at the rest rarely.

    A full collection goes through every object of the process and stops all readers meanwhile:
    hundreds of thousands of them are code, models, templates and addresses, a few are garbage.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)
