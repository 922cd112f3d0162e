"""The synthetic library, the questions to it, and `manage.py bench`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from elasticsearch import Elasticsearch

from search.analysis import stop_word_anywhere
from search.benchmark import measuring
from search.benchmark.questions import Question, make_questions, with_labels
from search.benchmark.recall import measure_recall
from search.benchmark.searching import asker, search_all
from search.benchmark.texts import LANGUAGES, Texts, read_texts
from search.benchmark.vectors import RealVectors, with_meaning
from search.benchmark.works import PASSAGES, make_works, median_bytes
from search.encoders.base import Vectors, normalised
from search.engines.base import VectorKind
from search.engines.embedded import EmbeddedEngine
from search.query import parse
from search.ranking.packing import vector_of
from search.records import PUBLIC, Record
from search.stages import stage, stages
from search.texts import passages_in, sentences_of
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The words of the demonstration's files, which are everywhere."""
    return read_texts(Path("/no/corpus"), ROOT / "demo")


@pytest.fixture(scope="module")
def library(texts: Texts) -> list[Record]:
    return list(make_works(texts, range(1, 101)))


def test_the_library_is_the_same_each_time(texts: Texts, library: list[Record]) -> None:
    assert list(make_works(texts, [7, 3])) == [library[6], library[2]]


def test_works_have_ten_passages_in_one_to_four_editions(library: list[Record]) -> None:
    assert {len(work.editions) for work in library} == {1, 2, 3, 4}
    for work in library:
        passages = [
            passage
            for edition in work.editions
            for texts in (edition.body, *(file.passages for file in edition.files))
            for passage in texts
        ]
        assert len(passages) == PASSAGES
        assert all(120 <= len(passage.text.split()) <= 200 for passage in passages)


def test_works_have_three_values_in_each_facet_of_several(library: list[Record]) -> None:
    for work in library:
        for values in (work.themes, work.countries, work.organisations):
            assert len(set(values)) == 3


def test_one_work_in_twenty_is_restricted(library: list[Record]) -> None:
    restricted = [
        work
        for work in library
        if all(edition.visibility.audience != PUBLIC for edition in work.editions)
    ]
    assert len(restricted) == 5


def test_words_are_those_of_the_language_as_often_as_it_has_them(texts: Texts) -> None:
    swedish, english = (
        [
            word.strip(".").lower()
            for work in make_works(texts, range(1, 31))
            for edition in work.editions
            if edition.language == language
            for passage in edition.body
            for word in passage.text.split()
        ]
        for language in ("sv", "en")
    )
    assert english.count("the") > 0.02 * len(english)
    assert swedish.count("och") > 0.02 * len(swedish)
    assert "och" not in english


def test_the_corpus_is_preferred(test_data: Path) -> None:
    texts = read_texts(test_data / "corpus", ROOT / "demo")
    assert texts.source == "the corpus"
    assert set(texts.vocabularies) == set(LANGUAGES)


def test_median_size_is_that_of_the_works(texts: Texts) -> None:
    assert 10_000 < median_bytes(texts, 50) < 40_000


def test_questions_are_in_four_languages_and_never_stop_words_alone(texts: Texts) -> None:
    questions = make_questions(texts, 160, 100, "one")
    assert {question.language for question in questions} == set(LANGUAGES)
    parsed = [parse(question.text) for question in questions]
    assert sum(bool(one.clauses) for one in parsed) == 20
    for one in parsed:
        assert one.clauses or not all(map(stop_word_anywhere, one.words))
        assert len(one.words) <= 4 or one.clauses


def test_a_phrase_stands_in_a_work(texts: Texts, library: list[Record]) -> None:
    phrases = [
        question.text.strip('"')
        for question in make_questions(texts, 32, 100, "one")
        if question.text.startswith('"')
    ]
    everything = [
        edition.body[0].text.replace(".", "") for work in library for edition in work.editions
    ]
    assert phrases
    for phrase in phrases:
        assert any(phrase in text for text in everything)


def test_other_parts_have_other_questions(texts: Texts) -> None:
    assert make_questions(texts, 40, 100, "one") == make_questions(texts, 40, 100, "one")
    assert make_questions(texts, 40, 100, "one") != make_questions(texts, 40, 100, "warm")


def _one_hot(count: int) -> Vectors:
    return np.eye(16, dtype=np.float32)[:count]


@pytest.fixture(scope="module")
def real() -> RealVectors:
    """Vectors that an encoder could have made, each language in a place of its own."""
    dice = np.random.default_rng(1)
    passages = {
        language: normalised(at + 0.5 * dice.standard_normal((20, 16)))
        for language, at in zip(LANGUAGES, 3 * _one_hot(4), strict=True)
    }
    sentences = {
        language: 0.1 * dice.standard_normal((20, 16)).astype(np.float32) for language in LANGUAGES
    }
    return RealVectors(VectorKind("test/1", 16), passages, sentences)


