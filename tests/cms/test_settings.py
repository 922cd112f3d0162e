"""System checks: settings that cannot work are named, with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from cms.settings.env import env
from search.engine import elasticsearch_connection, get_engine
from search.engines.elasticsearch import Connection, ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine


def ids(**options: Any) -> set[str | None]:
    return {message.id for message in run_checks(**options)}


@pytest.mark.parametrize("name", ["ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "ELASTICSEARCH_URL"])
def test_a_setting_of_several_is_parted_at_commas(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "https://a.example.org,https://b.example.org")
    assert env(name) == ["https://a.example.org", "https://b.example.org"]
    monkeypatch.delenv(name)
    assert env(name) == []


def test_the_settings_of_the_tests_are_sound() -> None:
    assert not {key for key in ids() if key and key.startswith("reslog.")}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SEARCH_ENGINE", "solr", "reslog.E001"),
        ("READING_MAX_PAGES", 0, "reslog.E004"),
        ("READING_MAX_MEMORY", 100, "reslog.W001"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    settings: Any, name: str, value: object, expected: str
) -> None:
    setattr(settings, name, value)

    assert expected in ids()


@pytest.fixture
def elasticsearch(settings: Any) -> Any:
    """Settings of a site on Elasticsearch, in which nothing is wrong."""
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.ELASTICSEARCH_URL = ["https://search.example.org:9200"]
    settings.ELASTICSEARCH_USER = "library"
    settings.ELASTICSEARCH_PASSWORD = "secret"
    return settings


def test_sound_settings_of_elasticsearch_raise_nothing(elasticsearch: Any) -> None:
    assert not {key for key in ids() if key and key.startswith("reslog.")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"URL": []}, "reslog.E005"),
        ({"URL": ["search.example.org:9200"]}, "reslog.E006"),
        ({"URL": ["https://"]}, "reslog.E006"),
        ({"PASSWORD": ""}, "reslog.E007"),
        ({"USER": ""}, "reslog.E007"),
        ({"API_KEY": "key"}, "reslog.E008"),
        ({"CA": "/no/such/ca.crt"}, "reslog.E009"),
        ({"INDEX_PREFIX": "Reslog"}, "reslog.E010"),
        ({"INDEX_PREFIX": ""}, "reslog.E010"),
        ({"URL": ["http://search.example.org:9200"]}, "reslog.W002"),
    ],
)
def test_a_setting_of_elasticsearch_that_cannot_work_is_named(
    elasticsearch: Any, changes: dict[str, object], expected: str
) -> None:
    for name, value in changes.items():
        setattr(elasticsearch, f"ELASTICSEARCH_{name}", value)

    found = [message for message in run_checks() if str(message.id).startswith("reslog.")]

    assert {message.id for message in found} == {expected}
    assert all(message.hint for message in found)


def test_settings_of_elasticsearch_do_not_matter_to_the_other_engine(elasticsearch: Any) -> None:
    elasticsearch.SEARCH_ENGINE = "embedded"
    elasticsearch.ELASTICSEARCH_URL = []

    assert "reslog.E005" not in ids()


def test_the_engine_is_the_one_that_the_settings_name(elasticsearch: Any) -> None:
    engine = get_engine()

    assert isinstance(engine, ElasticsearchEngine)
    assert engine is get_engine()
    assert engine.index_prefix == elasticsearch.ELASTICSEARCH_INDEX_PREFIX
    elasticsearch.SEARCH_ENGINE = "embedded"
    assert isinstance(get_engine(), EmbeddedEngine)


def test_the_connection_is_the_one_of_the_settings(elasticsearch: Any) -> None:
    elasticsearch.ELASTICSEARCH_CA = "/etc/ca.crt"

    assert elasticsearch_connection() == Connection(
        ("https://search.example.org:9200",),
        ca="/etc/ca.crt",
        user="library",
        password="secret",
    )


def test_files_inside_the_folder_of_static_files_are_named(settings: Any) -> None:
    settings.MEDIA_ROOT = Path(settings.STATIC_ROOT) / "files"

    assert "reslog.E003" in ids()


def test_a_folder_that_cannot_be_written_is_named(settings: Any) -> None:
    settings.SEARCH_FOLDER = Path(__file__) / "index"

    assert "reslog.E002" in ids()


def test_every_message_says_what_to_do(settings: Any) -> None:
    settings.SEARCH_ENGINE = "solr"
    settings.READING_MAX_PAGES = 0

    ours = [message for message in run_checks() if str(message.id).startswith("reslog.")]

    assert ours
    assert all(message.hint for message in ours)
