"""Search by meaning on a real Elasticsearch: what the contract does not say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from elasticsearch import Elasticsearch

from search.engines.base import Engine, EngineUnavailable, VectorKind
from search.engines.elasticsearch import ElasticsearchEngine, leftovers, ranked, writing
from search.engines.elasticsearch import engine as engine_module
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.documents import documents
from search.engines.elasticsearch.evidence import (
    edition_languages,
    evidence_requests,
    languages_request,
    read_evidence,
)
from search.engines.elasticsearch.writing import Operation, Target, send_bulk
from search.engines.embedded import EmbeddedEngine
from search.plan import Meant, Plan
from search.query import build_plan, parse
from search.query.concepts import FoundConcept
from search.ranking.constants import PASSAGES_PER_LANGUAGE, PASSAGES_PER_TEXT
from search.ranking.statistics import MeansCollector, Statistics
from search.records import EditionRecord, FileRecord, Meaning, Passage, Record
from tests.search.engines.contract_meaning import (
    KIND,
    WASTE,
    WATER,
    about,
    ask,
    direction,
    found,
    meaning,
    text,
)
from tests.search.engines.making import (
    EVERYONE,
    NOW,
    make_edition,
    make_file,
    make_record,
    seeded_library,
    text_record,
)
from tests.search.engines.test_elasticsearch import (
    NewEngine,
    client,
    connect,
    new_engine,
    prefix_of_class,
)

__all__ = ["client", "new_engine", "prefix_of_class"]

LARGE = VectorKind("clusters", 64)
QUESTIONS = ("plan", "su okul", "avfall -skola", '"hizmet plan"', "مياه", "")


def scattered(count: int, seed: int) -> np.ndarray:
    """Vectors as encoders make them: around some subjects, all a little alike."""
    dice = np.random.default_rng(seed)
    subjects = dice.normal(size=(40, LARGE.dimensions)) + 0.6
    vectors = subjects[dice.integers(40, size=count)] + 0.7 * dice.normal(
        size=(count, LARGE.dimensions)
    )
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def with_meaning(records: Iterable[Record], seed: int) -> list[Record]:
    """The records with scattered vectors; a language stands in one edition of each alone."""
    vectors = iter(scattered(5_000, seed))
    return [
        replace(
            record,
            encoder=LARGE.encoder,
            editions=tuple(of_edition(edition, vectors) for edition in record.editions),
        )
        for record in records
    ]


def of_edition(edition: EditionRecord, vectors: Iterator[np.ndarray]) -> EditionRecord:
    def passages(given: Iterable[Passage]) -> tuple[Passage, ...]:
        return tuple(
            replace(one, language=edition.language, meaning=some_meaning(vectors)) for one in given
        )

    files = tuple(
        replace(file, language=edition.language, passages=passages(file.passages))
        for file in edition.files
    )
    return replace(edition, body=passages(edition.body), files=files)


def some_meaning(vectors: Iterator[np.ndarray]) -> Meaning:
    own, first, second = (next(vectors).astype("<f2").tobytes() for _ in range(3))
    return Meaning(own, first + second)


def filled(engine: Engine, kind: VectorKind, records: Iterable[Record]) -> Engine:
    """The engine with an index of these records and their means."""
    means = MeansCollector(kind.encoder)
    records = list(records)
    for record in records:
        for edition in record.editions:
            for passage in edition.body:
                if passage.meaning:
                    vector = np.frombuffer(passage.meaning.vector, "<f2").astype(np.float32)
                    means.add(passage.language, vector)
    fresh = engine.new_index(kind)
    fresh.write(records)
    fresh.describe(means.statistics())
    fresh.swap()
    return engine


def question(number: int) -> Meant:
    return Meant(LARGE.encoder, scattered(30, 99)[number].astype("<f4").tobytes())


class TestAgreement:
    """Both engines give the same results by meaning."""

    @pytest.fixture(scope="class")
    @classmethod
    def both(
        cls,
        new_engine: NewEngine,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> tuple[Engine, Engine]:
        records = with_meaning(seeded_library(80), 7)
        embedded = EmbeddedEngine(tmp_path_factory.mktemp("index"))
        return filled(new_engine(), LARGE, records), filled(embedded, LARGE, records)

    @pytest.mark.parametrize("number", range(4))
    def test_on_the_order_by_meaning_alone(self, both: tuple[Engine, Engine], number: int) -> None:
        plan = Plan(language="tr", now=NOW, size=100, by_words=False, meant=question(number))
        first, second = (engine.search(replace(plan, floor=-1.0)) for engine in both)
        assert found(first) == found(second)
        assert [hit.score for hit in first.hits] == pytest.approx(
            [hit.score for hit in second.hits], abs=0.002
        )
        for one, other in zip(first.hits, second.hits, strict=True):
            assert one.reasons == other.reasons == ("meaning",)
            assert one.language == other.language
            assert [(p.text, p.sentence) for p in one.passages] == [
                (p.text, p.sentence) for p in other.passages
            ]

    @pytest.mark.parametrize("asked", QUESTIONS)
    @pytest.mark.parametrize("language", [frozenset[str](), frozenset({"sv"})])
    def test_on_works_facets_and_reasons(
        self, both: tuple[Engine, Engine], asked: str, language: frozenset[str]
    ) -> None:
        plan = build_plan(parse(asked), language="sv", now=NOW, size=100)
        plan = replace(plan, meant=question(5), floor=-1.0, filters={"language": language})
        first, second = (engine.search(plan) for engine in both)
        assert first.total == second.total > 0
        assert first.facets == second.facets
        assert {hit.work: hit.reasons for hit in first.hits} == {
            hit.work: hit.reasons for hit in second.hits
        }

    @pytest.mark.parametrize("number", range(3))
    def test_on_candidates(self, both: tuple[Engine, Engine], number: int) -> None:
        plan = Plan(now=NOW, meant=question(number))
        first, second = (
            {one.vector.tobytes() for one in engine.candidates(plan)} for engine in both
        )
        assert first == second

    def test_on_what_a_work_means(self, both: tuple[Engine, Engine]) -> None:
        plan = Plan(now=NOW)
        for work in range(1, 20):
            first, second = (
                {(one.edition, one.language, one.vector.tobytes()) for one in found}
                for found in (engine.meaning_of(work, plan) for engine in both)
            )
            assert first == second


def each_about(record: Record, subject: int) -> Record:
    """A record whose passages are about one subject, and no two say quite the same.

    Of many equal vectors a graph may not lead to others: that no plan can mend.
    """
    dice = np.random.default_rng(record.work)

    def own(passage: Passage) -> Passage:
        vector = direction(subject) + 0.05 * dice.normal(size=KIND.dimensions)
        return replace(passage, meaning=meaning(vector.astype(np.float32)))

    def of_file(file: FileRecord) -> FileRecord:
        return replace(file, passages=tuple(map(own, file.passages)))

    editions = tuple(
        replace(one, body=tuple(map(own, one.body)), files=tuple(map(of_file, one.files)))
        for one in record.editions
    )
    return replace(record, editions=editions, encoder=KIND.encoder)


class TestNearest:
    def test_the_approximate_search_finds_the_nearest(self, new_engine: NewEngine) -> None:
        records = with_meaning((text_record(n, "text") for n in range(1, 1001)), 3)
        engine = filled(new_engine(), LARGE, records)
        vectors = {
            one.work: np.frombuffer(one.editions[0].body[0].meaning.vector, "<f2")
            for one in records
            if one.editions[0].body[0].meaning
        }
        hits = 0
        for number in range(30):
            meant = question(number)
            asked = np.frombuffer(meant.vector, "<f4")
            nearest = sorted(vectors, key=lambda work: -float(vectors[work] @ asked))[:10]
            candidates = engine.candidates(Plan(now=NOW, meant=meant))
            assert len(candidates) == PASSAGES_PER_LANGUAGE
            hits += len({one.work for one in candidates[:10]} & set(nearest))
        assert hits >= 0.97 * 300

    def test_a_long_report_does_not_fill_the_list(self, new_engine: NewEngine) -> None:
        pages = ["waste"] * 300
        large = about(make_record(1, make_edition(files=[make_file(1, pages)])), WASTE)
        engine = filled(new_engine(), KIND, [large, text(2, "small", "en", WASTE, WATER)])
        plan = Plan(now=NOW, meant=Meant(KIND.encoder, _asked(WASTE)))
        of_works = [one.work for one in engine.candidates(plan)]
        assert of_works == [1] * PASSAGES_PER_TEXT + [2]

    def test_long_reports_do_not_crowd_out_what_lies_behind_them(
        self, new_engine: NewEngine
    ) -> None:
        def report(number: int, *languages: str) -> Record:
            editions = [
                make_edition(code, "Long", files=[make_file(at, ["waste"] * 90)])
                for at, code in enumerate(languages, start=1)
            ]
            return each_about(make_record(number, *editions), WASTE)

        small = [text_record(number, "small") for number in range(10, 200)]
        others = [about(one, WASTE, WATER, side=one.work / 500) for one in small]
        engine = filled(new_engine(), KIND, [report(1, "en", "tr"), report(2, "en"), *others])
        candidates = engine.candidates(Plan(now=NOW, meant=Meant(KIND.encoder, _asked(WASTE))))
        assert len(candidates) == PASSAGES_PER_LANGUAGE
        taken = Counter((one.work, one.edition) for one in candidates)
        assert {text: taken.pop(text) for text in ((1, "en"), (1, "tr"), (2, "en"))} == {
            (1, "en"): PASSAGES_PER_TEXT,
            (1, "tr"): PASSAGES_PER_TEXT,
            (2, "en"): PASSAGES_PER_TEXT,
        }
        assert set(taken.values()) == {1}
        assert len({(one.work, one.passage) for one in candidates}) == len(candidates)

    def test_a_very_large_work_is_found_by_the_meaning_of_a_page(
        self, new_engine: NewEngine
    ) -> None:
        editions = [
            make_edition(code, "Large", files=[make_file(index, ["page of a report"] * 600, code)])
            for index, code in enumerate(("en", "tr", "sv", "ar"), start=1)
        ]
        record = about(make_record(1, *editions), WATER)
        swedish = record.editions[2]
        pages = list(swedish.files[0].passages)
        pages[498] = replace(pages[498], meaning=Meaning(_half(WASTE), _half(WASTE)))
        swedish = replace(swedish, files=(replace(swedish.files[0], passages=tuple(pages)),))
        record = replace(record, editions=(*record.editions[:2], swedish, record.editions[3]))
        engine = filled(new_engine(), KIND, [record, text(2, "other", "en", WATER)])
        (hit,) = ask(engine, "rubbish", WASTE).hits
        first = hit.passages[0]
        assert (hit.work, first.language, first.locator) == (1, "sv", 499)

    def test_where_many_are_near_the_total_is_a_lower_bound(self, new_engine: NewEngine) -> None:
        many = [text(n, "text", "en", WASTE) for n in range(1, PASSAGES_PER_LANGUAGE + 20)]
        results = ask(filled(new_engine(), KIND, many), "rubbish", WASTE)
        assert results.at_least
        assert results.total == PASSAGES_PER_LANGUAGE


def pages(work: int, count: int, version: int, subject: int = WASTE, **fields: Any) -> Record:
    """A work with a file of some pages about a subject."""
    file = make_file(1, [f"page {number}" for number in range(count)])
    return about(make_record(work, make_edition(files=[file], **fields), version=version), subject)


class TestPassageDocuments:
    """The documents of passages: gone with their work's older states, and seen by nothing else."""

    def held(self, client: Elasticsearch, engine: ElasticsearchEngine) -> list[str]:
        """The passages of the index that have a document of their own."""
        query = {"exists": {"field": "meaning.work"}}
        answer = client.search(index=engine.status().name, query=query, size=1000)
        return sorted(hit["_id"] for hit in answer["hits"]["hits"])

    def near(self, engine: Engine) -> list[tuple[int, int]]:
        plan = Plan(now=NOW, meant=Meant(KIND.encoder, _asked(WASTE)))
        return sorted((one.work, one.passage) for one in engine.candidates(plan))

    def test_those_that_a_change_left_over_are_removed(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = filled(new_engine(), KIND, [pages(1, 5, 1), pages(2, 2, 1), pages(3, 1, 1)])
        assert len(self.held(client, engine)) == 8
        engine.write([pages(1, 2, 2), make_record(2, version=2)])
        assert self.held(client, engine) == ["1.0", "1.1", "3.0"]
        assert self.near(engine) == [(1, 0), (1, 1), (3, 0)]
        engine.write([replace(pages(1, 2, 3), encoder="")])
        assert self.held(client, engine) == ["3.0"]

    def test_many_are_removed_in_turn(
        self, new_engine: NewEngine, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(leftovers, "_PASSAGES_AT_ONCE", 3)
        monkeypatch.setattr(leftovers, "_WORKS_AT_ONCE", 2)
        engine = filled(new_engine(), KIND, [pages(number, 4, 1) for number in range(1, 6)])
        engine.write(pages(number, 1, 2) for number in range(1, 6))
        assert self.held(client, engine) == [f"{number}.0" for number in range(1, 6)]

    def test_a_passage_that_loses_its_vector_is_no_candidate_any_more(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        record = pages(1, 3, 1)
        (file,) = record.editions[0].files
        first, second, third = file.passages
        bare = replace(file, passages=(first, replace(second, meaning=None), third))
        edition = replace(record.editions[0], files=(bare,))
        engine = filled(new_engine(), KIND, [record])
        engine.write([replace(record, editions=(edition,))])
        assert self.held(client, engine) == ["1.0", "1.2"]

    def test_what_comes_late_adds_nothing(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = filled(new_engine(), KIND, [pages(1, 2, 5), make_record(2, version=5)])
        engine.write([pages(1, 4, 4), pages(2, 3, 4)])
        assert self.held(client, engine) == ["1.0", "1.1"]
        engine.write([pages(2, 1, 6)])
        assert self.held(client, engine) == ["1.0", "1.1", "2.0"]
        assert self.near(engine) == [(1, 0), (1, 1), (2, 0)]

    def test_a_write_that_broke_off_is_made_good_by_the_next(
        self, new_engine: NewEngine, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = filled(new_engine(), KIND, [pages(1, 2, 1)])
        with monkeypatch.context() as broken:
            broken.setattr(engine_module, "remove_leftovers", _break_off)
            for version, count in ((2, 9), (3, 4)):
                with pytest.raises(EngineUnavailable):
                    engine.write([pages(1, count, version)])
        assert len(self.held(client, engine)) == 9
        assert self.near(engine) == [(1, 0), (1, 1), (1, 2)]
        assert all(one.passage < 4 for one in engine.meaning_of(1, Plan(now=NOW)))
        engine.write([pages(1, 1, 4)])
        assert self.held(client, engine) == ["1.0"]

    def test_one_of_another_state_of_its_work_finds_nothing(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = filled(new_engine(), KIND, [pages(1, 2, 1), text(2, "two", "en", WASTE)])
        body = {"doc": {"stamp": "of another state"}}
        client.update(index=engine.status().name, id="1", body=body, refresh=True)
        assert found(ask(engine, "rubbish", WASTE)) == [2]
        assert self.near(engine) == [(2, 0)]
        assert engine.meaning_of(1, Plan(now=NOW)) == ()

    def test_a_rebuild_that_writes_a_work_twice_leaves_nothing_over(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = new_engine()
        fresh = engine.new_index(KIND)
        fresh.write([pages(1, 5, 1), pages(2, 1, 1)])
        fresh.write([pages(1, 2, 2)])
        fresh.swap()
        assert self.held(client, engine) == ["1.0", "1.1", "2.0"]

    def test_bulks_stay_small_whatever_a_work_holds(
        self, new_engine: NewEngine, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sizes = []

        def noted(budget: Budget, target: Target, bulk: list[Operation]) -> None:
            sizes.append(sum(one.size for one in bulk))
            send_bulk(budget, target, bulk)

        monkeypatch.setattr(writing, "BULK_BYTES", 10_000)
        monkeypatch.setattr(writing, "send_bulk", noted)
        engine = filled(new_engine(), KIND, [pages(1, 9, 1)])
        engine.write([pages(1, 200, 2)])
        assert len(sizes) > 4
        assert sorted(sizes)[-2] < 11_000, "all but that of the work itself"
        assert len(self.held(client, engine)) == 200

    def test_nothing_else_sees_them(self, new_engine: NewEngine) -> None:
        records = [
            text(1, "waste", "en", WASTE, year=2020, themes=("waste",)),
            text(2, "avfall", "sv", WASTE, year=2021, themes=("waste",)),
        ]
        bare = [replace(record, encoder="") for record in records]
        first, second = (filled(new_engine(), KIND, some) for some in (records, bare))
        for question in ("", "waste", "-waste", '"waste"', "work -avfall"):
            for sort in ("relevance", "date", "title"):
                results = [ask(engine, question, sort=sort) for engine in (first, second)]
                assert results[0] == results[1]
        assert list(first.versions()) == [(1, 1), (2, 1)]
        status = first.status()
        assert (status.works, status.passages) == (2, 2)
        assert first.spell(["wasle"]) == second.spell(["wasle"]) == {"wasle": "waste"}
        assert first.suggest("w", language="en", audiences=EVERYONE, now=NOW) == second.suggest(
            "w", language="en", audiences=EVERYONE, now=NOW
        )
        assert set(first.passages_of([1, 2, 3], Plan(now=NOW))) == {1, 2}


def _break_off(*_: object) -> None:
    raise EngineUnavailable("broken off")


class TestWords:
    def test_words_are_counted_beside_their_score(self, new_engine: NewEngine) -> None:
        words = [f"{first}o{last}kt" for first in "bdfg" for last in "klmnprst"]
        texts = [" ".join(words[:count]) for count in range(1, len(words) + 1)]
        engine = new_engine()
        engine.write(text_record(n, line) for n, line in enumerate(texts, start=1))
        plan = build_plan(parse(" ".join(words)), language="en", now=NOW)
        evidence = evidence_of(engine, plan, range(1, len(words) + 1))
        assert {one.work: one.held for one in evidence} == {n: n for n in range(1, len(words) + 1)}
        assert all(0 < one.score < 1000 for one in evidence)
        assert {one.work for one in evidence if one.matches} == set(range(24, 33))

    def test_a_label_counts_as_all_its_words(self, new_engine: NewEngine) -> None:
        labels = {"sv": ("huvudplan för migration",), "tr": ("göç ana planı",)}
        engine = new_engine()
        engine.write(
            [
                make_record(
                    1,
                    make_edition("sv", "Ett", "en huvudplan för migration i kommunen"),
                    make_edition("en", "One", "a migration plan"),
                ),
                make_record(2, make_edition("tr", "İki", "planı ana göç")),
            ]
        )
        plan = build_plan(
            parse("migration master plan kommun"),
            language="en",
            now=NOW,
            concepts=[FoundConcept("concept", 0, 3, labels)],
        )
        held = {(one.work, one.edition): one.held for one in evidence_of(engine, plan, [1, 2])}
        assert held[1, "sv"] == 4
        assert held[1, "en"] == 2
        assert held[2, "tr"] < 3

    def test_only_languages_that_editions_have_are_asked_for(self, new_engine: NewEngine) -> None:
        engine = filled(
            new_engine(),
            KIND,
            [
                make_record(1, make_edition("sv", "Avfall", "avfall")),
                make_record(2, make_edition("ku", "Avfall", "avfall")),
            ],
        )
        answer = engine._client.elasticsearch().search(
            index=engine.status().name, **languages_request()
        )
        assert edition_languages(answer, ()) == ["sv", "other"]
        assert edition_languages(answer, ["ku", "so"]) == ["sv", "ku"]
        plan = build_plan(parse("avfall"), language="sv", now=NOW)
        found = {(one.work, one.edition) for one in evidence_of(engine, plan, [1, 2])}
        assert found == {(1, "sv"), (2, "other")}

    def test_one_language_only_looks_into_texts_of_that_language(
        self, new_engine: NewEngine
    ) -> None:
        file = make_file(1, "avfall", "sv")
        engine = filled(
            new_engine(),
            KIND,
            [
                make_record(1, make_edition("en", "Avfall", "avfall")),
                make_record(2, make_edition("en", "Waste", files=[file])),
                make_record(3, make_edition("sv", "Rapport", "skola")),
            ],
        )
        assert found(ask(engine, "avfall", text_language="sv")) == [2]
        assert set(found(ask(engine, "", text_language="sv"))) == {2, 3}


class TestPages:
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, new_engine: NewEngine) -> Engine:
        return filled(new_engine(), LARGE, with_meaning(seeded_library(60), 11))

    @pytest.mark.parametrize("sort", ["relevance", "date", "title"])
    @pytest.mark.parametrize("chosen", [{}, {"theme": frozenset({"waste", "water"})}])
    def test_works_that_were_not_ranked_follow_once(
        self,
        engine: Engine,
        sort: str,
        chosen: dict[str, frozenset[str]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(ranked, "WORKS_BY_WORDS", 5)
        plan = build_plan(parse("plan"), language="tr", now=NOW, filters=chosen)
        plan = replace(plan, meant=question(2), sort=sort, works=frozenset(range(1, 50)))
        whole = engine.search(replace(plan, size=100))
        assert whole.total == len(whole.hits) > 12
        pages = [engine.search(replace(plan, offset=at, size=4)) for at in range(0, 60, 4)]
        assert [hit.work for page in pages for hit in page.hits] == found(whole)
        assert {page.total for page in pages} == {whole.total}

    def test_clauses_that_leave_many_works_bind_all_the_same(
        self, new_engine: NewEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Fewer passages than are taken: where there are more, those of excluded works take places.
        engine = filled(new_engine(), LARGE, with_meaning(seeded_library(20), 11))
        plan = build_plan(parse('"plan"'), language="tr", now=NOW, size=100)
        plan = replace(plan, meant=question(2), floor=-1.0)
        few = engine.search(plan)
        monkeypatch.setattr(ranked, "_MOST_BOUND", 1)
        many = engine.search(plan)
        assert found(many) == found(few) != []


class TestIndex:
    def test_a_swap_by_another_process_is_noticed(
        self, new_engine: NewEngine, elasticsearch_url: str
    ) -> None:
        engine = filled(new_engine(), KIND, [text(1, "one", "en", WASTE)])
        assert isinstance(engine, ElasticsearchEngine)
        assert found(ask(engine, "rubbish", WASTE)) == [1]
        other = connect(elasticsearch_url, engine.index_prefix)
        filled(other, KIND, [text(2, "two", "en", WASTE)])
        assert found(ask(engine, "rubbish", WASTE)) == [2]
        other.new_index(VectorKind("another", 4)).swap()
        assert not ask(engine, "rubbish", WASTE).meant

    def test_a_new_index_keeps_the_kind_of_its_vectors(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.new_index(KIND).swap()
        assert engine.status().vectors == KIND
        kept = engine.statistics()
        assert kept is not None
        assert kept.encoder == KIND.encoder
        engine.describe(Statistics("another", floor=0.1))
        assert engine.statistics() == kept
        engine.write([text(1, "one", "en", WASTE)])
        assert found(ask(engine, "rubbish", WASTE)) == [1]

    def test_a_vector_of_nothing_is_left_out(self) -> None:
        nothing = Meaning(bytes(16), b"")
        edition = replace(make_edition(), body=(Passage(0, "en", "text", meaning=nothing),))
        record = replace(make_record(1, edition), encoder=KIND.encoder)
        ((identity, document),) = documents(record, KIND)
        assert identity == "1"
        assert document["stamp"] is None


def evidence_of(engine: ElasticsearchEngine, plan: Plan, works: Iterable[int]) -> list:  # type: ignore[type-arg]
    client = engine._client.elasticsearch()
    index = engine.status().name
    languages = edition_languages(client.search(index=index, **languages_request()), ())
    requests = list(evidence_requests(plan, list(works), languages))
    answers = [client.search(index=index, **request) for request in requests]
    return read_evidence(plan, languages, answers)


def _asked(*subjects: int) -> bytes:
    return np.frombuffer(_half(*subjects), "<f2").astype("<f4").tobytes()


def _half(*subjects: int) -> bytes:
    vector = np.zeros(8)
    vector[list(subjects)] = 1
    return (vector / np.linalg.norm(vector)).astype("<f2").tobytes()
