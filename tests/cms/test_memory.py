"""What the collector of memory is told."""

from __future__ import annotations

import gc

from cms.memory import keep_loaded


def test_what_is_loaded_is_not_gone_through_again() -> None:
    try:
        keep_loaded()
        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.unfreeze()
