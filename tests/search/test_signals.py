"""What listeners are told of a search, and that they cannot break it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from search.engine import get_engine
from search.engines.base import EngineUnavailable
from search.indexing.rebuild import rebuild
from search.signals import searched
from tests.library import Library

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """What a listener was told, in order."""
    told: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        told.append(kwargs)

    searched.connect(listen)
    yield told
    searched.disconnect(listen)


def test_a_first_page_tells_what_was_asked_and_found(
    library: Library, client: Client, heard: list[dict[str, Any]]
) -> None:
    edition = library.edition("Yağmur suyu", language="tr")
    rebuild()
    client.get("/sv/search/", {"q": "yağmur"})
    (told,) = heard
    assert told["query"].parsed.words == ("yağmur",)
    assert told["language"] == "sv"
    assert told["total"] == 1
    assert [hit.work for hit in told["hits"]] == [edition.work_id]
    assert told["hits"][0].languages == ("tr",)
    assert told["hits"][0].reasons == ("words",)
    assert told["request"].path == "/sv/search/"


def test_nothing_is_told_without_a_question_or_of_a_later_page(
    library: Library, client: Client, heard: list[dict[str, Any]]
) -> None:
    for number in range(11):
        library.edition(f"Paged {number}")
    rebuild()
    client.get("/en/search/")
    client.get("/en/search/?q=paged&page=2")
    client.head("/en/search/?q=paged")
    assert heard == []
    client.get("/en/search/?q=paged")
    assert len(heard) == 1


def test_nothing_is_told_while_the_index_is_away(
    library: Library,
    client: Client,
    heard: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library.edition("A report")
    rebuild()

    def away(*_args: Any) -> Any:
        raise EngineUnavailable("away")

    monkeypatch.setattr(type(get_engine()), "search", away)
    assert client.get("/en/search/", {"q": "report"}).status_code == 200
    assert heard == []


def test_a_listener_that_fails_does_not_break_the_page(library: Library, client: Client) -> None:
    def fail(**_kwargs: Any) -> None:
        raise RuntimeError("broken")

    edition = library.edition("A report")
    rebuild()
    searched.connect(fail)
    try:
        response = client.get("/en/search/", {"q": "report"})
    finally:
        searched.disconnect(fail)
    assert response.status_code == 200
    assert f'data-work="{edition.work_id}"' in response.content.decode()
