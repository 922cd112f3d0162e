"""What is read from a text: each fact with the place that says so, and nothing else."""

from __future__ import annotations

import pytest

from glossary.models import Concept, Label
from intake.suggesting.authors import find_authors
from intake.suggesting.dates import find_date
from intake.suggesting.identifiers import find_identifiers
from intake.suggesting.names import find_names
from intake.suggesting.summary import find_summary
from intake.suggesting.text import FileText, Part, named
from intake.suggesting.themes import find_themes
from intake.suggesting.titles import find_language, find_title
from network.models import Country, Organisation, Place
from publications.contacts import find_contacts, has_contact


def text_of(
    *pages: str, name: str = "file.pdf", language: str = "en", **fields: object
) -> FileText:
    parts = tuple(
        Part(number, "page", page, language=language) for number, page in enumerate(pages, 1)
    )
    return FileText(name, parts, language, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report-1.en.pdf", ("report-1", "en")),
        ("Rapor_TR.docx", ("Rapor", "tr")),
        ("guide (ar).pdf", ("guide", "ar")),
        ("annex.pdf", ("annex", "")),
        ("garden.pdf", ("garden", "")),
    ],
)
def test_a_name_says_its_language(name: str, expected: tuple[str, str]) -> None:
    assert named(name) == expected


class TestTitle:
    def test_the_metadata_come_first(self) -> None:
        found = find_title(text_of("Something else", title="Waste in tents"))
        assert (found.value, found.source) == ("Waste in tents", "metadata")

    def test_then_the_first_line(self) -> None:
        found = find_title(text_of("Waste collection\nin tent settlements\n\nIt began."))
        assert found.value == "Waste collection in tent settlements"
        assert (found.source, found.number) == ("text", 1)

    def test_a_line_with_an_address_is_no_title(self) -> None:
        found = find_title(text_of("Write to ada@example.org\n\nMore", name="waste_plan.en.pdf"))
        assert (found.value, found.source) == ("waste plan", "name")

    def test_the_language_of_the_text_counts_before_that_of_the_name(self) -> None:
        assert find_language(text_of("x", name="a.tr.pdf", language="sv")).value == "sv"
        assert find_language(text_of("x", name="a.tr.pdf", language="")).value == "tr"
        assert find_language(text_of("x", language="")).value == ""


class TestDate:
    @pytest.mark.parametrize(
        ("line", "value"),
        [
            ("Stockholm, 12 maj 2021", "2021-05-12"),
            ("Mayıs 2021", "2021-05"),
            ("İSTANBUL, EKİM 2020", "2020-10"),
            ("أيار ٢٠٢١", "2021-05"),
            ("تشرين الثاني 2019", "2019-11"),
            ("février 2018", "2018-02"),
            ("March 3, 2019", "2019-03"),
            ("2021-05-30", "2021-05-30"),
            ("30.05.2021", "2021-05-30"),
            ("© 2019 Union", "2019"),
        ],
    )
    def test_dates_are_read_as_they_are_written(self, line: str, value: str) -> None:
        found = find_date(text_of(f"A title\n\n{line}\n\nThe text begins here."))
        assert [one.value for one in found] == [value]
        assert found[0].number == 1

    def test_the_date_of_an_event_in_a_sentence_is_not_that_of_the_work(self) -> None:
        sentence = "The municipality opened the new centre on 12 May 2016 with many guests around."
        found = find_date(text_of(f"A title\n\n{sentence}", date="2020-02-01"))
        assert [(one.value, one.source) for one in found] == [("2020-02-01", "metadata")]

    def test_a_day_that_does_not_exist_is_no_date(self) -> None:
        assert find_date(text_of("Title\n\n31.02.2021")) == []


class TestIdentifiers:
    def test_only_a_valid_check_digit_counts(self) -> None:
        good = "ISBN 978-92-76-00001-3"
        found = find_identifiers(text_of(f"{good}\n\nISBN 978-92-76-00001-4"))
        digits = [one.value[1].replace("-", "") for one in found]
        assert all(len(value) == 13 for value in digits)
        assert "9789276000014" not in digits

    def test_isbn_and_doi_with_their_page(self) -> None:
        pages = ("Cover", "ISBN: 978-0-306-40615-7\nhttps://doi.org/10.1234/abc.5.", "Text")
        found = find_identifiers(text_of(*pages))
        assert [one.value for one in found] == [
            ["isbn", "978-0-306-40615-7"],
            ["doi", "10.1234/abc.5"],
        ]
        assert {one.number for one in found} == {2}

    def test_eastern_digits(self) -> None:
        found = find_identifiers(text_of("ISBN ٩٧٨-٠-٣٠٦-٤٠٦١٥-٧", language="ar"))
        assert [one.value for one in found] == [["isbn", "978-0-306-40615-7"]]

    def test_a_bibliography_in_the_middle_is_not_asked(self) -> None:
        pages = ["Text"] * 8 + ["ISBN 978-0-306-40615-7"] + ["Text"] * 4
        assert find_identifiers(text_of(*pages)) == []


class TestAuthors:
    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("Prepared by: Ada Berg and Can Su", ["Ada Berg", "Can Su"]),
            ("Hazırlayanlar: Doç. Dr. Ayşe Yıldız, Ali Çelik", ["Ayşe Yıldız", "Ali Çelik"]),
            ("إعداد: سمير خوري، ليلى حداد", ["سمير خوري", "ليلى حداد"]),
            ("Författare: Eva Öberg", ["Eva Öberg"]),
        ],
    )
    def test_lines_that_name_authors(self, line: str, names: list[str]) -> None:
        assert [one.value for one in find_authors(text_of(f"Title\n\n{line}\n\nText."))] == names

    def test_a_sentence_names_nobody(self) -> None:
        text = "Prepared by the teams that worked for years with the people of the district"
        assert find_authors(text_of(text)) == []

    def test_a_mail_address_is_no_author(self) -> None:
        assert find_authors(text_of("x", authors=("ada@example.org",))) == []


