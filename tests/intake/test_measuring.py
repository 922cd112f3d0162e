"""Measuring the intake: the files are others each time, and arrive at a running site."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from intake.measuring import Browser, percentile, varied_files
from intake.models import IncomingFile
from tests.intake.unions import Union


def test_files_differ_and_are_the_same_in_each_run(test_data: Path) -> None:
    files = list(varied_files(test_data / "corpus", 40))
    assert len({content for _name, content in files}) == 40
    assert len({name for name, _content in files}) == 40
    names = [name for name, _content in varied_files(test_data / "corpus", 40)]
    assert names == [name for name, _content in files]


def test_a_folder_without_files_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no PDF or DOCX"):
        next(varied_files(tmp_path, 1))


def test_percentiles() -> None:
    assert percentile([], 0.5) == 0
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([3, 1, 2], 0.95) == 3


def test_an_editors_browser_sends_files_to_a_running_site(
    live_server: Any, union: Union, test_data: Path
) -> None:
    browser = Browser(live_server.url, union.editor("ayla"))
    batch = uuid.uuid4()
    for name, content in varied_files(test_data / "corpus", 2):
        assert browser.upload(batch, name, content) == ""
    assert browser.upload(batch, "page.pdf", b"<html></html>").startswith("page.pdf: ")
    assert browser.open(f"intake/{batch}/") == 200
    assert IncomingFile.objects.filter(batch=batch).count() == 2
