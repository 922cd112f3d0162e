"""Background tasks of the search app."""

from __future__ import annotations

import time

from django_tasks import task

from cms.background import others_wait
from cms.leases import LeaseLost, LeaseTaken
from search.encoders.base import EncoderUnavailable
from search.engines.base import EngineUnavailable
from search.indexing import encoding, outbox
from search.indexing.drain import drain
from search.indexing.rebuild import rebuild_if_broken, rebuild_if_of_another_encoder
from search.statistics import refresh_statistics as find_statistics
from search.statistics import statistics_are_old

SLICE_SECONDS = 20.0
"""After so long other tasks get their turn, and the rest waits for its own."""


@task(priority=10)
def drain_outbox() -> str:
    """Write changed works to the index. Running it twice changes nothing.

    If the index cannot be used it is made again where the engine allows that; otherwise
    everything waits, and the sweep asks again.
    """
    try:
        drained = drain(seconds=SLICE_SECONDS)
    except (LeaseTaken, LeaseLost):
        return "another process writes"
    except EngineUnavailable as error:
        return "rebuilt" if rebuild_if_broken() else f"the engine is down: {error}"
    outbox.sweep()
    if drained.without_vector:
        encoding.sweep()
    return f"{drained.written} works written, {drained.failed} failed"


@task()
def mend_index() -> str:
    """Build the index again if it cannot be used and the engine allows that."""
    return "rebuilt" if rebuild_if_broken() else "nothing to do"


@task(priority=-10)
def encode_works() -> str:
    """Encode what passages lack, for a while. Running it twice changes nothing.

    What is written and read comes first: this gives way between two batches. If the index holds
    the vectors of another encoder, it is made again.
    """
    ends = time.monotonic() + SLICE_SECONDS

    def stop() -> bool:
        return time.monotonic() > ends or others_wait(encode_works)

    try:
        works = encoding.encode_works(stop)
    except encoding.OtherEncoder as error:
        return "rebuilt" if rebuild_if_of_another_encoder() else str(error)
    except (LeaseTaken, LeaseLost):
        return "another process encodes"
    except EngineUnavailable as error:
        return f"the engine is down: {error}"
    except EncoderUnavailable as error:
        return f"the encoder is left alone for a while: {error}"
    encoding.sweep()
    return f"{works} works have their vectors"


@task(priority=-5)
def refresh_statistics() -> str:
    """Find the statistics of the vectors again if the library is another one."""
    if not statistics_are_old():
        return "nothing to do"
    try:
        statistics = find_statistics(lambda: others_wait(refresh_statistics))
    except (LeaseTaken, encoding.OtherEncoder, EncoderUnavailable, EngineUnavailable) as error:
        return str(error)
    return f"the floor is {statistics.floor:.3f}" if statistics else "gave way"
