"""The glossary in and out: nothing lost on the way, everything wrong with a file said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, URIRef

from glossary.exchange import run
from glossary.exchange.csv_files import COLUMNS, join_values, split_values
from glossary.exchange.run import ENDINGS, Report, export_concepts, import_concepts
from glossary.exchange.stored import stored_entries
from glossary.loading import load_glossary
from glossary.models import Concept, ExactMatch, Label
from search.concepts import find_concepts
from search.query import parse

pytestmark = pytest.mark.django_db

TURTLE = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix v: <http://vocabulary.test/> .
v:scheme a skos:ConceptScheme ; skos:hasTopConcept v:water .
v:water a skos:Concept ; skos:prefLabel "water"@en, "su"@tr .
v:drinking-water a skos:Concept ; skos:broader v:water ; skos:related v:health ;
    skos:prefLabel "drinking water"@en, "dricksvatten"@sv ; skos:altLabel "tap water"@en-GB ;
    skos:exactMatch <http://other.test/42> .
v:health a skos:Concept ; skos:prefLabel "health"@en, "Gesundheit"@de, "x" .
"""


def contents() -> dict[str, Any]:
    """Everything that the glossary holds."""
    return {
        slug: (
            {code: (names[0], sorted(names[1])) for code, names in entry.names.items()},
            entry.is_theme,
            entry.broader,
            entry.related,
            entry.exact_matches,
        )
        for slug, entry in stored_entries().items()
    }


def made(name: str, text: str | bytes) -> Report:
    """The report of an import that stores."""
    data = text.encode() if isinstance(text, str) else text
    return import_concepts(name, data, dry_run=False)


def reasons(report: Report) -> str:
    assert report.is_wrong
    assert not report.stored
    return "\n".join(f"{row.place}: {line}" for row in report.outcomes for line in row.details)


@pytest.fixture
def difficult(db: None) -> None:
    """A glossary with all that could be lost on the way."""
    water = Concept.objects.create(slug="theme/water", is_theme=True)
    tap = Concept.objects.create(slug="Tap_1.b-NL", broader=water)
    formula = Concept.objects.create(slug="formula", broader=tap)
    formula.related.add(tap)
    texts = ["=1+1", "-minus", "'tis", "'=x", "a;b", "back\\slash;", '"quoted", comma', "@home"]
    for number, text in enumerate(texts):
        concept = Concept.objects.create(slug=f"text-{number}")
        Label.objects.create(concept=concept, language="en", text=text)
        Label.objects.create(concept=concept, language="ar", text=f"ماء {number}")
        for other in texts[:number]:
            Label.objects.create(concept=concept, language="en", kind="alternative", text=other)
    for concept in (water, tap, formula):
        Label.objects.create(concept=concept, language="tr", text=f"İçme suyu {concept.slug}")
        ExactMatch.objects.create(concept=concept, uri=f"https://v.test/{concept.slug}?a=b#c")


