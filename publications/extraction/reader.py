"""One entrance for all formats: from a file to an ``Extraction``, whatever is in it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from .arabic import fold_presentation_forms, reads_backwards, turn_lines
from .detect import detect_type
from .language import detect_language
from .limits import Budget, LimitReached, Limits
from .types import Detail, Extraction, FileType, State, Unreadable

# Imported when needed: one reading needs the libraries of one format.
_READERS = {
    FileType.PDF: ("pdf", "read_pdf"),
    FileType.DOCX: ("docx", "read_docx"),
    FileType.PPTX: ("pptx", "read_pptx"),
    FileType.ODT: ("odt", "read_odt"),
    FileType.HTML: ("html", "read_html"),
    FileType.TXT: ("plain", "read_txt"),
    FileType.MD: ("plain", "read_md"),
}

_MAX_TEXT_SHARE = 0.5  # of the unpacked bytes: a text file becomes several strings of its size


def read_file(path: Path, name: str, limits: Limits) -> Extraction:
    """The text and metadata of a file, read in this process.

    ``name`` is the name it was uploaded under. Raises ``Refused`` when its content is not of
    an allowed type or not what the name says; everything else ends in a state. Limits of time,
    pages, unpacked size and characters are kept here; memory and a hanging reader only by
    ``run_in_child``, which files from outside should go through.
    """
    file_type = detect_type(path, name)
    try:
        if not file_type.is_zip and file_type is not FileType.PDF:
            _check_text_size(path, limits)
        extraction = _reader(file_type)(path, Budget(limits))
    except Unreadable as unreadable:
        return Extraction(unreadable.state, unreadable.detail, file_type)
    except LimitReached as limit:
        return Extraction(State.TOO_LARGE, limit.detail, file_type)
    except MemoryError:
        return Extraction(State.TOO_LARGE, Detail.MEMORY, file_type)
    except Exception:  # noqa: BLE001 - broken files break libraries in ways no list can hold
        traceback.print_exc(file=sys.stderr)
        return Extraction(State.DAMAGED, Detail.READER_ERROR, file_type)
    return _finished(extraction)


def _reader(file_type: FileType) -> Callable[[Path, Budget], Extraction]:
    module, function = _READERS[file_type]
    reader: Callable[[Path, Budget], Extraction] = getattr(
        import_module(f".{module}", __package__), function
    )
    return reader


def _check_text_size(path: Path, limits: Limits) -> None:
    if path.stat().st_size > limits.unpacked_bytes * _MAX_TEXT_SHARE:
        raise Unreadable(State.TOO_LARGE, Detail.UNPACKED_SIZE)


def _finished(extraction: Extraction) -> Extraction:
    """Adds languages; says so when there is no text."""
    if extraction.state is State.READ and not extraction.text.strip():
        extraction.sections = []
        if extraction.partial:
            extraction.state, extraction.partial = State.TOO_LARGE, False
        else:
            extraction.state, extraction.detail = State.NO_TEXT, Detail.EMPTY_DOCUMENT
    _mend_arabic(extraction)
    for section in extraction.sections:
        section.language = detect_language(section.text)
    extraction.language = detect_language(extraction.text)
    return extraction


def _mend_arabic(extraction: Extraction) -> None:
    """Letters instead of presentation forms; lines that stand the wrong way round are turned.

    Lines of a PDF were put in order by the places of their letters already. Where its words
    are backwards still, its fonts name the wrong letters: nothing can be done but say so.
    """
    for section in extraction.sections:
        section.text = fold_presentation_forms(section.text)
        section.heading = fold_presentation_forms(section.heading)
    extraction.title = fold_presentation_forms(extraction.title)
    if not reads_backwards(extraction.text):
        return
    if extraction.file_type is not FileType.PDF:
        for section in extraction.sections:
            section.text = turn_lines(section.text)
            section.heading = turn_lines(section.heading)
    turned = not reads_backwards(extraction.text)
    if not extraction.detail:
        extraction.detail = Detail.LETTERS_TURNED if turned else Detail.LETTERS_REVERSED
