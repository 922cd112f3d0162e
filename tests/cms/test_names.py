"""Names per language, and dates known as far as they are."""

from __future__ import annotations

import copy
import datetime
import pickle

import pytest
from django.template import Context, Template
from django.utils import translation

from cms.dates import Precision, parse_partial_date, partial_display, partial_iso
from cms.languages import BY_CODE, CODES, INTERFACE_CODES, direction_of
from cms.names import Name, NamesFormField, name_in
from network.models import Place


@pytest.mark.parametrize(
    ("names", "language", "expected"),
    [
        ({"tr": "Şişli", "en": "Sisli"}, "tr", "Şişli"),
        ({"tr": "Şişli", "en": "Sisli"}, "ar", "Sisli"),
        ({"tr": "Şişli"}, "ar", "Şişli"),
        ({}, "ar", ""),
    ],
)
def test_a_name_falls_back_to_english_and_then_to_any(
    names: dict[str, str], language: str, expected: str
) -> None:
    assert name_in(names, language) == expected


def test_a_model_shows_its_name_in_the_active_language() -> None:
    place = Place(slug="sisli", names={"tr": "Şişli", "ar": "شيشلي"})

    with translation.override("ar"):
        assert str(place) == "شيشلي"


def test_the_form_has_one_labelled_input_per_language_in_its_direction() -> None:
    html = NamesFormField().widget.render("names", {"ar": "عكار"}, {"id": "names"})

    for code in CODES:
        assert f'lang="{code}" dir="{BY_CODE[code].direction}"' in html
    assert "عكار" in html


def test_the_form_gathers_what_was_filled_in() -> None:
    field = NamesFormField(required=True)
    values = ["Akkar", "", "عكار", "", ""]

    assert field.clean(values) == {"en": "Akkar", "ar": "عكار"}
    assert not field.has_changed({"en": "Akkar", "ar": "عكار"}, values)
    assert field.has_changed({"en": "Akkar"}, values)


def test_a_required_name_needs_at_least_one_language() -> None:
    with pytest.raises(Exception, match="required"):
        NamesFormField(required=True).clean([""] * len(CODES))


@pytest.mark.parametrize("text", ["2021", "2021-05", "2021-05-30"])
def test_partial_dates_survive_the_way_there_and_back(text: str) -> None:
    assert partial_iso(*parse_partial_date(text)) == text


@pytest.mark.parametrize("text", ["", "21", "2021-13", "2021-02-30", "May 2021"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the text itself, or datetime's
        parse_partial_date(text)


def test_a_date_is_shown_as_far_as_it_is_known() -> None:
    date = datetime.date(2021, 5, 30)

    with translation.override("sv"):
        assert partial_display(date, Precision.YEAR) == "2021"
        assert partial_display(date, Precision.MONTH) == "maj 2021"
        assert "30" in partial_display(date, Precision.DAY)
    assert partial_display(None, Precision.DAY) == ""


def test_french_is_for_files_only_and_arabic_runs_right_to_left() -> None:
    assert "fr" in CODES
    assert "fr" not in INTERFACE_CODES
    assert direction_of("ar") == "rtl"
    assert direction_of("xx") == "ltr"


def test_a_name_keeps_its_language_through_what_shows_it() -> None:
    place = Place(slug="sisli", names={"tr": "Şişli"})
    with translation.override("ar"):
        for name in (name_in(place.names), str(place), str(str(place)), copy.copy(str(place))):
            assert name == "Şişli"
            assert isinstance(name, Name)
            assert name.language == "tr"
        assert pickle.loads(pickle.dumps(name_in(place.names))).language == "tr"


def test_templates_say_the_language_of_a_name_where_it_is_another() -> None:
    place = Place(slug="sisli", names={"tr": "Şişli <1>"})
    told = Template(
        "{% load languages %}{{ place|named }}{{ list|all_named }}<p{{ place|lang_dir }}>"
    )
    context = Context({"place": place, "list": [place, "x"]})
    with translation.override("ar"):
        bdi = '<bdi lang="tr" dir="ltr">Şişli &lt;1&gt;</bdi>'
        assert told.render(context) == f'{bdi}{bdi}، <bdi>x</bdi><p lang="tr" dir="ltr">'
    with translation.override("tr"):
        bdi = "<bdi>Şişli &lt;1&gt;</bdi>"
        assert told.render(context) == f"{bdi}{bdi}, <bdi>x</bdi><p>"
