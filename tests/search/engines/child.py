"""What other processes do to an index in the tests: ``python -m tests.search.engines.child``.

``write FOLDER`` and ``rebuild FOLDER`` take the library from round to round until they are
killed, and print each round when it is done. ``read FOLDER ROUNDS`` searches that many times
and fails when it ever sees anything but one whole round.
"""

from __future__ import annotations

import sys
from pathlib import Path

from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine
from search.records import Record
from tests.search.engines.making import make_edition, make_file, make_record, search

WORKS = 5


def records_of(number: int) -> list[Record]:
    """The library in one round: every work says which."""
    return [
        make_record(
            work,
            make_edition(
                title=f"Round {number}",
                body=f"common round{number} body",
                files=[make_file(1, [f"common page of round{number}"] * 20)],
            ),
            version=number,
            themes=(f"theme-{number}",),
        )
        for work in range(WORKS)
    ]


def whole_round(engine: Engine) -> int:
    """The round an index is in; fails when words, titles, facets or passages disagree."""
    results = search(engine, "common", size=100)
    ((theme, count),) = results.facets["theme"]
    number = int(theme.removeprefix("theme-"))
    assert results.total == count == len(results.hits) == WORKS, results
    assert {hit.title for hit in results.hits} == {f"Round {number}"}
    for hit in results.hits:
        assert len(hit.passages) == 3
        assert all(f"round{number}" in passage.text for passage in hit.passages)
    return number


def _write(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    while True:
        number = whole_round(engine) + 1
        engine.write(records_of(number))
        print(number, flush=True)  # noqa: T201


def _rebuild(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    while True:
        number = whole_round(engine) + 1
        fresh = engine.new_index()
        fresh.write(records_of(number))
        fresh.swap()
        print(number, flush=True)  # noqa: T201


def _read(folder: Path, rounds: int) -> None:
    engine = EmbeddedEngine(folder)
    seen = {whole_round(engine) for _ in range(rounds)}
    print(len(seen), flush=True)  # noqa: T201


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    if command == "write":
        _write(Path(folder))
    elif command == "rebuild":
        _rebuild(Path(folder))
    else:
        _read(Path(folder), int(rest[0]))