def test_each_passage_gets_a_vector_and_one_for_each_sentence(
    library: list[Record], real: RealVectors
) -> None:
    works = list(with_meaning(library[:20], real))
    assert works == list(with_meaning(library[:20], real))
    for passage in (passage for work in works for passage in passages_in(work)):
        assert passage.meaning is not None
        vector = vector_of(passage.meaning)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-2)
        assert len(passage.meaning.sentences) == 32 * len(sentences_of(passage))
        means = {code: rows.mean(axis=0) @ vector for code, rows in real.passages.items()}
        assert max(means, key=lambda code: means[code]) == passage.language


def test_what_compares_every_vector_misses_none(
    library: list[Record], real: RealVectors, tmp_path: Path
) -> None:
    works = list(with_meaning(library, real))
    engine = EmbeddedEngine(tmp_path)
    index = engine.new_index(real.kind)
    index.write(works)
    index.swap()
    found = measure_recall(engine, works, real.passages["tr"][:3], real.kind)
    assert [(one.languages, one.pooled) for one in found] == [(1, 1)] * 4
    assert [one.passages for one in found[:3]] == [1000, 950, 50]


def test_what_misses_half_of_the_works_is_seen_to(
    library: list[Record], real: RealVectors, tmp_path: Path
) -> None:
    works = list(with_meaning(library, real))
    engine = EmbeddedEngine(tmp_path)
    index = engine.new_index(real.kind)
    index.write(works[::2])
    index.swap()
    whole = measure_recall(engine, works, real.passages["tr"][:3], real.kind)[0]
    assert 0 < whole.languages < 0.9


def test_some_questions_name_a_concept(texts: Texts) -> None:
    questions = make_questions(texts, 28, 100, "one")
    asked = with_labels(questions, {"water": {code: (f"water {code}",) for code in LANGUAGES}})
    changed = [new for old, new in zip(questions, asked, strict=True) if new != old]
    assert len(changed) == 4
    assert all(question.text == f"water {question.language}" for question in changed)


def test_a_search_that_the_engine_gives_up_is_counted(tmp_path: Path) -> None:
    ask = asker(EmbeddedEngine(tmp_path / "nothing"))
    found = search_all(ask, [Question("water", "en")] * 4, 2)
    assert (found.searches, found.given_up, found.nothing_found) == (4, 4, 0)


def test_stages_within_others_count_for_themselves() -> None:
    with stages() as seconds, stage("outer"), stage("inner"):
        sleep(0.02)
    assert set(seconds) == {"outer", "inner"}
    assert seconds["inner"] > seconds["outer"]


def test_spread_is_of_the_nearest_rank() -> None:
    spread = measuring.Spread.of([number / 1000 for number in range(100, 0, -1)])
    assert (spread.p50, spread.p95) == (50, 95)
    assert measuring.Spread.of([0.007]) == measuring.Spread(7, 7)


def test_a_failing_client_fails_the_measurement() -> None:
    def fail() -> list[int]:
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        measuring.in_threads([lambda: [1], fail])


def test_time_of_making_items_is_known_apart() -> None:
    items = measuring.Timed(iter([1, 2]))
    assert list(items) == [1, 2]
    assert items.seconds > 0


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, also of processes that are started."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_bench_measures_the_embedded_engine_and_leaves_nothing(
    temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = temporary / "performance.md"
    call_command("bench", "--works", "30", "--engine", "embedded", "--out", str(out))
    page = out.read_text()
    assert page.strip() in capsys.readouterr().out
    assert page.count("| embedded, 30 works |") == 3
    assert "No vectors were measured" in page
    assert "| it is stopped (SIGSTOP) |" in page
    assert "(as JSON)" in page
    assert not list(temporary.glob("reslog-bench-*"))


def test_bench_measures_elasticsearch_and_wagtails_own_and_leaves_nothing(
    elasticsearch_url: str, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ELASTICSEARCH_URL = [elasticsearch_url]
    call_command("bench", "--works", "30", "--engine", "elasticsearch")
    page = capsys.readouterr().out
    assert page.count("| Elasticsearch, 30 works |") == 3
    assert page.count("| Wagtail's own on Elasticsearch, bare, 30 works |") == 2
    with Elasticsearch(elasticsearch_url) as client:
        assert not list(client.indices.get(index="*-bench-*"))


def test_bench_without_elasticsearch_says_how_to_have_it(settings) -> None:
    settings.ELASTICSEARCH_URL = ["http://127.0.0.1:9"]
    with pytest.raises(CommandError, match="make elasticsearch"):
        call_command("bench", "--works", "30", "--engine", "elasticsearch")


def test_bench_of_no_works_is_refused() -> None:
    with pytest.raises(CommandError, match="1 or more"):
        call_command("bench", "--works", "0")
