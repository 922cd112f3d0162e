"""Files made to hurt: each is refused, or ends in a state, within the limits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from publications.extraction import (
    Detail,
    Extraction,
    Limits,
    RefusalReason,
    Refused,
    State,
    detect_type,
    run_in_child,
)

LIMITS = Limits(cpu_seconds=20, wall_seconds=30)


@pytest.fixture
def hostile(test_data: Path) -> Path:
    return test_data / "hostile"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty.pdf", RefusalReason.EMPTY),
        ("exe-renamed.docx", RefusalReason.NOT_ALLOWED),
        ("html-renamed.pdf", RefusalReason.NAME_DISAGREES),
        ("nul-bytes.txt", RefusalReason.NOT_TEXT),
    ],
)
def test_is_refused_before_it_is_stored(hostile: Path, name: str, reason: RefusalReason) -> None:
    with pytest.raises(Refused) as by_path:
        detect_type(hostile / name, name)
    with pytest.raises(Refused) as by_child:
        run_in_child(hostile / name, name, LIMITS)
    assert by_path.value.reason_code == by_child.value.reason_code == reason


@pytest.mark.parametrize(
    ("name", "state", "detail"),
    [
        ("bomb.docx", State.TOO_LARGE, Detail.UNPACKED_SIZE),
        ("entities.docx", State.DAMAGED, Detail.XML_ENTITIES),
        ("zeros.pdf", State.DAMAGED, Detail.NOT_WELL_FORMED),
        ("truncated.pdf", State.DAMAGED, Detail.NOT_WELL_FORMED),
        ("encrypted.pdf", State.LOCKED, Detail.PASSWORD),
        ("scan.tr.pdf", State.NO_TEXT, Detail.SCAN),
        ("scan.ar.pdf", State.NO_TEXT, Detail.SCAN),
    ],
)
def test_is_accepted_and_ends_in_a_state(
    hostile: Path, name: str, state: State, detail: Detail
) -> None:
    file_type = detect_type(hostile / name, name)
    begin = time.monotonic()
    extraction = run_in_child(hostile / name, name, LIMITS)
    assert (extraction.state, extraction.detail) == (state, detail)
    assert extraction.file_type is file_type
    assert extraction.sections == []
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize("name", ["scan.tr.pdf", "scan.ar.pdf"])
def test_a_scan_has_pages_and_a_cover(hostile: Path, tmp_path: Path, name: str) -> None:
    cover = tmp_path / "cover.webp"
    extraction = run_in_child(hostile / name, name, LIMITS, cover)
    assert extraction.page_count == 2
    assert extraction.has_cover
    assert cover.read_bytes()[8:12] == b"WEBP"


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [
        ("latin5.tr.txt", "tr", "Şişli ve Çukurova belediyelerinde göç çalışmaları: İstanbul'da"),
        ("cp1256.ar.txt", "ar", "تعمل البلديات معا على إدارة النفايات"),
    ],
)
def test_legacy_text_is_read(hostile: Path, name: str, language: str, words: str) -> None:
    extraction = run_in_child(hostile / name, name, LIMITS)
    assert extraction.state is State.READ
    assert extraction.text.startswith(words)
    assert extraction.language == language


def test_no_entity_is_expanded(hostile: Path) -> None:
    extraction: Extraction = run_in_child(hostile / "entities.docx", "entities.docx", LIMITS)
    assert "ha" not in extraction.text
