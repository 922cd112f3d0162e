"""Reading measured against the sentences the corpus was made from."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from publications.extraction import Limits
from publications.extraction.measure import Share, letters_and_digits, measure

LEAST = {
    ("pdf", "tr"): (0.99, 0.97),
    ("pdf", "sv"): (0.99, 0.97),
    ("pdf", "en"): (0.99, 0.97),
    ("pdf", "ar"): (0.96, 0.85),
    ("docx", "tr"): (1.0, 1.0),
    ("docx", "sv"): (1.0, 1.0),
    ("docx", "en"): (1.0, 1.0),
    ("docx", "ar"): (1.0, 1.0),
}


@pytest.fixture(scope="module")
def shares(test_data: Path) -> dict[tuple[str, str], Share]:
    measured = measure(test_data / "corpus", Limits())
    return {(share.format, share.language): share for share in measured}


def test_every_format_and_language_is_measured(shares: dict[tuple[str, str], Share]) -> None:
    assert shares.keys() == LEAST.keys()
    assert all(share.sentences > 100 for share in shares.values())


@pytest.mark.parametrize("key", LEAST)
def test_sentences_come_out(shares: dict[tuple[str, str], Share], key: tuple[str, str]) -> None:
    searchable, readable = LEAST[key]
    row = shares[key].as_dict()
    assert row["searchable"] >= searchable
    assert row["readable"] >= readable


def test_bare_comparison_ignores_marks_spaces_and_forms() -> None:
    assert letters_and_digits("أُعلن، ﻻ ٢") == letters_and_digits("أعلن لا ٢")
    assert letters_and_digits("أعلن") != letters_and_digits("اعلن")


def test_the_command_prints_a_row_for_each(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One sentence here. Another one there.")
    (tmp_path / "truth.json").write_text(
        '[{"file": "a.txt", "language": "en", "sections":'
        ' [{"sentences": ["One sentence here.", "Not in it at all."]}]}]'
    )
    out = StringIO()
    call_command("measure_extraction", tmp_path, stdout=out)
    assert out.getvalue().splitlines()[1].split() == ["txt", "en", "1", "2", "0.500", "0.500"]


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"truth\.json"):
        call_command("measure_extraction", tmp_path)