@pytest.mark.usefixtures("difficult")
class TestRoundTrip:
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_nothing_is_lost_and_nothing_changes(self, ending: str) -> None:
        before = contents()
        data = export_concepts(ending)
        assert made(f"glossary{ending}", data).counts == {"same": len(before)}
        Concept.objects.all().delete()
        assert made(f"glossary{ending}", data).counts == {"new": len(before)}
        assert contents() == before

    def test_an_export_is_known_again_at_another_address(self, settings: Any) -> None:
        data = export_concepts(".ttl")
        settings.WAGTAILADMIN_BASE_URL = "https://another.test"
        assert made("glossary.ttl", data).counts == {"same": Concept.objects.count()}

    def test_skos_is_as_the_standard_wants_it(self) -> None:
        graph = Graph().parse(data=export_concepts(".rdf"), format="xml")
        (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
        assert Literal("Sözlük", lang="tr") in graph.objects(scheme, DCTERMS.title)
        (top,) = graph.objects(scheme, SKOS.hasTopConcept)
        assert (top, SKOS.topConceptOf, scheme) in graph
        assert Literal("İçme suyu theme/water", lang="tr") in graph.objects(top, SKOS.prefLabel)
        assert len(list(graph.subjects(RDF.type, SKOS.Concept))) == Concept.objects.count()
        assert len(list(graph.subject_objects(SKOS.related))) == 2

    def test_a_spreadsheet_runs_no_label(self) -> None:
        rows = csv.reader(io.StringIO(export_concepts(".csv").decode("utf-8-sig")))
        assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@")]


class TestCsv:
    def test_only_columns_that_are_there_change_anything(self) -> None:
        made("a.csv", "id,en,en_alt,tr\nwaste,waste,refuse;rubbish,atık\n")
        report = made("a.csv", "id,en,en_alt\nwaste,refuse,rubbish\n")
        (outcome,) = report.outcomes
        assert outcome.status == "changed"
        assert outcome.details == ("English: “waste” → “refuse”", "English: − “refuse”")
        assert contents()["waste"][0]["en"] == ("refuse", ["rubbish"])
        assert contents()["waste"][0]["tr"] == ("atık", [])

    @pytest.mark.parametrize("sign", [";", "\t"])
    def test_cells_as_other_spreadsheets_write_them(self, sign: str) -> None:
        text = '\ufeffid;en;tr;tr_alt\r\nwaste;waste;atık;"çöp;döküntü"\r\n;;;\r\n'
        if sign == "\t":
            text = text.replace("id;en;tr;tr_alt", "id\ten\ttr\ttr_alt")
            text = text.replace("waste;waste;atık;", "waste\twaste\tatık\t").replace(
                ";;;", "\t\t\t"
            )
        assert made("a.csv", text).counts == {"new": 1}
        assert contents()["waste"][0]["tr"] == ("atık", ["döküntü", "çöp"])

    def test_a_link_holds_if_either_side_states_it_and_goes_if_neither_does(self) -> None:
        made("a.csv", "id,en,related\na,one,b;c\nb,two,\nc,three,\n")
        assert contents()["c"][3] == ("a",)
        made("a.csv", "id,en,related\nc,three,\n")
        assert (contents()["a"][3], contents()["c"][3]) == (("b",), ())
        made("a.csv", "id,en\na,one\n")
        assert contents()["b"][3] == ("a",)

    def test_a_second_import_writes_nothing(self, django_assert_max_num_queries: Any) -> None:
        load_glossary()
        data = export_concepts(".csv")
        with django_assert_max_num_queries(12):
            assert made("a.csv", data).counts == {"same": 174}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("id,en\na,one\na,two\n", "Line 3: “a” stands in line 2 already."),
            ("id,en\n,one\n", "Line 2: “id” is missing."),
            ("id,en\nköy,village\n", "Line 2: “köy”: Use the letters a to z"),
            ("id,en\na,\n", "Line 2: The concept has no preferred label in any language."),
            ("id,en,broader\na,one,b\n", "Line 2: “b” is no concept of this file"),
            ("id,en,broader\na,one,b\nb,two,a\n", "Line 3: The chain of broader concepts"),
            ("id,en,related\na,one,a\n", "Line 2: The concept is a neighbour of itself."),
            ("id,en,theme\na,one,perhaps\n", "Line 2: “theme” is “perhaps”"),
            ("id,en,theme,broader\na,one,yes,b\nb,two,,\n", "Line 2: A theme has no broader"),
            ("id,en,exact_match\na,one,water\n", "Line 2: “water”: Give a whole address"),
            ("id,en\na,one,two\n", "Line 2: The row has more or fewer cells than the header."),
            (f"id,en\na,{'x' * 256}\n", "Line 2: The English label “xxx"),
            ("id,en\na,b\x07ell\n", "Line 2: The English label “b"),
            ("id,en,de\na,one,eins\n", "Line 1: There is no column “de” in a glossary."),
            ("en\none\n", "Line 1: The column “id” is missing."),
            ("id,en,en\na,b,c\n", "Line 1: A column stands there twice."),
            ('id,en\na,"b"c"\n', "cannot be read as CSV"),
            (f"id,en\na,{'x' * 200_000}\n", "cannot be read as CSV"),
            ("id,en\na,\xff\n".encode("latin-1"), "Line 1: The file is not in UTF-8."),
            ("", "Line 1: The column “id” is missing."),
        ],
    )
    def test_what_is_wrong_is_said_with_its_line(self, text: str | bytes, expected: str) -> None:
        report = made("a.csv", text)
        assert expected in reasons(report)
        assert not Concept.objects.exists()

    def test_one_wrong_row_keeps_the_file_out_and_alone_is_named(self) -> None:
        report = made("a.csv", "id,en\na,one\nb,\nc,three\n")
        assert [row.place for row in report.outcomes] == ["Line 3"]
        assert not Concept.objects.exists()

    def test_a_label_of_two_concepts_is_remarked(self) -> None:
        made("a.csv", "id,en\nriver-bank,bank\n")
        (outcome,) = made("a.csv", "id,en\nmoney-bank,Bank\n").outcomes
        assert outcome.remarks == ("“Bank” (English) is a label of river-bank too.",)
        assert outcome.status == "new"

    def test_values_of_a_cell_come_back_as_they_were(self) -> None:
        for values in (["a", "b"], ["a;b", "c\\"], ["\\;", "\\\\", ";"], [], ["x\\;y;z"]):
            assert split_values(join_values(values)) == values

    def test_the_columns_are_those_of_the_shipped_file(self) -> None:
        assert set(COLUMNS) >= {"id", "en", "en_alt", "tr", "tr_alt", "ar", "ar_alt", "sv", "fr"}


