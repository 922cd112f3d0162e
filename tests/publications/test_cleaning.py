"""HTML from outside: the usual attacks come out harmless, the usual texts as they were."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bleach._vendor import html5lib  # the parser of browsers
from django.test import Client

from publications.cleaning import PROTOCOLS, TAGS, clean_html, clean_rich_text
from publications.markdown import markdown_to_rich_text
from tests.library import Library

ATTACKS = (
    (Path(__file__).parents[1] / "data" / "html" / "attacks.txt")
    .read_text(encoding="utf-8")
    .splitlines()
)
ATTRIBUTES = {"href", "linktype", "id", "data-block-key"}


def harmful(html: str, attributes: set[str]) -> list[str]:
    """What a browser would make of HTML beyond the allow-list."""
    found = []
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            found.append(repr(element))
        elif element.tag not in TAGS | {"DOCUMENT_FRAGMENT"}:
            found.append(element.tag)
        found += [name for name in element.attrib if name not in attributes]
        scheme = urlsplit(element.get("href", "").strip()).scheme
        if scheme and scheme not in PROTOCOLS:
            found.append(element.get("href", ""))
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_come_out_harmless(attack: str) -> None:
    assert harmful(clean_html(attack), {"href"}) == []
    assert harmful(clean_rich_text(attack), ATTRIBUTES) == []
    assert harmful(markdown_to_rich_text(attack), {"href"}) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_cleaning_again_changes_nothing(attack: str) -> None:
    once = clean_html(attack)
    assert clean_html(once) == once


def test_the_attacks_would_be_noticed() -> None:
    assert len(ATTACKS) > 100
    assert harmful("<p onclick=x>y</p>", ATTRIBUTES) == ["onclick"]
    assert harmful("<img src=x>", ATTRIBUTES) == ["img", "src"]
    assert harmful('<a href="javascript:x">y</a>', ATTRIBUTES) == ["javascript:x"]


@pytest.mark.parametrize(
    "text",
    [
        '<p data-block-key="abc12">Göç <b>planı</b> &amp; <i>uyum</i></p>',
        "<h2>خطة</h2><ul><li>أ</li><li>ب</li></ul><blockquote>ج</blockquote>",
        '<p><a linktype="page" id="12">a</a> <a href="https://a.test/?b=1&amp;c=2">b</a></p>',
        '<p><a href="mailto:a@b.test">c</a> <a href="tel:+46">d</a> <a href="#e">e</a></p>',
        "<p>1 &lt; 2</p>",
    ],
)
def test_what_the_editor_makes_stays(text: str) -> None:
    assert clean_rich_text(text) == text


def test_what_comes_from_word_becomes_plain_rich_text() -> None:
    pasted = (
        "<html><head><style>p {color: red}</style></head><body>"
        '<h1 class="MsoTitle">Plan</h1><div class="WordSection1">'
        '<p class="MsoNormal" style="margin:0"><strong>Bold</strong> <em>slanted</em>'
        "<o:p></o:p></p></div><div>A line</div></body></html>"
    )
    expected = "<h2>Plan</h2><p><b>Bold</b> <i>slanted</i></p><p>A line</p>"
    assert clean_html(pasted) == expected


def test_links_inside_are_for_editors_only() -> None:
    assert clean_html('<a linktype="page" id="3">x</a>') == "x"


@pytest.mark.django_db
def test_whatever_is_saved_as_an_edition_is_cleaned(client: Client, library: Library) -> None:
    page = library.edition(
        kind="good_practice",
        body="<p>Words</p><script>alert(1)</script>",
        challenge='<p onclick="alert(1)">Hard</p>',
    )
    assert (page.body, page.challenge) == ("<p>Words</p>", "<p>Hard</p>")
    page.costs = '<a href="javascript:alert(1)">much</a>'
    page.save_revision().publish()
    page.refresh_from_db()
    assert page.costs == "much"
    assert "alert(1)" not in client.get(page.permanent_path()).content.decode()
