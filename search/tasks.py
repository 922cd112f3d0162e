"""Background tasks of the search app."""

from __future__ import annotations

from django_tasks import task

from cms.leases import LeaseLost, LeaseTaken
from search.engines.base import EngineUnavailable
from search.indexing.drain import drain
from search.indexing.outbox import sweep
from search.indexing.rebuild import rebuild_if_broken

DRAIN_SECONDS = 20.0
"""After so long other tasks get their turn, and the rest waits for its own."""


@task(priority=10)
def drain_outbox() -> str:
    """Write changed works to the index. Running it twice changes nothing.

    If the index cannot be used it is made again where the engine allows that; otherwise
    everything waits, and the sweep asks again.
    """
    try:
        drained = drain(seconds=DRAIN_SECONDS)
    except (LeaseTaken, LeaseLost):
        return "another process writes"
    except EngineUnavailable as error:
        return "rebuilt" if rebuild_if_broken() else f"the engine is down: {error}"
    sweep()
    return f"{drained.written} works written, {drained.failed} failed"


@task()
def mend_index() -> str:
    """Build the index again if it cannot be used and the engine allows that."""
    return "rebuilt" if rebuild_if_broken() else "nothing to do"