class TestSkos:
    def test_a_vocabulary_of_others_becomes_concepts(self) -> None:
        report = made("v.ttl", TURTLE)
        assert report.stored
        assert report.counts == {"new": 3}
        found = contents()["drinking-water"]
        assert found[0]["en"] == ("drinking water", ["tap water"])
        assert found[0]["sv"] == ("dricksvatten", [])
        assert found[1:4] == (False, "water", ("health",))
        assert found[4] == ("http://other.test/42", "http://vocabulary.test/drinking-water")
        assert not Concept.objects.themes().exists()
        assert report.notes == [
            "Labels in “de” are left out: the library has no such language.",
            "Labels without a language are left out.",
        ]

    def test_it_is_known_again_and_what_editors_arranged_stays(self) -> None:
        made("v.ttl", TURTLE)
        Concept.objects.filter(slug="health").update(slug="wellbeing", is_theme=True)
        Label.objects.create(
            concept=Concept.objects.get(slug="wellbeing"), language="ar", text="الصحة"
        )
        report = made("v.ttl", TURTLE.replace('"health"@en', '"good health"@en'))
        assert report.counts == {"same": 2, "changed": 1}
        assert Concept.objects.themes().get().slug == "wellbeing"
        assert contents()["wellbeing"][0]["en"] == ("good health", [])
        assert contents()["wellbeing"][0]["ar"] == ("الصحة", [])

    @pytest.mark.parametrize("format_", ["xml", "json-ld"])
    def test_other_formats_say_the_same(self, format_: str) -> None:
        graph = Graph().parse(data=TURTLE, format="turtle")
        ending = {"xml": ".rdf", "json-ld": ".jsonld"}[format_]
        made("v.ttl", TURTLE)
        before = contents()
        Concept.objects.all().delete()
        made(f"v{ending}", graph.serialize(format=format_))
        assert contents() == before

    def test_another_vocabularys_identifier_does_not_take_a_concept_over(self) -> None:
        Label.objects.create(
            concept=Concept.objects.create(slug="water"), language="en", text="our water"
        )
        assert "another concept with the identifier “water”" in reasons(made("v.ttl", TURTLE))
        assert contents()["water"][0]["en"] == ("our water", [])

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (('"water"@en', '"water"@en, "waters"@en'), "two preferred labels in English"),
            (('"health"@en, ', ""), "has no preferred label"),
            (("v:health a", "<http://x.test/water> a"), "Another concept of the file"),
            (("skos:related", "skos:re lated"), "cannot be read as Turtle"),
        ],
    )
    def test_what_is_wrong_is_said_with_its_address(
        self, change: tuple[str, str], expected: str
    ) -> None:
        assert change[0] in TURTLE
        report = made("v.ttl", TURTLE.replace(*change))
        assert expected in reasons(report)
        assert not Concept.objects.exists()

    def test_neighbours_outside_the_file_are_remarked_and_left_out(self) -> None:
        report = made("v.ttl", TURTLE.replace("skos:broader v:water", "skos:broader v:liquid"))
        remarks = [line for row in report.outcomes for line in row.remarks]
        assert "“http://vocabulary.test/liquid” is left out: it is no concept of this file." in (
            remarks
        )
        assert report.stored

    def test_a_file_without_concepts_says_so(self) -> None:
        assert "holds no SKOS concepts" in reasons(made("v.ttl", ""))

    def test_a_change_is_found_by_the_next_search(self) -> None:
        made("v.ttl", TURTLE)
        (found,) = find_concepts(parse("TAP WATERS"))
        assert found.slug == "drinking-water"


