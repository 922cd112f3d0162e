"""The measurements as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from django.conf import settings

from search.benchmark.measuring import Spread
from search.benchmark.questions import LABEL_EACH
from search.benchmark.run import CHANGED_WORKS, PLAIN_WORKS, QUESTIONS, WAGTAIL, Measured
from search.benchmark.searching import CLIENTS, Searching
from search.benchmark.vectors import MOVED, RealVectors
from search.indexing.writing import BATCH_WORKS

_NAMES = {
    "embedded": "embedded",
    "elasticsearch": "Elasticsearch",
    WAGTAIL: "Wagtail's own on Elasticsearch, bare",
}

_HEAD = """\
# Performance

`make bench` makes a synthetic library with a fixed seed, measures both engines on it, and writes
this page.

- **Works**: 1 to 4 editions (tr, ar, sv, en), 10 passages in all of 120 to 200 words drawn with the
  frequencies of {source}; 3 themes, countries and organisations; 1 in 20 for members only.
  The median work has {median_bytes:,} bytes (as JSON).
- **Questions**: 1 to 4 words of one language drawn with the same frequencies, not only stop words;
  1 in 8 is a phrase that stands in a work. Facets and passages are on: 10 hits, 3 passages each.
  {questions} questions warm up, {questions} others are asked by one client, {questions} others by
  {clients} clients at a time; each is asked once.
- **A search** is everything but the database and the template: the question read and analysed, one
  call of the engine, titles and passages cut and marked. Clients are threads of one process, for
  both engines: they share one interpreter, as the threads of one web worker do.
- **By words** is without vectors; **by meaning** is with the 158 concepts that come with the site
  and with vectors: 1 question in {labels} is a concept's name, and each waits for its vector from
  the real encoder, at most {budget} ms ("without vector": it was not there in time).
- **Vectors** of synthetic passages are made from those of {real} real ones ({source}) by a
  fixed seed: each passage stands near a real one of its language, moved by {moved} times a random
  mixture of the differences between real ones; its sentences stand around it as those of real
  passages do. {encoder}
- **Works per second**: a rebuild from records to the swap, with vectors and (of up to {plain}
  works) without; {changed} works of the serving index written again, {batch} at a time as the
  worker does. Neither the making of synthetic texts and vectors nor the reading of works from the
  database is counted.
- **Recall** is the share of the ten passages nearest to a question that an engine finds among all
  that the reader may see. The embedded engine compares every vector.
- **Memory** is resident memory (RSS) of a process that does nothing else: at its start, after the
  rebuild, after the searches; and of the node, with what its heap has taken so far.
- **Encoding** is measured by itself, beside the slower encoder of the same network: `manage.py
  compare_encoders`, with its table in [encoders.md](encoders.md).
