"""Text recognition (OCR): from page images to text, with ocrmypdf and tesseract.

Both are programs of the system and need not be there. They see only images that PDFium drew
of the pages, never the file itself. Everything here runs in the child process of ``runner``.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image

from cms.languages import BY_CODE, CODES

from .language import detect_language
from .limits import Limits
from .pdf import open_pdf
from .types import Detail, Extraction, FileType, Section, State, Unreadable

PROGRAMS = ("ocrmypdf", "tesseract")

_DPI = 300
_MAX_PIXELS = 36_000_000  # an A3 page at 300 dots per inch has 17 million
_TRIAL_PAGES = 2
_PAGE_SECONDS = 120
_PR_SET_PDEATHSIG = 1
_ALSO = "en"  # titles, names and abstracts in English stand in reports of every language

# Marks of direction that tesseract puts around words; readers' programs know without.
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\n(?=[^\W\d_])")


def missing_programs() -> list[str]:
    """The programs that are needed and not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@cache
def recognised_languages() -> tuple[str, ...]:
    """The codes of the registry's languages that tesseract has models of."""
    if missing_programs():
        return ()
    listed = subprocess.run(  # noqa: S603 - a fixed command
        [str(shutil.which("tesseract")), "--list-langs"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    models = set(listed.stdout.split())
    return tuple(code for code in CODES if BY_CODE[code].ocr in models)


def recognise_pages(
    path: Path, folder: Path, languages: Sequence[str], pages: range, limits: Limits
) -> Extraction:
    """The text of some pages (from 1) of a PDF's images; ``folder`` is for what is between.

    Without ``languages`` the first pages are read in all of them and the text tells which it
    is. A page whose recognition fails raises ``Unreadable``.
    """
    document = open_pdf(path)
    try:
        count = len(document)
        wanted = [number for number in pages if number <= min(count, limits.pages)]
        chosen = list(languages) or _find_languages(document, folder, wanted[:_TRIAL_PAGES])
        texts = _recognise(document, folder, wanted, chosen)
    finally:
        document.close()
    sections = [
        Section(number=number, kind="page", heading="", text=text, language=detect_language(text))
        for number, text in zip(wanted, texts, strict=True)
    ]
    extraction = Extraction(State.READ, file_type=FileType.PDF, page_count=count)
    extraction.sections, extraction.recognised_in = sections, chosen
    extraction.language = detect_language(extraction.text)
    return extraction


def _find_languages(document: pdfium.PdfDocument, folder: Path, pages: Sequence[int]) -> list[str]:
    """The language that a trial in all languages shows, and English; all if it shows none."""
    everything = list(recognised_languages())
    found = detect_language("\n".join(_recognise(document, folder, pages, everything)))
    return list(dict.fromkeys((found, _ALSO))) if found else everything


def _recognise(
    document: pdfium.PdfDocument, folder: Path, pages: Sequence[int], languages: Sequence[str]
) -> list[str]:
    """The text of each page."""
    images, text = folder / "images.pdf", folder / "text.txt"
    _draw(document, pages, images)
    _run_ocrmypdf(images, text, languages)
    found = [_clean(page) for page in text.read_text(encoding="utf-8").split("\f")]
    return (found + [""] * len(pages))[: len(pages)]


def _draw(document: pdfium.PdfDocument, pages: Sequence[int], target: Path) -> None:
    """A PDF of nothing but grey images of the pages."""
    drawn = [_image(document[number - 1]) for number in pages]
    drawn[0].save(
        target, "PDF", resolution=_DPI, save_all=True, append_images=drawn[1:], quality=90
    )


def _image(page: pdfium.PdfPage) -> Image.Image:
    wide, high = page.get_size()
    if wide <= 0 or high <= 0:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED)
    scale = min(_DPI / 72, (_MAX_PIXELS / (wide * high)) ** 0.5)
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    return image


def _run_ocrmypdf(images: Path, text: Path, languages: Sequence[str]) -> None:
    codes = "+".join(BY_CODE[code].ocr for code in languages)
    command = [
        shutil.which("ocrmypdf") or "ocrmypdf",
        *("--quiet", "--jobs", "1", "--language", codes, "--rotate-pages"),
        *("--tesseract-timeout", str(_PAGE_SECONDS), "--output-type", "none"),
        *("--sidecar", str(text), str(images), "-"),
    ]
    ended = subprocess.run(  # noqa: S603 - our arguments, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=_environment(images.parent),
        preexec_fn=_die_with_parent,
        check=False,
    )
    if ended.returncode != 0 or not text.exists():
        sys.stderr.write(f"ocrmypdf ended with code {ended.returncode}\n")
        raise Unreadable(State.NO_TEXT, Detail.RECOGNITION_FAILED)


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TMPDIR": str(folder), "OMP_THREAD_LIMIT": "1"}


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _clean(page: str) -> str:
    """Paragraphs with an empty line between them, their lines joined."""
    text = _HYPHENATED.sub("", _DIRECTION_MARKS.sub("", page))
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(filter(None, paragraphs))