class TestUntrusted:
    @pytest.fixture
    def server(self) -> Iterator[HTTPServer]:
        """A server that notes what it is asked for."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        asked: list[str] = []
        server = HTTPServer(("127.0.0.1", 0), Handler)
        server.asked = asked  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
        server.server_close()

    def test_nothing_is_fetched(self, server: HTTPServer) -> None:
        url = f"http://127.0.0.1:{server.server_port}/context"
        concept = {"@id": f"{url}/1", "@type": str(SKOS.Concept)}
        contexts: list[Any] = [url, [{}, url], {"@import": url}]
        for context in contexts:
            data = json.dumps({"@context": context, "@graph": [concept]})
            assert "not fetched" in reasons(made("v.jsonld", data))
        scoped = {"@context": {"p": {"@id": "http://v.test/p", "@context": url}}, "p": concept}
        assert "not fetched" in reasons(made("v.jsonld", json.dumps(scoped)))
        doctype = f'<!DOCTYPE r SYSTEM "{url}"><rdf:RDF xmlns:rdf="{RDF}"/>'
        assert "document type declaration" in reasons(made("v.rdf", doctype))
        turtle = f'<{url}> a <{SKOS.Concept}>; <{SKOS.prefLabel}> "x"@en; ' + (
            f"<http://www.w3.org/2002/07/owl#imports> <{url}> ."
        )
        assert made("v.ttl", turtle).stored
        assert server.asked == []  # type: ignore[attr-defined]

    @pytest.mark.parametrize("entity", ['"lol"', 'SYSTEM "file:///etc/passwd"', '"&b;&b;&b;&b;"'])
    def test_entities_are_refused(self, entity: str) -> None:
        text = (
            f'<!DOCTYPE r [<!ENTITY b "b"><!ENTITY a {entity}>]><rdf:RDF xmlns:rdf="{RDF}" '
            f'xmlns:s="{SKOS}"><s:Concept rdf:about="http://v.test/a">'
            '<s:prefLabel xml:lang="en">&a;</s:prefLabel></s:Concept></rdf:RDF>'
        )
        assert "document type declaration" in reasons(made("v.rdf", text))

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("v.jsonld", "[" * 100_000),
            ("v.jsonld", '{"@graph":' * 5_000 + "{}" + "}" * 5_000),
            ("v.ttl", "<a:a> <a:b> " + "[ <a:b> " * 20_000),
            ("v.ttl", "<a:a> <a:b> " + "(" * 20_000),
            ("v.rdf", "<a>" * 20_000),
            ("v.rdf", "no XML at all"),
            ("v.rdf", b"\xff\xfe<\x00"),
            ("v.jsonld", "{"),
            ("v.jsonld", b"\xff\xff"),
            ("v.ttl", b"\xff\xfe\x00"),
        ],
    )
    def test_a_broken_file_is_a_sentence_not_an_error(self, name: str, text: str | bytes) -> None:
        assert len(reasons(made(name, text))) < 600

    def test_files_have_limits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "must end in .csv" in reasons(made("v.xlsx", "PK"))
        monkeypatch.setattr(run, "MAX_CONCEPTS", 2)
        assert "more than 2 concepts" in reasons(made("v.ttl", TURTLE))
        monkeypatch.setattr(run, "MAX_BYTES", 10)
        assert "larger than" in reasons(made("v.ttl", TURTLE))

    def test_an_address_may_not_carry_markup(self) -> None:
        text = 'id,en,exact_match\na,one,"javascript:alert(""x"")"\n'
        assert "Give a whole address" in reasons(made("a.csv", text))


class TestCommands:
    def test_import_says_what_it_would_do_and_then_does_it(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("id,en\nwaste,waste\n", encoding="utf-8")
        out = StringIO()
        call_command("import_concepts", str(path), "--dry-run", stdout=out)
        assert "1 new" in out.getvalue()
        assert "nothing was stored" in out.getvalue()
        assert not Concept.objects.exists()
        call_command("import_concepts", str(path), stdout=StringIO())
        assert Concept.objects.get().slug == "waste"

    def test_a_wrong_file_ends_with_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("id,en\nwaste,\n", encoding="utf-8")
        out = StringIO()
        with pytest.raises(CommandError, match="Nothing was stored"):
            call_command("import_concepts", str(path), stdout=out)
        assert "Line 2: waste: Wrong" in out.getvalue()
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_concepts", str(tmp_path / "none.csv"))

    def test_export_writes_what_import_reads(self, tmp_path: Path) -> None:
        made("v.ttl", TURTLE)
        before = contents()
        for format_, ending in (("csv", "csv"), ("turtle", "ttl"), ("json-ld", "jsonld")):
            path = tmp_path / f"out.{ending}"
            call_command("export_concepts", "--format", format_, "--output", str(path))
            Concept.objects.all().delete()
            call_command("import_concepts", str(path), stdout=StringIO())
            assert contents() == before
        out = StringIO()
        call_command("export_concepts", "--format", "turtle", stdout=out)
        graph = Graph().parse(data=out.getvalue(), format="turtle")
        assert URIRef("http://other.test/42") in graph.objects(None, SKOS.exactMatch)


def test_a_large_vocabulary_is_stored_in_bulk(
    test_data: Path, django_assert_max_num_queries: Any
) -> None:
    data = (test_data / "glossaries" / "places-and-services.csv").read_bytes()
    load_glossary()
    with django_assert_max_num_queries(200):
        report = import_concepts("places.csv", data, dry_run=False)
    assert report.counts == {"new": 1387}
    assert "osm-amenity/townhall" in [row.slug for row in find_concepts(parse("town halls"))]
