"""System checks: settings that cannot work are named, with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks


def ids(**options: Any) -> set[str | None]:
    return {message.id for message in run_checks(**options)}


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
