"""Keeping what ranking knows of the vectors true: the means of languages, and the floor.

A rebuild adds the means up as records stream by. Afterwards both are found again from a sample of
the library: after a rebuild, when a tenth more or fewer passages have vectors, and each day.
"""

from __future__ import annotations

import datetime
import random
import time
from collections.abc import Callable, Sequence

import numpy as np
from django.db.models import F
from django.utils import timezone

from cms.leases import hold
from search.engine import every_audience, get_engine
from search.engines.base import Engine
from search.indexing.drain import WRITER, WRITER_SECONDS
from search.indexing.encoding import encoding_state, note, passages_and_missing, usable_encoder
from search.indexing.writing import batches
from search.models import IndexedWork
from search.plan import Meant, Plan
from search.ranking.candidates import Candidate
from search.ranking.floor import Sentence, choose_sentences, floor_of
from search.ranking.statistics import MeansCollector, Statistics
from search.records import Record
from search.texts import passages_in
from search.vectors import Kind, encode_missing, known_vectors
from search.works import build_records

WORKS = 2000
"""Works that the sample has at most."""

PASSAGES = 10_000
"""With so many passages the sample is large enough: a mean is then sure to about .001."""

WORKS_ASKED = 200
"""Works of the sample from which sentences are taken."""

CHANGED = 0.1
"""The share of passages by which a library is another one."""

DAY = datetime.timedelta(days=1)

WRITER_WAIT_SECONDS = 60.0


def statistics_are_old() -> bool:
    """Whether the library has vectors and is not what its statistics were made from."""
    passages, missing = passages_and_missing()
    present = passages - missing
    if not present:
        return False
    state = encoding_state()
    if state.described_at is None or state.described_at < timezone.now() - DAY:
        return True
    return abs(present - state.described) > CHANGED * state.described


def refresh_statistics(stop: Callable[[], bool] = lambda: False) -> Statistics | None:
    """Find the statistics of the serving index again and keep them there.

    Gives nothing where ``stop`` ended it before the sentences were encoded, or the index was
    rebuilt meanwhile: it is to be called again then. Raises as `encode_works` does.
    """
    encoder = usable_encoder()
    engine = get_engine()
    index = engine.status().name
    passages, missing = passages_and_missing()
    statistics, asked = _sampled(encoder.name)
    sentences = choose_sentences(asked)
    if not _encoded([sentence.text for sentence in sentences], stop):
        return None
    questions = _questions(encoder.name, sentences)
    strangers = floor_of(lambda meant: _nearest(engine, meant), questions, statistics)
    statistics = statistics.with_floor(strangers)
    with hold(WRITER, WRITER_SECONDS, wait=WRITER_WAIT_SECONDS):
        if engine.status().name != index:
            return None
        engine.describe(statistics)
    note(described=passages - missing, described_at=timezone.now())
    return statistics


def _sampled(encoder: str) -> tuple[Statistics, list[Record]]:
    """The means of a sample of the works that have vectors, and the works to ask from."""
    works = list(
        IndexedWork.objects.filter(passages__gt=F("without_vector"))
        .order_by("work")
        .values_list("work", flat=True)
    )
    # The same library gives the same sample: what changes its statistics is a change of its own.
    sample = random.Random(1).sample(works, min(len(works), WORKS))  # noqa: S311 - no secret
    collector = MeansCollector(encoder)
    asked: list[Record] = []
    seen = 0
    for batch in batches(sample):
        records = build_records(batch, 0)
        asked += records[: WORKS_ASKED - len(asked)]
        seen += _add_means(collector, records, encoder)
        if seen >= PASSAGES and len(asked) >= WORKS_ASKED:
            break
    return collector.statistics(), asked


def _add_means(collector: MeansCollector, records: Sequence[Record], encoder: str) -> int:
    """Count the passages' vectors in; says how many there were. Sentences are not needed here."""
    passages = [passage for record in records for passage in passages_in(record)]
    vectors = known_vectors(encoder, (passage.text for passage in passages))
    counted = [passage for passage in passages if passage.text in vectors]
    for passage in counted:
        collector.add(passage.language, vectors[passage.text])
    return len(counted)


def _encoded(texts: Sequence[str], stop: Callable[[], bool]) -> bool:
    """Encode texts as questions, batch by batch; says whether all have vectors now."""
    while encode_missing(texts, kind=Kind.QUERY, seconds=0).left:
        if stop():
            return False
    return True


def _questions(encoder: str, sentences: Sequence[Sentence]) -> list[tuple[int, Meant]]:
    vectors = known_vectors(encoder, (sentence.text for sentence in sentences), Kind.QUERY)
    return [
        (sentence.work, Meant(encoder, vectors[sentence.text].astype(np.dtype("<f4")).tobytes()))
        for sentence in sentences
    ]


def _nearest(engine: Engine, meant: Meant) -> Sequence[Candidate]:
    """The nearest passages of the whole library, whoever may see them: only a number is kept."""
    plan = Plan(meant=meant, audiences=every_audience(), now=int(time.time()))
    return engine.candidates(plan)
