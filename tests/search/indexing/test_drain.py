"""A change reaches the index: outbox, drain, engine."""

from __future__ import annotations

from search.engine import get_engine
from search.indexing.drain import drain
from search.indexing.rebuild import rebuild
from search.query import build_plan, parse
from tests.library import Library, pdf_bytes


def found(words: str, audiences: frozenset[str] = frozenset({"public"})) -> list[int]:
    plan = build_plan(parse(words), language="en", audiences=audiences, now=1_800_000_000)
    return [hit.work for hit in get_engine().search(plan).hits]


def test_a_published_work_is_found_by_the_words_of_its_file(library: Library) -> None:
    rebuild()
    edition = library.edition("Housing report")
    document = library.document(pdf_bytes("x"), "report.pdf")
    library.attach(edition, document, language="en")
    library.read_text(document, "The first page.", "Tenants asked for heliotropes.")
    assert found("heliotropes") == []
    drain()
    assert found("heliotropes") == [edition.work_id]
