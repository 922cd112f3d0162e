"""Concepts of the glossary in a query: which are found, what they add, and how soon."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cms.languages import CODES
from glossary.loading import load_glossary
from glossary.models import Concept, Label
from search.concepts import find_concepts
from search.expansions import added_labels
from search.plan import Plan
from search.query import build_plan, parse
from search.query.concepts import Labels, Matcher
from search.query.expansion import MAX_LABELS

GLOSSARY: Mapping[str, Labels] = {
    "plan": {
        "en": ("migration master plan", "MMP"),
        "tr": ("göç ana planı",),
        "ar": ("الخطة الرئيسية للهجرة",),
        "sv": ("huvudplan för migration",),
    },
    "migration": {
        "en": ("migration",),
        "tr": ("göç",),
        "ar": ("الهجرة",),
        "sv": ("migration",),
        "fr": ("migration",),
    },
    "tea": {"fr": ("thé",)},
    "waste": {"en": ("waste",), "tr": ("atık",)},
    "collection": {"en": ("waste collection",), "tr": ("atık toplama",)},
    "camp": {"en": ("camp",), "sv": ("läger",)},
    "store": {"en": ("warehouse",), "sv": ("lager",)},
    "bank-of-money": {"en": ("bank",)},
    "bank-of-river": {"en": ("bank", "shore")},
    "covid": {"en": ("COVID-19",)},
}
MATCHER = Matcher(GLOSSARY)


def spans(typed: str, matcher: Matcher = MATCHER) -> list[tuple[str, int, int]]:
    return [(found.slug, found.start, found.end) for found in matcher.find(parse(typed))]


def plan_of(typed: str, matcher: Matcher = MATCHER, language: str = "en") -> Plan:
    parsed = parse(typed)
    return build_plan(parsed, language=language, now=0, concepts=matcher.find(parsed))


class TestFinding:
    @pytest.mark.parametrize(
        "typed",
        [
            "migration master plan", "Migration Master Plans", "göç ana planları", "GÖÇ ANA PLANI",
            "goc ana plani", "الخطة الرئيسية للهجرة", "خطة رئيسية والهجرة", "الخطه الرئيسيه للهجره",
            "huvudplanen för migration", "huvudplanerna för migrationen", "huvudplan for migration",
            "mmp",
        ],
    )  # fmt: skip
    def test_inflected_and_accentless_words_name_the_concept(self, typed: str) -> None:
        assert spans(typed) == [("plan", 0, len(typed.split()))]

    def test_the_longest_label_wins_wherever_it_stands(self) -> None:
        assert spans("waste collection in camps") == [("collection", 0, 2), ("camp", 3, 4)]
        assert spans("the migration master plan") == [("plan", 1, 4)]
        assert spans("migration master") == [("migration", 0, 1)]

    def test_a_label_of_several_concepts_names_them_all(self) -> None:
        assert spans("river banks") == [("bank-of-money", 1, 2), ("bank-of-river", 1, 2)]

    def test_the_nearest_label_of_the_same_words_wins(self) -> None:
        assert spans("lager") == [("store", 0, 1)]
        assert spans("läger") == [("camp", 0, 1)]

    @pytest.mark.parametrize(
        "typed",
        ['"waste collection"', "-waste", "title:waste", "author:waste", '-"waste collection"'],
    )
    def test_what_is_meant_exactly_names_no_concept(self, typed: str) -> None:
        assert spans(f"{typed} report") == []

    @pytest.mark.parametrize(
        "typed", ['waste "report" collection', "waste -report collection", "waste, collection"]
    )
    def test_no_label_spans_what_stands_between(self, typed: str) -> None:
        assert spans(typed) == [("waste", 0, 1)]

    def test_a_concept_stands_for_whole_typed_words(self) -> None:
        assert spans("COVID-19 COVID 19") == [("covid", 0, 1), ("covid", 1, 3)]
        assert spans("waste/water") == []

    def test_a_stop_word_of_a_language_names_a_concept_only_alone(self) -> None:
        assert spans("the report") == []
        assert spans("thé") == [("tea", 0, 1)]

    def test_nothing_is_found_in_nothing(self) -> None:
        assert spans("") == spans("…") == spans("report", Matcher({})) == []


class TestExpansion:
    def test_the_labels_of_every_language_are_phrases_of_it(self) -> None:
        (expansion,) = plan_of("towards göç ana planları").expansions
        assert (expansion.concept, expansion.words) == ("plan", (1, 2, 3))
        assert set(expansion.labels) == set(expansion.texts) == set(CODES)
        assert expansion.texts["en"] == ("migration master plan", "MMP")
        first, second = expansion.labels["en"]
        assert first.analysed == ((0, "migrat"), (1, "master"), (2, "plan"))
        assert first.stems == ()
        assert "mmp" in second.stems
        assert expansion.labels["sv"][0].analysed == ((0, "huvudplan"), (2, "migration"))

    def test_labels_that_say_the_typed_words_again_are_left_out(self) -> None:
        (expansion,) = plan_of("migration").expansions
        assert {code: texts for code, texts in expansion.texts.items() if texts} == {
            "tr": ("göç",),
            "ar": ("الهجرة",),
        }
        assert plan_of("göç ana planları").expansions[0].texts["tr"] == ()
        assert plan_of("thé").expansions == ()

    def test_words_point_into_the_plan_where_each_stands_once(self) -> None:
        plan = plan_of("waste report Waste collection")
        assert [word.text for word in plan.words] == ["waste", "report", "collection"]
        assert [(row.concept, row.words) for row in plan.expansions] == [
            ("waste", (0,)),
            ("collection", (0, 2)),
        ]

    def test_a_repeated_word_adds_its_labels_once(self) -> None:
        assert len(plan_of("waste waste WASTE").expansions) == 1

    def test_a_plan_is_bounded_and_every_concept_gets_its_share(self) -> None:
        crowd = {
            f"bank-{number:02}": {
                "en": ("bank", *(f"w{number}x{n}" for n in range(9))),
                "tr": tuple(f"t{number}x{n}" for n in range(9)),
            }
            for number in range(40)
        }
        rows = plan_of("bank", Matcher(crowd)).expansions
        assert sum(len(texts) for row in rows for texts in row.texts.values()) == MAX_LABELS
        assert len(rows) == 40

    def test_a_plan_without_concepts_has_no_expansions(self) -> None:
        assert build_plan(parse("migration"), language="en", now=0).expansions == ()


class TestAdded:
    def labels(self, typed: str, language: str = "en") -> list[tuple[str, str, str]]:
        found = MATCHER.find(parse(typed))
        shown = added_labels(plan_of(typed, language=language), found)
        return [(label.text, label.language, label.direction) for label in shown]

    def test_preferred_labels_come_first_and_the_typed_one_is_missing(self) -> None:
        assert self.labels("migration master plans") == [
            ("göç ana planı", "tr", "ltr"),
            ("الخطة الرئيسية للهجرة", "ar", "rtl"),
            ("huvudplan för migration", "sv", "ltr"),
            ("MMP", "en", "ltr"),
        ]

    def test_the_language_of_the_address_comes_first(self) -> None:
        assert self.labels("MMP", "ar")[0] == ("الخطة الرئيسية للهجرة", "ar", "rtl")

    def test_a_text_that_is_the_same_in_several_languages_is_said_once(self) -> None:
        assert [text for text, _, _ in self.labels("göç")] == ["migration", "الهجرة"]


@pytest.mark.django_db
class TestGlossary:
    def slugs(self, typed: str) -> list[str]:
        return [found.slug for found in find_concepts(parse(typed))]

    def concept(self, slug: str, **labels: str) -> Concept:
        concept = Concept.objects.create(slug=slug)
        for language, text in labels.items():
            Label.objects.create(concept=concept, language=language, text=text)
        return concept

    def test_the_loaded_concepts_are_found_by_each_of_their_preferred_labels(self) -> None:
        load_glossary()
        missed = [
            (label.language, label.text)
            for label in Label.objects.filter(kind="preferred").select_related("concept")
            if label.concept.slug not in self.slugs(label.text)
        ]
        assert missed == []

    def test_every_kind_of_change_acts_on_the_next_search(self) -> None:
        concept = self.concept("waste", en="waste")
        assert self.slugs("waste") == ["waste"]
        label = concept.labels.get()
        label.text = "refuse"
        label.save()
        assert (self.slugs("waste"), self.slugs("refuse")) == ([], ["waste"])
        Label.objects.filter(pk=label.pk).update(text="rubbish")
        assert self.slugs("rubbish") == ["waste"]
        Label.objects.bulk_create([Label(concept=concept, language="tr", text="atık")])
        assert self.slugs("atık") == ["waste"]
        Concept.objects.filter(pk=concept.pk).update(slug="rubbish")
        assert self.slugs("atık") == ["rubbish"]
        Label.objects.filter(language="tr").delete()
        assert self.slugs("atık") == []
        Concept.objects.all().delete()
        assert self.slugs("rubbish") == []

    def test_a_change_that_is_rolled_back_is_forgotten(self) -> None:
        self.concept("waste", en="waste")

        with transaction.atomic():
            self.concept("camp", en="camp")
            assert self.slugs("camp") == ["camp"]
            transaction.set_rollback(True)
        assert self.slugs("camp") == []
        self.concept("tent", en="tent")
        assert (self.slugs("camp"), self.slugs("tent")) == ([], ["tent"])

    def test_an_unchanged_glossary_costs_one_query(self) -> None:
        self.concept("waste", en="waste")
        find_concepts(parse("waste"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert self.slugs("waste") == ["waste"]
        assert len(queries) == 1

    def test_alternative_labels_follow_the_preferred_one(self) -> None:
        concept = self.concept("waste")
        for kind, text in (("alternative", "refuse"), ("preferred", "waste")):
            Label.objects.create(concept=concept, language="en", kind=kind, text=text)
        (found,) = find_concepts(parse("refuse"))
        assert found.labels == {"en": ("waste", "refuse")}
