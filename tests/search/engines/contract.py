"""What every engine must do: the contract suite.

A test module of an engine makes a subclass of `EngineContract` and gives it the fixture
``make_engine`` (scope ``class``): a function that gives an engine with an empty index of its
own, each time another. ``same_index`` gives a second engine on the index of the first, as
another process would have it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from search.engines.base import Engine, NewIndex
from search.plan import Plan
from search.query import build_plan, parse
from search.records import FACETS, EditionRecord, Record, Visibility
from tests.search.engines.contract_meaning import ConceptContract, MeaningContract
from tests.search.engines.making import (
    EVERYONE,
    LIBRARY_QUERIES,
    NOW,
    STAFF,
    STAFF_TOO,
    make_edition,
    make_file,
    make_record,
    search,
    seeded_library,
    text_record,
    works,
)
from tests.search.words import Meeting, meetings

SECRET = "Quxalvin"
"""A made-up word that stands in restricted texts alone."""


class WordsContract:
    """Words in all languages."""

    @pytest.fixture(scope="class")
    @classmethod
    def word_engine(cls, make_engine: Callable[[], Engine]) -> Engine:
        engine = make_engine()
        engine.write(
            [
                record
                for number, row in enumerate(meetings())
                for record in (
                    text_record(10 * number, row.text, row.language),
                    text_record(10 * number + 1, row.query, row.language),
                )
            ]
        )
        return engine

    @pytest.mark.parametrize(
        ("number", "row"),
        [(n, row) for n, row in enumerate(meetings()) if row.found or row.field == "any"],
        ids=lambda value: f"{value.query}-{value.text}" if isinstance(value, Meeting) else "",
    )
    def test_a_word_finds_what_the_table_says(
        self, word_engine: Engine, number: int, row: Meeting
    ) -> None:
        found = works(word_engine, row.query, size=1000)
        assert 10 * number + 1 in found
        assert (10 * number in found) == row.found

    @pytest.mark.parametrize(
        ("number", "row"),
        [(n, row) for n, row in enumerate(meetings()) if not row.found and row.field != "any"],
        ids=lambda value: f"{value.query}-{value.text}" if isinstance(value, Meeting) else "",
    )
    def test_letters_that_were_typed_come_before_letters_that_were_not(
        self, word_engine: Engine, number: int, row: Meeting
    ) -> None:
        found = works(word_engine, row.query, size=1000)
        assert 10 * number + 1 in found
        if 10 * number in found:
            assert found.index(10 * number + 1) < found.index(10 * number)

    def test_swedish_letters_are_kept_apart_when_typed_and_met_when_not(
        self, engine: Engine
    ) -> None:
        engine.write([text_record(1, "ett läger", "sv"), text_record(2, "ett lager", "sv")])
        assert works(engine, "läger") == [1]
        assert works(engine, "lager") == [2, 1]
        assert works(engine, "-läger") == [2]
        assert works(engine, '"ett läger"') == [1]

    def test_each_text_is_analysed_in_its_own_language(self, engine: Engine) -> None:
        file = make_file(1, "Kommunernas avfallshantering", "sv")
        engine.write([make_record(1, make_edition("tr", "Rapor", "Belediyelerin", files=[file]))])
        assert works(engine, "kommun") == [1]
        assert works(engine, "belediye") == [1]
        assert works(engine, "kommunen belediyeler") == [1]

    def test_a_language_without_analysis_is_found_as_written(self, engine: Engine) -> None:
        engine.write([text_record(1, "Straßenreinigung für Flüchtlinge", "de")])
        assert works(engine, "strassenreinigung") == [1]
        assert works(engine, "Flüchtlinge") == [1]
        assert search(engine, "fur").hits[0].languages == ("de",)

    def test_a_word_with_a_hyphen_is_found_as_one(self, engine: Engine) -> None:
        engine.write(
            [
                text_record(1, "After COVID-19 the camps"),
                text_record(2, "In 19 camps COVID was seen"),
            ]
        )
        assert works(engine, "COVID-19") == [1]
        assert sorted(works(engine, "covid 19")) == [1, 2]
        assert works(engine, '"covid 19"') == [1]


class SyntaxContract:
    """Phrases, exclusions, field words, and how many words a work must hold."""

    def test_a_phrase_is_found_in_its_order_alone(self, engine: Engine) -> None:
        engine.write([text_record(1, "waste water plan"), text_record(2, "water and waste plan")])
        assert works(engine, '"waste water"') == [1]
        assert works(engine, '"water waste"') == []
        assert works(engine, "“water and waste”") == [2]

    def test_a_phrase_is_inflected_as_its_language_does(self, engine: Engine) -> None:
        engine.write([text_record(1, "Belediyelerin göç planları", "tr")])
        assert works(engine, '"belediyenin göç planı"') == [1]
        assert works(engine, '"goc planlari"') == [1]

    def test_stop_words_keep_their_place_in_a_phrase(self, engine: Engine) -> None:
        engine.write([text_record(1, "the cost of the service"), text_record(2, "cost service")])
        assert works(engine, '"cost of the service"') == [1]
        assert works(engine, '"cost service"') == [2]

    def test_a_phrase_runs_over_a_page_but_not_over_two_texts(self, engine: Engine) -> None:
        files = [make_file(1, ["ends with waste", "water begins"]), make_file(2, "sewage plan")]
        engine.write([make_record(1, make_edition(body="about solid", files=files))])
        assert works(engine, '"waste water"') == [1]
        assert works(engine, '"begins sewage"') == []
        assert works(engine, '"solid ends"') == []

    def test_a_phrase_of_another_language_holds_beside_the_words(self, engine: Engine) -> None:
        engine.write(
            [make_record(1, make_edition("tr", "Atık"), make_edition("en", "Solid waste"))]
        )
        assert works(engine, 'atık "solid waste"') == [1]

    def test_an_excluded_word_excludes_the_work(self, engine: Engine) -> None:
        file = make_file(1, "planları", "tr")
        engine.write(
            [
                make_record(1, make_edition("en", "Water"), make_edition("tr", "Su", files=[file])),
                make_record(2, make_edition("en", "Water")),
            ]
        )
        assert works(engine, "water -planı") == [2]
        assert works(engine, "-plan") == [2]
        assert works(engine, "water -absent") == [2, 1]

    def test_an_excluded_phrase_excludes_only_where_it_stands(self, engine: Engine) -> None:
        engine.write([text_record(1, "waste water"), text_record(2, "water, waste")])
        assert works(engine, 'water -"waste water"') == [2]

    def test_field_words_look_in_their_field(self, engine: Engine) -> None:
        engine.write(
            [
                make_record(1, make_edition("tr", "Göç planları"), authors=("Ayşe Yılmaz",)),
                make_record(
                    2, make_edition("tr", "Rapor", "göç planı Yılmaz Şişli"), places=("Şişli",)
                ),
            ]
        )
        assert works(engine, "title:plan") == [1]
        assert works(engine, 'başlık:"göç planı"') == [1]
        assert works(engine, "-title:göç") == [2]
        assert works(engine, "author:yilmaz") == [1]
        assert works(engine, 'författare:"ayşe yılmaz"') == [1]
        assert works(engine, 'author:"yılmaz ayşe"') == []
        assert works(engine, "مكان:sisli") == [2]
        assert works(engine, "plan place:sisli") == [2]

    def test_three_words_are_all_needed_and_of_four_one_may_miss(self, engine: Engine) -> None:
        engine.write([text_record(1, "water waste camp"), text_record(2, "water waste")])
        assert works(engine, "water waste camp") == [1]
        assert works(engine, "water waste camp school") == [1]
        assert works(engine, "water waste camp school budget") == []

    def test_words_are_held_together_by_one_edition(self, engine: Engine) -> None:
        file = make_file(1, "camp")
        engine.write(
            [
                make_record(
                    1, make_edition("en", "Water", "waste", summary="school", files=[file])
                ),
                make_record(2, make_edition("en", "Water"), make_edition("sv", "Waste")),
            ]
        )
        assert works(engine, "water school camp") == [1]
        assert works(engine, "water waste") == [1]

    def test_stop_words_are_not_needed_unless_there_is_nothing_else(self, engine: Engine) -> None:
        engine.write([text_record(1, "water"), text_record(2, "the och")])
        assert works(engine, "the water") == [1]
        assert works(engine, "the och") == [2]

    def test_without_words_every_work_is_there_newest_first(self, engine: Engine) -> None:
        engine.write(
            [text_record(1, "a", date=10), text_record(2, "b", date=20), text_record(3, "c")]
        )
        assert works(engine, "") == [2, 1, 3]
        assert works(engine, "!? -") == [2, 1, 3]
        assert search(engine, "").hits[0].passages == ()

    @pytest.mark.parametrize(
        "query",
        ['"', '""', "-", "--", '-"', "title:", '"a', "AND OR NOT", "a*b?", "[x TO y]", "(", "\\",
         "field:x", "^2", "~", "a" * 500, "\x00", "' OR 1=1 --", "😀", "title:title:x", "- -"],
    )  # fmt: skip
    def test_no_syntax_is_an_error(self, engine: Engine, query: str) -> None:
        engine.write([text_record(1, "water")])
        assert search(engine, query).total in (0, 1)
        assert works(engine, f"water {query}") in ([1], [])

    def test_facts_are_searched(self, engine: Engine) -> None:
        engine.write([make_record(1, make_edition(facts="ISBN 978-91-7345-123-4 Karin Öberg"))])
        assert works(engine, "978-91-7345-123-4") == [1]
        assert works(engine, "öberg") == [1]


class FacetsContract:
    """Facets, filters, order and pages over the seeded library."""

    @pytest.fixture(scope="class")
    @classmethod
    def library(cls, make_engine: Callable[[], Engine]) -> Engine:
        engine = make_engine()
        engine.write(seeded_library())
        return engine

    @pytest.mark.parametrize("audiences", [EVERYONE, STAFF_TOO], ids=["everyone", "staff"])
    @pytest.mark.parametrize("query", LIBRARY_QUERIES)
    def test_each_facet_value_gives_as_many_results_as_it_says(
        self, library: Engine, query: str, audiences: frozenset[str]
    ) -> None:
        everything = search(library, query, audiences=audiences)
        assert tuple(everything.facets) == FACETS
        for facet, values in everything.facets.items():
            for value, count in values:
                chosen = search(
                    library, query, audiences=audiences, filters={facet: frozenset({value})}
                )
                assert chosen.total == count > 0, (facet, value)
                assert chosen.facets[facet] == values

    def test_the_questions_find_something(self, library: Engine) -> None:
        totals = [search(library, query).total for query in LIBRARY_QUERIES]
        assert sum(total > 0 for total in totals) >= 18
        assert len(set(totals)) > 8

    def test_values_come_most_frequent_first(self, library: Engine) -> None:
        for values in search(library, "").facets.values():
            assert list(values) == sorted(values, key=lambda pair: (-pair[1], pair[0]))

    def test_several_values_of_a_facet_are_any_of_them(self, library: Engine) -> None:
        both = set(works(library, "", filters={"theme": frozenset({"waste", "water"})}))
        one = set(works(library, "", filters={"theme": frozenset({"waste"})}))
        other = set(works(library, "", filters={"theme": frozenset({"water"})}))
        assert both == one | other
        assert both != one

    def test_several_facets_are_all_of_them_and_counts_leave_out_their_own(
        self, library: Engine
    ) -> None:
        filters = {"theme": frozenset({"waste"}), "kind": frozenset({"guidance"})}
        results = search(library, "", filters=filters, size=100)
        themed = search(library, "", filters={"theme": frozenset({"waste"})}, size=100)
        guides = search(library, "", filters={"kind": frozenset({"guidance"})}, size=100)
        expected = {h.work for h in themed.hits} & {h.work for h in guides.hits}
        assert {hit.work for hit in results.hits} == expected
        assert 0 < len(expected) < min(themed.total, guides.total)
        assert dict(results.facets["theme"])["waste"] == len(expected)
        assert results.facets["theme"] == guides.facets["theme"]
        assert results.facets["kind"] == themed.facets["kind"]
        assert results.facets["year"] != themed.facets["year"]

    def test_an_unknown_value_gives_nothing(self, library: Engine) -> None:
        for facet in FACETS:
            assert search(library, "", filters={facet: frozenset({"no such"})}).total == 0
        assert search(library, "", filters={"theme": frozenset()}).total > 0

    def test_the_language_facet_counts_editions_and_files(self, engine: Engine) -> None:
        files = [make_file(1, "eau", "fr"), make_file(2, "", "ar"), make_file(3, "x", "sv", STAFF)]
        engine.write([make_record(1, make_edition("tr", files=files)), text_record(2, "b", "tr")])
        results = search(engine, "")
        assert results.facets["language"] == (("tr", 2), ("ar", 1), ("fr", 1))
        assert works(engine, "", filters={"language": frozenset({"fr"})}) == [1]
        assert next(h.languages for h in results.hits if h.work == 1) == ("tr", "ar", "fr")

    def test_pages_follow_each_other_and_miss_nothing(self, library: Engine) -> None:
        for sort in ("relevance", "date", "title"):
            whole = works(library, "plan", sort=sort)
            paged = [
                work
                for offset in range(0, len(whole) + 7, 7)
                for work in works(library, "plan", sort=sort, offset=offset, size=7)
            ]
            assert paged == whole
            assert len(set(whole)) == len(whole) == search(library, "plan").total

    def test_by_date_is_newest_first_and_undated_last(self, library: Engine) -> None:
        results = search(library, "", sort="date", size=100)
        years = [hit.year for hit in results.hits]
        dated = [year for year in years if year is not None]
        assert dated == sorted(dated, reverse=True)
        assert None in years
        assert set(years[len(dated) :]) == {None}

    @pytest.mark.parametrize(
        ("language", "titles"),
        [
            ("tr", ["Cami", "Çadır", "Dere", "Isı", "İzmir", "Şehir 9", "Şehir 10", "Zaman"]),
            ("sv", ["Avfall", "budget", "Évaluation", "Zon", "Ålder", "Ängar", "Öar"]),
            ("ar", ["أثر", "إدارة", "بلدية", "خطة", "مياه"]),
        ],
    )
    def test_by_title_is_in_the_order_of_the_alphabet(
        self, engine: Engine, language: str, titles: list[str]
    ) -> None:
        shuffled = sorted(titles, key=hash)
        engine.write([make_record(n, make_edition(language, t)) for n, t in enumerate(shuffled)])
        hits = search(engine, "", language=language, sort="title").hits
        assert [hit.title for hit in hits] == titles

    def test_a_word_in_the_title_counts_more_than_one_in_the_text(self, engine: Engine) -> None:
        engine.write(
            [
                make_record(1, make_edition("en", "Report on schools", "about water")),
                make_record(2, make_edition("en", "Report on water", "about schools")),
            ]
        )
        assert works(engine, "water") == [2, 1]
        assert works(engine, "school") == [1, 2]


class HitsContract:
    """One hit per work, with its passages and where they stand."""

    def test_a_work_is_one_hit_in_the_language_of_the_address(self, engine: Engine) -> None:
        editions = [
            make_edition(code, f"Plan {code}", "plan", summary=f"About {code}", slug=f"plan-{code}")
            for code in ("en", "tr", "sv")
        ]
        engine.write([make_record(5, *editions, kind="guidance", year=2020)])
        for code in ("en", "tr", "sv"):
            results = search(engine, "plan", language=code)
            (hit,) = results.hits
            assert results.total == 1
            assert (hit.work, hit.language, hit.slug) == (5, code, f"plan-{code}")
            assert (hit.title, hit.summary) == (f"Plan {code}", f"About {code}")
            assert (hit.kind, hit.year, hit.languages) == ("guidance", 2020, ("en", "tr", "sv"))
            assert hit.score > 0

    def test_where_the_language_of_the_address_is_missing_the_best_edition_shows(
        self, engine: Engine
    ) -> None:
        editions = [make_edition("en", "Report"), make_edition("sv", "Rapport", "avfall")]
        engine.write([make_record(1, *editions)])
        assert search(engine, "avfall", language="tr").hits[0].language == "sv"
        assert search(engine, "avfall", language="en").hits[0].language == "en"

    def test_passages_say_where_they_stand(self, engine: Engine) -> None:
        pdf = make_file(4, ["nothing here", "about waste", "more"], label="Annex")
        docx = make_file(7, ["avfall"], "sv", format="docx", locator_kind="section", label="Bilaga")
        edition = make_edition("en", "Report", ["first", "our waste page"], files=[pdf, docx])
        engine.write([make_record(1, edition)])
        found = search(engine, "waste").hits[0].passages
        assert {(p.file, p.locator, p.locator_kind, p.text) for p in found} == {
            (4, 2, "page", "about waste"),
            (None, None, None, "our waste page"),
        }
        (passage,) = search(engine, "avfall").hits[0].passages
        assert (passage.file, passage.file_label, passage.file_format) == (7, "Bilaga", "docx")
        assert (passage.locator, passage.locator_kind, passage.language) == (1, "section", "sv")

    def test_the_passage_with_most_of_the_question_comes_first(self, engine: Engine) -> None:
        texts = ["water " + "filler " * 20, "waste and water in camps", "waste " + "filler " * 20]
        engine.write([make_record(1, make_edition(files=[make_file(1, texts)]))])
        found = search(engine, "waste water camp", passages_per_hit=2).hits[0].passages
        assert len(found) == 2
        assert found[0].text == texts[1]

    def test_a_work_of_many_pages_leaves_the_others_their_passages(self, engine: Engine) -> None:
        large = make_file(1, ["waste waste"] * 400)
        small = make_file(1, ["a long page that says very little on waste at its end"] * 2)
        engine.write(
            [
                make_record(1, make_edition(files=[large])),
                make_record(2, make_edition(files=[small])),
            ]
        )
        found = {hit.work: len(hit.passages) for hit in search(engine, "waste").hits}
        assert found == {1: 3, 2: 2}

    def test_a_phrase_brings_the_passage_that_has_it(self, engine: Engine) -> None:
        texts = ["water and waste, then water", "plain waste water plant text", "waste"]
        engine.write([make_record(1, make_edition(files=[make_file(1, texts)]))])
        (passage, *_) = search(engine, '"waste water"').hits[0].passages
        assert passage.text == texts[1]

    def test_passages_of_works_are_those_of_the_search(self, engine: Engine) -> None:
        engine.write([text_record(1, "waste water"), text_record(2, "camp"), text_record(3, "x")])
        plan = build_plan(parse("waste camp"), language="en", now=NOW)
        found = engine.passages_of([2, 1, 3, 99], plan)
        texts = {work: [p.text for p in passages] for work, passages in found.items()}
        assert texts == {1: ["waste water"], 2: ["camp"], 3: []}

    def test_a_very_large_work_is_found_page_by_page(self, engine: Engine) -> None:
        def page(number: int, language: str) -> str:
            return f"page{number} {language}mark{number % 7} " + "ordinary words of a report " * 20

        editions = [
            make_edition(
                language,
                "Large",
                files=[make_file(index, [page(n, language) for n in range(1, 601)], language)],
            )
            for index, language in enumerate(("en", "tr", "sv", "ar"), start=1)
        ]
        engine.write([make_record(1, *editions), text_record(2, "page600")])
        (hit,) = search(engine, "page599 svmark4").hits
        assert (hit.passages[0].file, hit.passages[0].locator) == (3, 599)
        assert search(engine, "page600").total == 2


class SuggestionsContract:
    """Titles and spellings while a reader types."""

    def _titles(self, engine: Engine, prefix: str, language: str = "tr", **kw: object) -> list[str]:
        audiences = kw.get("audiences", EVERYONE)
        assert isinstance(audiences, frozenset)
        found = engine.suggest(prefix, language=language, audiences=audiences, now=NOW)
        return [suggestion.title for suggestion in found]

    def test_any_word_of_a_title_begins_as_typed(self, engine: Engine) -> None:
        engine.write([make_record(1, make_edition("tr", "Yerel Göç Ana Planı"))])
        for typed in ("gö", "GOC", "ye", "göç ana pl", "plan", "ana göç", "yerel "):
            assert self._titles(engine, typed) == ["Yerel Göç Ana Planı"], typed
        for typed in ("", " ", "öç", "ye pl gö x", "gö ana", "-"):
            assert self._titles(engine, typed) == [], typed

    def test_the_readers_language_comes_first_and_each_work_once(self, engine: Engine) -> None:
        engine.write(
            [
                make_record(1, make_edition("sv", "Planering"), make_edition("tr", "Planlama")),
                make_record(2, make_edition("sv", "Plan för vatten")),
            ]
        )
        assert self._titles(engine, "plan", "tr") == ["Planlama", "Plan för vatten"]
        assert sorted(self._titles(engine, "plan", "sv")) == ["Plan för vatten", "Planering"]
        assert self._titles(engine, "planla", "sv") == ["Planlama"]

    def test_a_suggestion_leads_to_its_edition(self, engine: Engine) -> None:
        engine.write([make_record(3, make_edition("sv", "Vatten", slug="vatten"))])
        (found,) = engine.suggest("va", language="en", audiences=EVERYONE, now=NOW)
        assert (found.work, found.language, found.slug) == (3, "sv", "vatten")

    def test_as_many_as_asked_for(self, engine: Engine) -> None:
        engine.write([make_record(n, make_edition("en", f"Plan {n}")) for n in range(20)])
        found = engine.suggest("plan", language="en", audiences=EVERYONE, now=NOW, limit=5)
        assert len(found) == 5

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("belediyelr", "belediyeler"),
            ("beledyieler", "belediyeler"),
            ("migratoin", "migration"),
            ("avfalshantering", "avfallshantering"),
            ("البلديت", "البلديات"),
            ("çadr", "çadır"),
        ],
    )
    def test_a_misspelt_word_gets_a_better_spelling(
        self, engine: Engine, typed: str, meant: str
    ) -> None:
        engine.write(
            [
                text_record(1, "belediyeler çadır kurdu", "tr"),
                text_record(2, "Migration plans"),
                text_record(3, "Avfallshantering", "sv"),
                text_record(4, "البلديات", "ar"),
            ]
        )
        assert engine.spell([typed]) == {typed: meant}

    def test_words_that_are_held_or_near_to_nothing_get_none(self, engine: Engine) -> None:
        engine.write([text_record(1, "belediye göç planları", "tr")])
        assert engine.spell(["belediye", "goc", "planlari", "xyzzyqq", "12", "a", "", "!?"]) == {}

    def test_the_nearer_spelling_wins_then_the_more_frequent(self, engine: Engine) -> None:
        engine.write(
            [text_record(1, "water wafer"), text_record(2, "water"), text_record(3, "waiter")]
        )
        assert engine.spell(["watr", "waterr"]) == {"watr": "water", "waterr": "water"}
        assert engine.spell(["waxer"]) == {"waxer": "water"}

    def test_spelling_follows_changes(self, engine: Engine) -> None:
        engine.write([text_record(1, "chimney"), text_record(2, "chimney")])
        engine.write([text_record(1, "plain", version=2)])
        assert engine.spell(["chimny"]) == {"chimny": "chimney"}
        engine.write([make_record(2, version=2)])
        assert engine.spell(["chimny"]) == {}


class AccessContract:
    """Nothing of what a reader may not see shows anywhere."""

    SECRETS = {
        "staff": Visibility("staff"),
        "nobody": Visibility("nobody"),
        "embargo": Visibility("public", NOW + 1),
        "expired": Visibility("public", None, NOW),
    }

    @classmethod
    def _works_with_secrets(cls) -> Iterator[Record]:
        for number, visibility in enumerate(cls.SECRETS.values(), start=1):
            yield cls._with_secret_file(number * 10, visibility)
            yield cls._with_secret_edition(number * 10 + 1, visibility)
            yield make_record(number * 10 + 2, cls._secret_edition("ar", visibility))

    @classmethod
    def _secret_edition(cls, language: str, visibility: Visibility) -> EditionRecord:
        return make_edition(
            language,
            f"{SECRET} title",
            f"the {SECRET} phrase",
            visibility,
            [make_file(1, f"public file of {SECRET} edition", "fr")],
            summary=SECRET,
            facts=SECRET,
        )

    @classmethod
    def _with_secret_file(cls, work: int, visibility: Visibility) -> Record:
        files = [
            make_file(1, "an open file"),
            make_file(2, f"the {SECRET} phrase", "fr", visibility, label=SECRET),
        ]
        return make_record(work, make_edition("en", f"Open {work}", "open text", files=files))

    @classmethod
    def _with_secret_edition(cls, work: int, visibility: Visibility) -> Record:
        public = make_edition("tr", f"Açık {work}", "open text")
        return make_record(work, public, cls._secret_edition("ar", visibility))

    @pytest.fixture(scope="class")
    @classmethod
    def guarded(cls, make_engine: Callable[[], Engine]) -> Engine:
        engine = make_engine()
        engine.write(cls._works_with_secrets())
        return engine

    OPEN = {number * 10 + kind for number in range(1, 5) for kind in (0, 1)}

    def test_only_open_works_are_there(self, guarded: Engine) -> None:
        results = search(guarded, "", size=100)
        assert {hit.work for hit in results.hits} == self.OPEN
        assert results.total == len(self.OPEN)

    @pytest.mark.parametrize(
        "query",
        [
            SECRET,
            SECRET.lower(),
            f'"{SECRET}"',
            f'"the {SECRET} phrase"',
            f"open {SECRET}",
            f"title:{SECRET}",
            f'title:"{SECRET} title"',
            f"{SECRET} title",
            "phrase",
        ],
    )
    @pytest.mark.parametrize("language", ["en", "tr", "ar", "fr"])
    def test_no_query_finds_it(self, guarded: Engine, query: str, language: str) -> None:
        results = search(guarded, query, language=language)
        assert (results.total, results.hits) == (0, ())
        assert all(values == () for values in results.facets.values())

    @pytest.mark.parametrize("query", ["", "open", f"-{SECRET}", f'-"{SECRET} phrase"', "-phrase"])
    @pytest.mark.parametrize("language", ["en", "tr", "ar", "fr"])
    def test_excluding_it_excludes_nothing_and_no_hit_shows_it(
        self, guarded: Engine, query: str, language: str
    ) -> None:
        results = search(guarded, query, language=language, size=100)
        assert {hit.work for hit in results.hits} == self.OPEN
        assert SECRET.lower() not in repr(results).lower()
        assert dict(results.facets["language"]) == {"en": 4, "tr": 4}
        assert {language for hit in results.hits for language in hit.languages} == {"en", "tr"}

    def test_its_languages_cannot_be_chosen(self, guarded: Engine) -> None:
        for code in ("ar", "fr"):
            assert search(guarded, "", filters={"language": frozenset({code})}).total == 0

    def test_it_is_not_suggested(self, guarded: Engine) -> None:
        for length in range(1, len(SECRET) + 1):
            for typed in (
                SECRET[:length],
                f"title {SECRET[:length]}",
                f"{SECRET} {'title'[:length]}",
            ):
                assert guarded.suggest(typed, language="ar", audiences=EVERYONE, now=NOW) == ()

    def test_no_spelling_leads_to_it(self, guarded: Engine) -> None:
        near = [SECRET, SECRET[:-1], SECRET[1:], SECRET + "n", SECRET.replace("x", "y"), "Quxlavin"]
        assert guarded.spell(near) == {}

    def test_passages_of_a_work_leave_it_out(self, guarded: Engine) -> None:
        plan = build_plan(parse(f"{SECRET} open phrase"), language="en", now=NOW)
        found = guarded.passages_of(range(1, 50), plan)
        assert SECRET.lower() not in repr(found).lower()
        hidden = {number * 10 + 2 for number in range(1, 5)}
        assert not any(found.get(work) for work in hidden)

    def test_passages_of_one_with_the_word_are_the_open_ones(self, guarded: Engine) -> None:
        plan = build_plan(parse(f"open {SECRET}"), language="en", now=NOW)
        assert [p.text for p in guarded.passages_of([10], plan)[10]]
        assert SECRET not in str(guarded.passages_of([10], plan))

    def test_works_that_are_named_are_given_as_far_as_they_may_be_seen(
        self, guarded: Engine
    ) -> None:
        named = frozenset({10, 11, 12, 999})
        plan = Plan(language="en", now=NOW, works=named, size=10, passages_per_hit=0)
        hits = guarded.search(plan).hits
        assert sorted(hit.work for hit in hits) == [10, 11]
        assert SECRET not in repr(hits)
        assert all(hit.passages == () for hit in hits)
        seen = guarded.search(replace(plan, audiences=STAFF_TOO)).hits
        assert sorted(hit.work for hit in seen) == [10, 11, 12]

    def test_who_may_see_it_finds_it(self, guarded: Engine) -> None:
        found = works(guarded, SECRET, audiences=STAFF_TOO)
        assert sorted(found) == [10, 11, 12]
        languages = search(guarded, "", audiences=STAFF_TOO).facets["language"]
        assert languages == (("en", 4), ("tr", 4), ("fr", 3), ("ar", 2))

    def test_times_are_compared_at_each_search(self, guarded: Engine) -> None:
        assert sorted(works(guarded, SECRET, now=NOW + 1)) == [30, 31, 32]
        assert sorted(works(guarded, SECRET, now=NOW - 1)) == [40, 41, 42]
        assert works(guarded, SECRET, now=NOW) == []
        titles = guarded.suggest("qux", language="ar", audiences=EVERYONE, now=NOW + 1)
        assert {suggestion.work for suggestion in titles} == {31, 32}

    def test_spelling_never_comes_from_a_text_with_a_limit_of_time(self, engine: Engine) -> None:
        limited = Visibility("public", NOW - 10, None), Visibility("public", None, NOW + 10)
        engine.write(
            [
                make_record(n, make_edition("en", SECRET, visibility=visibility))
                for n, visibility in enumerate(limited)
            ]
        )
        assert works(engine, SECRET) == [1, 0]
        assert engine.spell([SECRET[:-1]]) == {}

    def test_a_file_is_seen_only_where_its_edition_is(self, engine: Engine) -> None:
        file = make_file(1, f"open {SECRET}", "fr")
        editions = make_edition("ar", "Hidden", "", STAFF, [file]), make_edition("tr", "Açık")
        engine.write([make_record(1, *editions)])
        assert works(engine, SECRET) == []
        assert engine.spell([SECRET[:-1]]) == {}
        assert search(engine, "").facets["language"] == (("tr", 1),)
        assert works(engine, SECRET, audiences=STAFF_TOO) == [1]

    def test_a_text_that_becomes_restricted_is_gone_at_once(self, engine: Engine) -> None:
        engine.write([make_record(1, make_edition("en", SECRET), make_edition("tr", "Açık"))])
        assert engine.spell([SECRET[:-1]]) == {SECRET[:-1]: SECRET.lower()}
        engine.write(
            [
                make_record(
                    1, make_edition("en", SECRET, "", STAFF), make_edition("tr", "Açık"), version=2
                )
            ]
        )
        assert works(engine, SECRET) == []
        assert engine.spell([SECRET[:-1]]) == {}
        assert engine.suggest("qux", language="en", audiences=EVERYONE, now=NOW) == ()
        assert search(engine, "", language="en").hits[0].title == "Açık"

    def test_words_are_counted_over_visible_texts_alone(self, engine: Engine) -> None:
        file = make_file(1, "camp", visibility=STAFF)
        engine.write([make_record(1, make_edition("en", "Water", files=[file]))])
        assert works(engine, "water camp") == []
        assert works(engine, "water camp", audiences=STAFF_TOO) == [1]


class ChangesContract:
    """Changes in order, removal, rebuild and swap."""

    def test_a_newer_version_replaces_and_an_older_one_does_not(self, engine: Engine) -> None:
        engine.write([text_record(1, "first", version=5)])
        engine.write([text_record(1, "second", version=6)])
        engine.write([text_record(1, "third", version=4)])
        assert works(engine, "second") == [1]
        assert works(engine, "first") == works(engine, "third") == []
        assert list(engine.versions()) == [(1, 6)]

    def test_the_same_version_again_replaces(self, engine: Engine) -> None:
        engine.write([text_record(1, "wrong", version=5)])
        engine.write([text_record(1, "mended", version=5)])
        assert works(engine, "mended") == [1]
        assert works(engine, "wrong") == []

    def test_one_call_may_hold_several_versions_of_a_work(self, engine: Engine) -> None:
        records = [text_record(1, f"word{n}", version=n) for n in (2, 4, 3)]
        engine.write([*records, text_record(2, "other"), make_record(2, version=2)])
        assert works(engine, "word4") == [1]
        assert works(engine, "word2") == works(engine, "word3") == works(engine, "other") == []
        assert list(engine.versions()) == [(1, 4)]

    def test_a_record_without_editions_removes_its_work(self, engine: Engine) -> None:
        engine.write([text_record(1, "water"), text_record(2, "water")])
        engine.write([make_record(1, version=2)])
        assert works(engine, "water") == works(engine, "") == [2]
        assert engine.suggest("work", language="en", audiences=EVERYONE, now=NOW)[0].work == 2
        assert list(engine.versions()) == [(2, 1)]
        assert engine.status().works == 1

    def test_a_removed_work_comes_back_with_a_newer_version_alone(self, engine: Engine) -> None:
        engine.write([text_record(1, "water", version=3)])
        engine.write([make_record(1, version=5)])
        engine.write([text_record(1, "water", version=4)])
        assert works(engine, "") == []
        engine.write([text_record(1, "water", version=6)])
        assert works(engine, "water") == [1]

    def test_removing_what_is_not_there_is_no_error(self, engine: Engine) -> None:
        engine.write([make_record(1, version=2)])
        engine.write([])
        assert works(engine, "") == []

    def test_many_changes_leave_the_last_state(self, engine: Engine) -> None:
        for version in range(1, 31):
            engine.write(
                [text_record(n, f"round{version}", version=version) for n in range(version % 3, 6)]
            )
        assert sorted(works(engine, "round30")) == [0, 1, 2, 3, 4, 5]
        assert sorted(works(engine, "")) == [0, 1, 2, 3, 4, 5]
        assert all(works(engine, f"round{version}") == [] for version in range(1, 30))

    def test_another_engine_on_the_index_sees_a_change_when_it_is_written(
        self, engine: Engine, same_index: Callable[[Engine], Engine]
    ) -> None:
        other = same_index(engine)
        assert works(other, "") == []
        engine.write([text_record(1, "water")])
        assert works(other, "water") == [1]
        other.write([text_record(1, "camp", version=2)])
        assert works(engine, "camp") == [1]

    def test_status_says_what_the_index_holds(self, engine: Engine) -> None:
        engine.write([text_record(1, "water"), make_record(2, make_edition(body=["a", "b"]))])
        status = engine.status()
        assert (status.works, status.passages) == (2, 3)
        assert status.size_bytes > 0
        assert status.name

    def test_a_new_index_is_seen_when_it_is_swapped(
        self, engine: Engine, same_index: Callable[[Engine], Engine]
    ) -> None:
        other = same_index(engine)
        engine.write([text_record(1, "old"), text_record(2, "old")])
        assert sorted(works(other, "old")) == [1, 2]
        fresh = engine.new_index()
        fresh.write([text_record(1, "fresh")])
        fresh.write([text_record(3, "fresh", version=2)])
        fresh.write([text_record(3, "stale", version=1)])
        assert sorted(works(engine, "")) == [1, 2]
        engine.write([text_record(2, "old meanwhile", version=2)])
        assert works(other, "meanwhile") == [2]
        name = engine.status().name
        fresh.settle()
        fresh.swap()
        for one in (engine, other):
            assert sorted(works(one, "")) == sorted(works(one, "fresh")) == [1, 3]
            assert works(one, "old") == works(one, "stale") == []
        assert engine.status().name != name
        engine.write([text_record(4, "after")])
        assert works(other, "after") == [4]

    def test_a_discarded_index_changes_nothing(self, engine: Engine) -> None:
        engine.write([text_record(1, "old")])
        fresh = engine.new_index()
        fresh.write([text_record(2, "fresh")])
        fresh.discard()
        assert works(engine, "") == [1]
        engine.new_index().swap()
        assert works(engine, "") == []

    def test_searches_and_writes_go_on_while_indexes_are_swapped(
        self, engine: Engine, same_index: Callable[[Engine], Engine]
    ) -> None:
        records = [text_record(n, f"water number{n}") for n in range(20)]
        engine.write(records)
        failures: list[BaseException] = []
        done = threading.Event()
        counts = {"search": 0, "write": 0}

        def keep_searching() -> None:
            reader = same_index(engine)
            while not done.is_set():
                assert search(reader, "water").total == 20
                counts["search"] += 1

        def keep_writing() -> None:
            writer = same_index(engine)
            while not done.is_set():
                writer.write([text_record(3, "water number3", version=1)])
                counts["write"] += 1

        def guarded(work: Callable[[], None]) -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001
                failures.append(error)

        threads = [
            threading.Thread(target=guarded, args=(work,))
            for work in (keep_searching, keep_searching, keep_writing)
        ]
        for thread in threads:
            thread.start()
        for _ in range(5):
            fresh: NewIndex = engine.new_index()
            fresh.write(records)
            fresh.swap()
        done.set()
        for thread in threads:
            thread.join()
        assert failures == []
        assert counts["search"] > 10
        assert counts["write"] > 2


class EngineContract(
    MeaningContract,
    ConceptContract,
    WordsContract,
    SyntaxContract,
    FacetsContract,
    HitsContract,
    SuggestionsContract,
    AccessContract,
    ChangesContract,
):
    """The whole contract."""

    @pytest.fixture
    def engine(self, make_engine: Callable[[], Engine]) -> Engine:
        return make_engine()