class TestContacts:
    def test_addresses_and_numbers_are_found_and_masked(self) -> None:
        pages = ("Call +90 212 402 19 00 or (0212) 402 19 01.", "Write to ada.berg@example.org")
        found = find_contacts(text_of(*pages).parts)
        assert [(one.kind, one.part.number) for one in found] == [
            ("phone", 1),
            ("phone", 1),
            ("mail", 2),
        ]
        assert "402" not in found[0].shown
        assert found[2].shown == "ad…@example.org"

    @pytest.mark.parametrize(
        "text",
        ["ISBN 978-0-306-40615-7", "2011-2019", "1.250.000", "pages 100-200", "0,25", "12.05.2021"],
    )
    def test_other_numbers_are_no_telephones(self, text: str) -> None:
        assert not has_contact(text)


SENTENCES = [
    "Municipalities collect waste in the tent settlements every second day of the week.",
    "The waste collection in settlements costs municipalities more than that in towns.",
    "A settlement that sorts its waste needs half as many collection rounds in a week.",
    "Write to ada.berg@example.org about the waste collection of municipalities in settlements.",
    "The weather was fine on the afternoon when the visitors had left for their hotel again.",
]


def _sentences(text: str) -> list[str]:
    return [part for part in text.split(".") if part.strip()]


class TestSummary:
    def test_telling_sentences_in_their_order_without_addresses(self) -> None:
        telling, address, weather = SENTENCES[:3], SENTENCES[3], SENTENCES[4]
        noise = [f"{weather[:-1]} on day {word}." for word in ("one", "two", "six", "ten")]
        first, *rest = noise
        found = find_summary(text_of(" ".join([first, *telling, address, *rest, *telling])), "A")
        assert found[0].number == 1
        assert telling[0] in found[0].value or telling[1] in found[0].value
        assert "@" not in found[0].value
        places = [
            " ".join([first, *telling, *rest]).find(part) for part in _sentences(found[0].value)
        ]
        assert places == sorted(places)
        assert len(places) == 3

    def test_headings_alone_give_none(self) -> None:
        assert find_summary(text_of("Contents\n\nIntroduction 4\n\nResults 12"), "Contents") == []


@pytest.mark.django_db
class TestNames:
    @pytest.fixture(autouse=True)
    def network(self) -> None:
        Country.objects.create(code="TR", names={"en": "Türkiye", "tr": "Türkiye", "ar": "تركيا"})
        Country.objects.create(code="SE", names={"en": "Sweden", "tr": "İsveç"})
        land = Country.objects.get(pk="TR")
        place = Place.objects.create(slug="mezitli", names={"tr": "Mezitli"}, country=land)
        Organisation.objects.create(
            slug="mezitli",
            kind="municipality",
            names={"tr": "Mezitli Belediyesi", "ar": "بلدية مزيتلي", "en": "Mezitli Municipality"},
            country=land,
            place=place,
        )
        Organisation.objects.create(
            slug="salar",
            kind="association",
            acronyms="SALAR, SKL",
            names={"en": "Swedish Association of Local Authorities and Regions"},
        )

    @staticmethod
    def found(file: FileText, *, practice: bool = False) -> dict[str, list[object]]:
        values: dict[str, list[object]] = {}
        for one in find_names(file, practice=practice):
            values.setdefault(one.field, []).append(one.value)
        return values

    def test_a_municipality_in_a_turkish_case(self) -> None:
        text = "Mezitli Belediyesi'nin göç birimi kuruldu. Birim Mezitli'de çalışır."
        found = self.found(text_of(text, language="tr"), practice=True)
        town = Organisation.objects.get(slug="mezitli")
        assert found["municipality"] == [town.pk]
        assert found["places"] == [town.place_id]
        assert found["countries"] == ["TR"]

    def test_a_municipality_in_arabic_with_a_prefix(self) -> None:
        found = self.found(text_of("عملت اللجنة وبلدية مزيتلي معاً", language="ar"), practice=True)
        assert found["municipality"] == [Organisation.objects.get(slug="mezitli").pk]

    def test_the_imprint_names_the_publisher(self) -> None:
        body = ["Text about nothing."] * 8
        found = self.found(text_of("Published by SALAR", *body))
        assert found["publishers"] == [Organisation.objects.get(slug="salar").pk]
        assert "publishers" not in self.found(text_of(*body[:4], "SALAR", *body[4:]))

    def test_an_acronym_counts_in_capitals_alone(self) -> None:
        assert self.found(text_of("the salar desert")) == {}

    def test_a_common_word_that_sounds_like_a_name_is_none(self) -> None:
        Organisation.objects.create(slug="sida", kind="partner", names={"sv": "Sida"})
        assert self.found(text_of("On the other side of the road")) == {}
        assert "publishers" in self.found(text_of("With the support of Sida"))


@pytest.mark.django_db
def test_themes_are_those_above_the_concepts_of_a_text() -> None:
    theme = Concept.objects.create(slug="theme-waste", is_theme=True)
    bins = Concept.objects.create(slug="bins", broader=theme)
    other = Concept.objects.create(slug="theme-water", is_theme=True)
    for concept, label in ((theme, "waste"), (bins, "bins"), (other, "water")):
        Label.objects.create(concept=concept, language="en", text=label)
    text = text_of("A plan", "The bins are full. More bins came. The waste of the town. Water.")
    found = find_themes(text, "A plan")
    assert [one.value for one in found] == [theme.pk]
    assert found[0].number == 2
    assert "bins (2)" in found[0].quote
