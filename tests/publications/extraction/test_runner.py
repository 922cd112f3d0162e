"""The child process: isolated, bounded, and never left behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from publications.extraction import (
    Detail,
    Extraction,
    Limits,
    State,
    Unreadable,
    detect_language,
    draw_page,
    run_in_child,
)
from publications.extraction import runner as runner_module
from tests.library import pdf_bytes

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    document = FPDF()
    for _ in range(3):
        document.add_page()
        document.set_font("Helvetica", size=14)
        document.multi_cell(0, 8, "The municipalities share what they have learnt. " * 20)
    path = tmp_path / "stored"
    document.output(str(path))
    return path


def test_reads_and_makes_a_cover(pdf: Path, tmp_path: Path) -> None:
    cover = tmp_path / "cover.webp"
    extraction = run_in_child(pdf, "a.pdf", Limits(cover_width=300), cover)
    assert extraction.state is State.READ
    assert len(extraction.sections) == 3
    assert extraction.language == "en"
    assert extraction.has_cover
    assert Image.open(cover).size[0] == 300


def test_no_cover_is_made_for_other_formats(tmp_path: Path) -> None:
    path, cover = tmp_path / "stored", tmp_path / "cover.webp"
    path.write_text("Some words of a text file.")
    assert not run_in_child(path, "a.txt", Limits(), cover).has_cover
    assert not cover.exists()


def test_does_not_depend_on_the_folder_or_environment(
    pdf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('taken from the working folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert run_in_child(pdf, "a.pdf", Limits()).state is State.READ


def test_the_child_gets_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x")
    assert "SECRET_KEY" not in runner_module._environment(tmp_path)


@pytest.mark.parametrize("megabytes", [32, 96])
def test_too_little_memory_ends_in_a_state(tmp_path: Path, megabytes: int) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"Some words. " * 4_000_000)
    limits = Limits(memory_bytes=megabytes * 1024 * 1024)
    extraction = run_in_child(path, "a.txt", limits)
    assert (extraction.state, extraction.detail) == (State.TOO_LARGE, Detail.MEMORY)


def python_that(tmp_path: Path, code: str) -> list[str]:
    """A stand-in for the child's interpreter that runs ``code`` instead."""
    script = tmp_path / "stand-in"
    script.write_text(f"#!{sys.executable}\n{code}\n")
    script.chmod(0o755)
    return [str(script)]


@pytest.mark.parametrize(
    ("code", "state", "detail"),
    [
        ("import os; os.kill(os.getpid(), 11)", State.DAMAGED, Detail.CRASHED),
        ("import sys; sys.exit(1)", State.DAMAGED, Detail.CRASHED),
        ("pass", State.DAMAGED, Detail.CRASHED),
        ("raise MemoryError", State.TOO_LARGE, Detail.MEMORY),
        ("import time; time.sleep(60)", State.TOO_LARGE, Detail.TIME),
        (
            "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass",
            State.TOO_LARGE,
            Detail.TIME,
        ),
    ],
)
def test_however_the_child_ends_there_is_a_state(
    pdf: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    state: State,
    detail: Detail,
) -> None:
    monkeypatch.setattr(runner_module.sys, "executable", python_that(tmp_path, code)[0])
    begin = time.monotonic()
    extraction = run_in_child(pdf, "a.pdf", Limits(wall_seconds=3))
    assert (extraction.state, extraction.detail) == (state, detail)
    assert time.monotonic() - begin < 8


def test_grandchildren_are_killed_with_the_child(
    pdf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "grandchild"
    code = (
        "import subprocess, time\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    monkeypatch.setattr(runner_module.sys, "executable", python_that(tmp_path, code)[0])
    run_in_child(pdf, "a.pdf", Limits(wall_seconds=2))
    assert gone(int(note.read_text()))


def gone(process: int, seconds: float = 5) -> bool:
    """Whether a process ends within ``seconds`` (a zombie has ended)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            status = Path(f"/proc/{process}/stat").read_text()
        except FileNotFoundError:
            return True
        if status.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    slow = tmp_path / "pipe"
    os.mkfifo(slow)  # opening it for reading waits for a writer that never comes
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from pathlib import Path\n"
            "from publications.extraction import Limits, run_in_child\n"
            f"run_in_child(Path({str(slow)!r}), 'a.pdf', Limits())",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
    )
    child = child_of(parent.pid)
    time.sleep(0.5)  # let it tie itself to its parent
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert gone(child)


def child_of(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = children.read_text().split()
        if found:
            return int(found[0])
        time.sleep(0.05)
    raise AssertionError("the child was not started")


def test_many_readings_leave_no_folders_behind(
    pdf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(runner_module.tempfile, "tempdir", str(folder))
    run_in_child(pdf, "a.pdf", Limits())
    assert list(folder.iterdir()) == []


def test_a_page_image_has_the_width_asked_for(pdf: Path) -> None:
    image = Image.open(io.BytesIO(draw_page(pdf, 2, 420).image))
    assert (image.format, image.size[0]) == ("WEBP", 420)


def test_a_page_image_is_bounded(pdf: Path) -> None:
    width, height = Image.open(io.BytesIO(draw_page(pdf, 1, 100_000).image)).size
    assert width * height <= 12_100_000


def test_a_page_that_is_not_there(pdf: Path) -> None:
    with pytest.raises(IndexError):
        draw_page(pdf, 4, 400)


def test_a_file_that_cannot_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"%PDF-1.7 and nothing")
    with pytest.raises(Unreadable) as unreadable:
        draw_page(path, 1, 400)
    assert unreadable.value.state is State.DAMAGED


def test_an_extraction_survives_the_way_between_processes(pdf: Path) -> None:
    extraction = run_in_child(pdf, "a.pdf", Limits())
    assert Extraction.from_dict(extraction.as_dict()) == extraction


def test_importing_the_package_stays_cheap() -> None:
    code = (
        "import sys, publications.extraction\n"
        "heavy = {'django', 'lxml', 'docx', 'pptx', 'pypdfium2', 'PIL', 'numpy', 'lingua'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kommunerna arbetar tillsammans med avfall", "sv"),
        ("Belediyeler birlikte çalışıyor", "tr"),
        ("تعمل البلديات معا", "ar"),
        ("Les municipalités travaillent ensemble", "fr"),
        ("The municipalities work together", "en"),
        ("2020, 15 %", ""),
        ("Oslo", ""),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_the_lines_of_a_page_come_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(pdf_bytes("The heron stands.", "Second"))
    (line,) = draw_page(path, 1, 400).lines
    assert line.text == "The heron stands."
    assert 0 < line.left < line.left + line.width < 0.6
    assert 0 < line.baseline < 0.15
    assert 0 < line.height < 0.05
