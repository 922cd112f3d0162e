"""What every engine must do with meaning and concepts: a part of the contract suite.

Vectors are made by hand here: each direction stands for a subject, so that what is near is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from search.engines.base import Engine, Results, VectorKind
from search.plan import Meant
from search.query import build_plan, parse
from search.query.concepts import FoundConcept
from search.ranking.statistics import Statistics
from search.records import FACETS, EditionRecord, FileRecord, Meaning, Passage, Record
from tests.search.engines.making import (
    EVERYONE,
    NOW,
    STAFF,
    STAFF_TOO,
    make_edition,
    make_file,
    make_record,
)

KIND = VectorKind("by-hand", 8)
WASTE, WATER, SCHOOLS, BUDGETS, ROADS, TREES = range(6)


def direction(*subjects: int, side: float = 0.0) -> np.ndarray:
    """A vector of length 1 between some subjects; ``side`` turns it to where no subject is."""
    vector = np.zeros(8, np.float32)
    vector[list(subjects)] = 1
    vector[7] = side
    return vector / np.linalg.norm(vector)


def meaning(*sentences: np.ndarray) -> Meaning:
    """The meaning of a passage of some sentences."""
    own = np.sum(sentences, axis=0)
    own /= np.linalg.norm(own)
    stacked = np.stack(sentences).astype("<f2")
    return Meaning(own.astype("<f2").tobytes(), stacked.tobytes())


def meant(*subjects: int) -> Meant:
    """What a question about some subjects means."""
    return Meant(KIND.encoder, direction(*subjects).astype("<f4").tobytes())


def about(record: Record, *subjects: int, side: float = 0.0) -> Record:
    """A record all of whose passages are about some subjects."""
    vector = meaning(direction(*subjects, side=side))

    def of_passages(passages: Iterable[Passage]) -> tuple[Passage, ...]:
        return tuple(replace(passage, meaning=vector) for passage in passages)

    def of_file(file: FileRecord) -> FileRecord:
        return replace(file, passages=of_passages(file.passages))

    def of_edition(edition: EditionRecord) -> EditionRecord:
        files = tuple(map(of_file, edition.files))
        return replace(edition, body=of_passages(edition.body), files=files)

    editions = tuple(map(of_edition, record.editions))
    return replace(record, editions=editions, encoder=KIND.encoder)


def text(work: int, words: str, language: str, *subjects: int, **fields: Any) -> Record:
    """A work of one edition about some subjects."""
    edition = make_edition(language, f"Work {work}", words)
    return about(make_record(work, edition, **fields), *subjects)


def ask(engine: Engine, question: str, *subjects: int, **choices: Any) -> Results:
    """Search by words and meaning."""
    plan_fields = {
        name: choices.pop(name)
        for name in ("floor", "by_words", "text_language", "works")
        if name in choices
    }
    choices.setdefault("language", "en")
    choices.setdefault("now", NOW)
    choices.setdefault("size", 50)
    plan = build_plan(parse(question), **choices)
    if subjects:
        plan = replace(plan, meant=meant(*subjects))
    return engine.search(replace(plan, **plan_fields))


def found(results: Results) -> list[int]:
    return [hit.work for hit in results.hits]


class MeaningContract:
    """Search by meaning."""

    @pytest.fixture(scope="class")
    @classmethod
    def with_vectors(
        cls, make_engine: Callable[[], Engine]
    ) -> Callable[[Iterable[Record]], Engine]:
        """An engine on an index of its own that holds vectors."""

        def make(records: Iterable[Record]) -> Engine:
            engine = make_engine()
            index = engine.new_index(KIND)
            index.write(records)
            index.describe(Statistics(KIND.encoder, passages=10, floor=0.5))
            index.swap()
            return engine

        return make

    @pytest.fixture(scope="class")
    @classmethod
    def library_of_subjects(cls, with_vectors: Callable[[Iterable[Record]], Engine]) -> Engine:
        return with_vectors(
            [
                text(1, "refuse in camps", "en", WASTE, year=2020, kind="guidance"),
                text(2, "النفايات في المخيمات", "ar", WASTE, year=2021, themes=("waste",)),
                text(3, "avfall i läger", "sv", WASTE, year=2021, countries=("SE",)),
                text(4, "drinking pipes", "en", WATER, themes=("water",)),
                text(5, "okullar", "tr", SCHOOLS, countries=("TR",)),
                text(6, "skolor och avlopp", "sv", SCHOOLS, WATER),
                text(7, "çöp toplama", "tr", WASTE, year=2019, organisations=("org-1",)),
            ]
        )

    def test_finds_texts_of_all_languages_by_what_they_mean(
        self, library_of_subjects: Engine
    ) -> None:
        results = ask(library_of_subjects, "rubbish", WASTE)
        assert set(found(results)) == {1, 2, 3, 7}
        assert results.total == 4
        assert results.meant
        assert not results.at_least
        assert {hit.reasons for hit in results.hits} == {("meaning",)}

    def test_what_holds_the_words_too_says_both_reasons_and_comes_first(
        self, library_of_subjects: Engine
    ) -> None:
        results = ask(library_of_subjects, "çöp", WASTE, language="")
        assert results.hits[0].work == 7
        assert results.hits[0].reasons == ("words", "meaning")
        assert set(found(results)) == {1, 2, 3, 7}

    def test_words_find_what_is_far_in_meaning(self, library_of_subjects: Engine) -> None:
        results = ask(library_of_subjects, "okullar", WASTE)
        assert 5 in found(results)
        assert next(hit for hit in results.hits if hit.work == 5).reasons == ("words",)

    def test_nothing_near_is_an_empty_page(self, library_of_subjects: Engine) -> None:
        results = ask(library_of_subjects, "asphalt", ROADS)
        assert results.total == 0
        assert not results.hits
        assert results.meant
        assert not any(results.facets.values())

    def test_a_floor_given_counts_instead(self, library_of_subjects: Engine) -> None:
        assert ask(library_of_subjects, "asphalt", ROADS, floor=-1.0).total == 7

    def test_without_words_only_meaning_finds(self, library_of_subjects: Engine) -> None:
        results = ask(library_of_subjects, "okullar", WATER, by_words=False)
        assert 5 not in found(results)
        assert 4 in found(results)

    @pytest.mark.parametrize(("question", "gone"), [("rubbish -camps", 1), ("rubbish -läger", 3)])
    def test_excluded_words_bind_what_meaning_finds(
        self, library_of_subjects: Engine, question: str, gone: int
    ) -> None:
        assert set(found(ask(library_of_subjects, question, WASTE))) == {1, 2, 3, 7} - {gone}

    def test_phrases_bind_what_meaning_finds(self, library_of_subjects: Engine) -> None:
        assert found(ask(library_of_subjects, '"refuse in camps"', WASTE)) == [1]
        assert found(ask(library_of_subjects, 'rubbish "refuse in camps"', WASTE)) == [1]

    def test_one_language_only(self, library_of_subjects: Engine) -> None:
        assert found(ask(library_of_subjects, "rubbish", WASTE, text_language="sv")) == [3]

    def test_some_works_only(self, library_of_subjects: Engine) -> None:
        results = ask(library_of_subjects, "rubbish", WASTE, works=frozenset({2, 4, 7}))
        assert set(found(results)) == {2, 7}
        assert found(ask(library_of_subjects, "", works=frozenset({4}))) == [4]

    @pytest.mark.parametrize("question", ["rubbish", "çöp", "skolor", "rubbish -läger"])
    @pytest.mark.parametrize("subjects", [(WASTE,), (WATER,), (SCHOOLS, WATER), (ROADS,)])
    def test_facets_tell_the_truth(
        self, library_of_subjects: Engine, question: str, subjects: tuple[int, ...]
    ) -> None:
        facets = ask(library_of_subjects, question, *subjects, size=0).facets
        for facet in FACETS:
            for value, count in facets[facet]:
                chosen = {facet: frozenset({value})}
                results = ask(library_of_subjects, question, *subjects, filters=chosen)
                assert results.total == len(results.hits) == count

    @pytest.mark.parametrize("sort", ["date", "title"])
    def test_every_order_has_the_same_works(self, library_of_subjects: Engine, sort: Any) -> None:
        by_relevance = ask(library_of_subjects, "avlopp", WASTE)
        other = ask(library_of_subjects, "avlopp", WASTE, sort=sort)
        assert set(found(other)) == set(found(by_relevance))
        assert other.total == by_relevance.total

    def test_pages_follow_each_other(self, library_of_subjects: Engine) -> None:
        whole = found(ask(library_of_subjects, "avlopp", WASTE))
        pages = [
            found(ask(library_of_subjects, "avlopp", WASTE, offset=at, size=2))
            for at in range(0, len(whole) + 2, 2)
        ]
        assert [work for page in pages for work in page] == whole

    def test_shows_the_nearest_sentence(
        self, with_vectors: Callable[[Iterable[Record]], Engine]
    ) -> None:
        record = make_record(1, make_edition("en", "One", files=[make_file(3, ["", ""])]))
        passages = (
            Passage(
                0, "en", "On roads. On trees.", 1, "", meaning(*map(direction, (ROADS, TREES)))
            ),
            Passage(
                1, "en", "On trees. On waste.", 2, "", meaning(*map(direction, (TREES, WASTE)))
            ),
        )
        file = replace(record.editions[0].files[0], passages=passages)
        edition = replace(record.editions[0], files=(file,))
        engine = with_vectors([replace(record, editions=(edition,), encoder=KIND.encoder)])
        (hit,) = ask(engine, "rubbish", WASTE).hits
        first = hit.passages[0]
        assert (first.file, first.locator, first.sentence) == (3, 2, 1)
        assert first.text == "On trees. On waste."
        assert len({passage.text for passage in hit.passages}) == len(hit.passages)

    def test_words_and_meaning_take_turns_among_passages(
        self, with_vectors: Callable[[Iterable[Record]], Engine]
    ) -> None:
        passages = (
            Passage(0, "en", "Rubbish rubbish.", meaning=meaning(direction(ROADS))),
            Passage(1, "en", "Rubbish.", meaning=meaning(direction(TREES))),
            Passage(2, "en", "Refuse.", meaning=meaning(direction(WASTE))),
        )
        edition = replace(make_edition("en", "One"), body=passages)
        engine = with_vectors([replace(make_record(1, edition), encoder=KIND.encoder)])
        (hit,) = ask(engine, "rubbish", WASTE, passages_per_hit=2).hits
        assert [passage.text for passage in hit.passages] == ["Rubbish rubbish.", "Refuse."]
        assert [passage.sentence for passage in hit.passages] == [None, 0]

    def test_of_texts_alike_the_one_in_the_readers_language_is_shown(
        self, with_vectors: Callable[[Iterable[Record]], Engine]
    ) -> None:
        editions = [make_edition(code, f"In {code}", "text") for code in ("ar", "en", "sv")]
        engine = with_vectors([about(make_record(1, *editions), WASTE)])
        for language in ("ar", "en", "sv"):
            (hit,) = ask(engine, "rubbish", WASTE, language=language).hits
            assert hit.language == language
            assert hit.passages[0].language == language

    def test_no_language_fills_the_first_page(
        self, with_vectors: Callable[[Iterable[Record]], Engine]
    ) -> None:
        own = [
            about(make_record(n, make_edition("en", f"{n}", "text")), WASTE, side=0.78 + n / 50)
            for n in range(1, 9)
        ]
        other = about(make_record(50, make_edition("ar", "50", "نص")), WASTE, side=0.93)
        engine = with_vectors([*own, other])
        order = found(ask(engine, "rubbish", WASTE, language=""))
        assert set(order) == {*range(1, 9), 50}
        assert order.index(50) < 5

    def test_restricted_texts_are_not_near(
        self, with_vectors: Callable[[Iterable[Record]], Engine]
    ) -> None:
        public = make_edition("tr", "Açık", "metin", files=[make_file(1, "gizli", "tr", STAFF)])
        closed = make_edition("ar", "مغلق", "نص", visibility=STAFF)
        engine = with_vectors(
            [
                about(make_record(1, closed), WASTE),
                replace(
                    about(make_record(2, public), WASTE),
                    editions=(
                        replace(
                            about(make_record(2, public), WASTE).editions[0],
                            body=(Passage(0, "tr", "metin", meaning=meaning(direction(ROADS))),),
                        ),
                    ),
                ),
            ]
        )
        results = ask(engine, "rubbish", WASTE)
        assert results.total == 0
        assert not any(results.facets.values())
        inside = ask(engine, "rubbish", WASTE, audiences=STAFF_TOO)
        assert set(found(inside)) == {1, 2}
        plan = replace(build_plan(parse("x"), language="en", now=NOW), meant=meant(WASTE))
        assert {one.work for one in engine.candidates(plan)} <= {2}
        assert not engine.meaning_of(1, plan)
        assert engine.meaning_of(1, replace(plan, audiences=STAFF_TOO))
        assert plan.audiences == EVERYONE

    def test_candidates_are_the_nearest_of_each_language(self, library_of_subjects: Engine) -> None:
        plan = replace(build_plan(parse("x"), language="en", now=NOW), meant=meant(WASTE))
        candidates = library_of_subjects.candidates(plan)
        first = {one.language: one.work for one in reversed(candidates)}
        assert first == {"en": 1, "ar": 2, "sv": 3, "tr": 7}
        assert {one.work for one in candidates} == set(range(1, 8))
        one = next(one for one in candidates if one.work == 1)
        assert one.vector == pytest.approx(direction(WASTE), abs=0.01)
        assert one.sentences == pytest.approx(direction(WASTE)[None], abs=0.01)

    def test_changes_are_followed(self, with_vectors: Callable[[Iterable[Record]], Engine]) -> None:
        engine = with_vectors([text(1, "one", "en", WASTE), text(2, "two", "en", WATER)])
        engine.write(
            [text(1, "one", "en", ROADS, version=2), text(2, "two", "en", WASTE, version=2)]
        )
        assert found(ask(engine, "rubbish", WASTE)) == [2]
        engine.write([make_record(2, version=3)])
        assert found(ask(engine, "rubbish", WASTE)) == []
        engine.write([text(3, "three", "sv", WASTE)])
        assert found(ask(engine, "rubbish", WASTE)) == [3]

    def test_texts_without_vectors_are_found_by_words(
        self, with_vectors: Callable[[Iterable[Record]], Engine]
    ) -> None:
        bare = make_record(2, make_edition("en", "Two", "rubbish"))
        engine = with_vectors([text(1, "one", "en", WASTE), bare])
        assert set(found(ask(engine, "rubbish", WASTE))) == {1, 2}

    def test_vectors_of_another_encoder_do_not_mix(
        self, with_vectors: Callable[[Iterable[Record]], Engine]
    ) -> None:
        other = replace(text(2, "two", "en", WASTE), encoder="another")
        engine = with_vectors([text(1, "one", "en", WASTE), other])
        assert found(ask(engine, "rubbish", WASTE)) == [1]
        plan = build_plan(parse("two"), language="en", now=NOW)
        asked = replace(plan, meant=Meant("another", meant(WASTE).vector))
        results = engine.search(asked)
        assert found(results) == [2]
        assert not results.meant
        assert engine.candidates(asked) == ()

    def test_a_question_of_another_size_is_searched_by_words(
        self, with_vectors: Callable[[Iterable[Record]], Engine]
    ) -> None:
        engine = with_vectors([text(1, "one", "en", WASTE)])
        plan = build_plan(parse("one"), language="en", now=NOW)
        results = engine.search(replace(plan, meant=Meant(KIND.encoder, bytes(40))))
        assert found(results) == [1]
        assert not results.meant

    def test_an_index_without_vectors_searches_by_words(
        self, make_engine: Callable[[], Engine]
    ) -> None:
        engine = make_engine()
        engine.write([text(1, "one", "en", WASTE)])
        assert engine.status().vectors is None
        assert engine.statistics() is None
        results = ask(engine, "one", WASTE)
        assert found(results) == [1]
        assert not results.meant

    def test_says_what_it_holds(self, with_vectors: Callable[[Iterable[Record]], Engine]) -> None:
        engine = with_vectors([text(1, "one", "en", WASTE)])
        assert engine.status().vectors == KIND
        means = {"en": direction(WASTE), "ar": direction(WATER)}
        engine.describe(Statistics(KIND.encoder, means, passages=7, floor=0.3))
        kept = engine.statistics()
        assert kept is not None
        assert (kept.encoder, kept.passages, kept.floor) == (KIND.encoder, 7, 0.3)
        assert kept.means["ar"] == pytest.approx(means["ar"])
        assert list(engine.versions()) == [(1, 1)]
        assert engine.status().works == 1


def concept(labels: Mapping[str, tuple[str, ...]], end: int, start: int = 0) -> FoundConcept:
    """A concept that the words of a question name."""
    return FoundConcept("concept", start, end, labels)


class ConceptContract:
    """Search by the labels of concepts."""

    LABELS = {
        "en": ("migration master plan",),
        "tr": ("göç ana planı", "göç eylem planı"),
        "sv": ("huvudplan för migration",),
        "ar": ("الخطة الرئيسية للهجرة",),
    }

    @pytest.fixture(scope="class")
    @classmethod
    def labelled(cls, make_engine: Callable[[], Engine]) -> Engine:
        engine = make_engine()
        engine.write(
            [
                make_record(1, make_edition("en", "One", "a migration master plan for towns")),
                make_record(2, make_edition("tr", "İki", "belediyenin göç ana planı hazır")),
                make_record(3, make_edition("sv", "Tre", "en huvudplan för migration")),
                make_record(4, make_edition("ar", "أربعة", "وضعت الخطة الرئيسية للهجرة")),
                make_record(5, make_edition("tr", "Beş", "plan ana göç")),
                make_record(6, make_edition("tr", "Altı", "göç ana planı", visibility=STAFF)),
                make_record(7, make_edition("en", "Seven", "the plan to master tides")),
            ]
        )
        return engine

    def asked(self, engine: Engine, question: str, words: int, **choices: Any) -> Results:
        choices.setdefault("language", "en")
        plan = build_plan(
            parse(question), now=NOW, size=50, concepts=[concept(self.LABELS, words)], **choices
        )
        return engine.search(plan)

    def test_finds_labels_in_every_language(self, labelled: Engine) -> None:
        results = self.asked(labelled, "migration master plan", 3)
        assert set(found(results)) == {1, 2, 3, 4}
        assert results.hits[0].work == 1
        reasons = {hit.work: hit.reasons for hit in results.hits}
        assert reasons[1] == ("words",)
        assert reasons[2] == reasons[3] == reasons[4] == ("concepts",)

    def test_other_words_must_be_held_too(self, labelled: Engine) -> None:
        assert found(self.asked(labelled, "migration plan belediye", 2)) == [2]

    def test_shows_the_passage_with_the_label(self, labelled: Engine) -> None:
        results = self.asked(labelled, "migration master plan", 3)
        texts = {hit.work: [passage.text for passage in hit.passages] for hit in results.hits}
        assert texts[3] == ["en huvudplan för migration"]

    def test_facets_tell_the_truth(self, labelled: Engine) -> None:
        for value, count in self.asked(labelled, "migration master plan", 3).facets["language"]:
            chosen = {"language": frozenset({value})}
            assert self.asked(labelled, "migration master plan", 3, filters=chosen).total == count

    def test_labels_show_nothing_restricted(self, labelled: Engine) -> None:
        assert 6 not in found(self.asked(labelled, "migration master plan", 3))
        everything = self.asked(labelled, "migration master plan", 3, audiences=STAFF_TOO)
        assert 6 in found(everything)
