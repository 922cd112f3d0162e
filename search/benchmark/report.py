"""The measurements as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from search.benchmark.measuring import Spread
from search.benchmark.run import CHANGED_WORKS, QUESTIONS, WAGTAIL, Measured
from search.benchmark.searching import CLIENTS, Searching
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
- **Works per second**, without vectors: a rebuild from records to the swap; {changed} works of the
  serving index written again, {batch} at a time as the worker does. Neither the making of synthetic
  texts nor the reading of works from the database is counted.
- **Memory** is resident memory (RSS) of a process that does nothing else: at its start, after the
  rebuild, after the searches; and of the node, with what its heap has taken so far.
- **Wagtail's own** is `modelsearch`'s backend on the same node and texts: a document per edition, a
  bare query for all words, no facets, passages, marks or access. It ends with the keys of pages.
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and with what the measurements were made."""

    machine: str
    texts: str
    median_bytes: int
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
    )
    lines = [f"Measured {circumstances.machine}.", *circumstances.remarks]
    parts = [
        head,
        "\n".join(lines),
        "## Searches, in milliseconds",
        _table(_SEARCHES, measured),
        "## Where the time of a search goes: p50 / p95 in milliseconds, one client",
        _table(_STAGES, [one for one in measured if one.subject != WAGTAIL]),
        "## Writing, memory, size",
        _table(_WRITING, measured),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


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


def _searches(which: Callable[[Measured], Searching], name: str) -> list[Column]:
    return [
        (f"{name}: p50", lambda row: f"{which(row).total.p50:.1f}"),
        ("p95", lambda row: f"{which(row).total.p95:.1f}"),
        ("searches/s", lambda row: f"{which(row).per_second:.0f}"),
    ]


_SEARCHES: list[Column] = [
    ("", _subject),
    *_searches(lambda row: row.one, "one client"),
    *_searches(lambda row: row.several, f"{CLIENTS} clients"),
    ("found nothing", lambda row: f"{row.one.nothing_found} of {row.one.searches}"),
]
_STAGES: list[Column] = [
    ("", _subject),
    ("question to plan", lambda row: _spread(row.one.planning)),
    ("engine", lambda row: _spread(row.one.engine)),
    ("presenting", lambda row: _spread(row.one.presenting)),
]
_WRITING: list[Column] = [
    ("", _subject),
    ("rebuild", lambda row: f"{row.rebuild_seconds:.1f} s"),
    ("works/s", lambda row: _number(row.built_per_second)),
    ("changed works/s", lambda row: _number(row.changed_per_second)),
    ("index", lambda row: _megabytes(row.index_bytes)),
    ("process: start", lambda row: _megabytes(row.before_bytes)),
    ("rebuilt", lambda row: _megabytes(row.built_bytes)),
    ("searched", lambda row: _megabytes(row.searched_bytes)),
    ("node", lambda row: _megabytes(row.node_bytes)),
]
