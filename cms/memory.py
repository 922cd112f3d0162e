"""What the collector of memory need not look at."""

from __future__ import annotations

import gc


def keep_loaded() -> None:
    """Tell the collector that what is loaded by now stays for good.

    A full collection goes through every object of the process and stops all readers meanwhile:
    hundreds of thousands of them are code, models, templates and addresses, a few are garbage.
    """
    gc.collect()
    gc.freeze()