- **Wagtail's own** is `modelsearch`'s backend on the same node and texts: a document per edition, a
  bare query for all words, no facets, passages, marks or access. It ends with the keys of pages.
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and with what the measurements were made."""

    machine: str
    texts: str
    median_bytes: int
    real: RealVectors | None
    remarks: tuple[str, ...]


Column = tuple[str, Callable[[Measured], str]]


def report(circumstances: Circumstances, measured: Sequence[Measured]) -> str:
    """The page, in Markdown."""
    head = _HEAD.format(
        source=circumstances.texts,
        median_bytes=circumstances.median_bytes,
        questions=QUESTIONS,
        clients=CLIENTS,
        changed=CHANGED_WORKS,
        batch=BATCH_WORKS,
        plain=PLAIN_WORKS,
        labels=LABEL_EACH,
        budget=settings.SEARCH_QUERY_BUDGET_MS,
        moved=MOVED,
        real=circumstances.real.count if circumstances.real else 0,
        encoder=_encoder(circumstances.real),
    )
    lines = [f"Measured {circumstances.machine}.", *circumstances.remarks]
    engines = [one for one in measured if one.subject != WAGTAIL]
    meant = [one for one in engines if one.meaning]
    parts = [head, "\n".join(lines), "## Searches by words, in milliseconds"]
    parts += [_table(_searches(lambda row: row.words), measured)]
    if meant:
        parts += ["## Searches by words, concepts and meaning, in milliseconds"]
        parts += [_table(_searches(_meaning), meant)]
    parts += ["## Where the time of a search goes: p50 / p95 in milliseconds, one client"]
    parts += [_HEAD_OF_STAGES, _table(_stages(engines, lambda row: row.words), engines)]
    if meant:
        parts += ["With concepts and meaning:", _table(_stages(meant, _meaning), meant)]
    parts += ["## Writing, memory, size", _table(_WRITING, measured)]
    parts += [_stopping(one) for one in engines if one.stopping]
    parts += [_recall(one) for one in engines if one.recall]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _encoder(real: RealVectors | None) -> str:
    return f"The encoder is `{real.kind.encoder}`." if real else "Without encoder none were made."


def _stopping(one: Measured) -> str:
    """Wall times with a server that was stopped (SIGSTOP) as encoder."""
    assert one.stopping is not None
    phases = [
        ("the encoder's server answers", one.stopping.before),
        ("it is stopped (SIGSTOP)", one.stopping.stopped),
        ("it goes on (SIGCONT)", one.stopping.after),
    ]
    rows = [["", "search: p50 / p95", "of that, waited for the vector", "without vector"]]
    rows += [["---", "---:", "---:", "---:"]]
    rows += [
        [
            name,
            _spread(found.total),
            _spread(found.stages["vector"]),
            f"{found.without_vector} of {found.searches}",
        ]
        for name, found in phases
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    title = f"## An encoder that hangs: {_subject(one)}, {CLIENTS} clients, in milliseconds"
    return f"{title}\n\n{table}"


def _recall(one: Measured) -> str:
    rows = [["what the filter leaves", "passages", "10 nearest of each language", "of all"]]
    rows += [["---", "---:", "---:", "---:"]]
    rows += [
        [row.filter, f"{row.passages:,}", f"{row.languages:.3f}", f"{row.pooled:.3f}"]
        for row in one.recall
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"## Recall@10: {_subject(one)}\n\n{table}"


def _table(columns: Sequence[Column], rows: Iterable[Measured]) -> str:
    names = [name for name, _ in columns]
    ruler = ["---", *(["---:"] * (len(names) - 1))]
    cells = [[text(row) for _, text in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [names, ruler, *cells])


def _subject(one: Measured) -> str:
    return f"{_NAMES[one.subject]}, {one.works:,} works"


def _spread(spread: Spread) -> str:
    return f"{spread.p50:.1f} / {spread.p95:.1f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _megabytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1e6:,.0f} MB"


def _meaning(one: Measured) -> tuple[Searching, Searching]:
    assert one.meaning is not None
    return one.meaning


Searches = Callable[[Measured], tuple[Searching, Searching]]


def _searches(which: Searches) -> list[Column]:
    columns: list[Column] = [("", _subject)]
    for client, name in enumerate(("one client", f"{CLIENTS} clients")):
        columns += [
            (f"{name}: p50", partial(lambda at, row: f"{which(row)[at].total.p50:.1f}", client)),
            ("p95", partial(lambda at, row: f"{which(row)[at].total.p95:.1f}", client)),
            ("searches/s", partial(lambda at, row: f"{which(row)[at].per_second:.0f}", client)),
            ("without vector", partial(lambda at, row: f"{which(row)[at].without_vector}", client)),
            ("given up", partial(lambda at, row: f"{which(row)[at].given_up}", client)),
        ]
    nothing: Column = (
        "found nothing",
        lambda row: f"{which(row)[0].nothing_found} of {which(row)[0].searches}",
    )
    return [*columns, nothing]


def _stages(rows: Sequence[Measured], which: Searches) -> list[Column]:
    """A column for each part that any of these measurements names."""
    names = dict.fromkeys(name for row in rows for name in which(row)[0].stages)

    def spread(name: str, row: Measured) -> str:
        found = which(row)[0].stages.get(name)
        return _spread(found) if found else ""

    return [("", _subject), *((name, partial(spread, name)) for name in names)]


_HEAD_OF_STAGES = """\
*plan*: the question read and analysed; *vector*: waited for what it means; *words*: what each
edition holds of it; *candidates*: the passages near in meaning; *ranking*; *facets* and total;
*hits*: the page with its passages; *engine*: the rest of the engine's time; *presenting*: texts cut
and marked. On Elasticsearch *candidates* has the best works by words too, and *facets* the page's
works, with all of the matching where there are words alone."""

_WRITING: list[Column] = [
    ("", _subject),
    ("rebuild", lambda row: f"{row.rebuild_seconds:.1f} s"),
    ("vectors", lambda row: "yes" if row.vectors else "no"),
    ("works/s", lambda row: _number(row.built_per_second)),
    ("works/s without vectors", lambda row: _number(row.plain_per_second)),
    ("changed works/s", lambda row: _number(row.changed_per_second)),
    ("index", lambda row: _megabytes(row.index_bytes)),
    ("process: start", lambda row: _megabytes(row.before_bytes)),
    ("rebuilt", lambda row: _megabytes(row.built_bytes)),
    ("searched", lambda row: _megabytes(row.searched_bytes)),
    ("node", lambda row: _megabytes(row.node_bytes)),
]
