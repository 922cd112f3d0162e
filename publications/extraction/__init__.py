"""Reading files: from a PDF, DOCX, PPTX, ODT, HTML, TXT or MD to text, page by page.

``detect_type`` tells a file's type by its content, ``run_in_child`` reads it in a process of
its own within limits, ``recognise_in_child`` reads the images of a scan, ``draw_page`` draws a
page of a PDF. Nothing here knows Django.
Importing this costs little: the libraries for each format are imported where they are used.
"""

from .detect import detect_type
from .language import detect_language
from .limits import Limits
from .reader import read_file
from .runner import draw_page, recognise_in_child, run_in_child
from .types import (
    Detail,
    DrawnPage,
    Extraction,
    FileType,
    PlacedLine,
    RefusalReason,
    Refused,
    Section,
    State,
    Unreadable,
)

__all__ = [
    "Detail",
    "DrawnPage",
    "Extraction",
    "FileType",
    "Limits",
    "PlacedLine",
    "RefusalReason",
    "Refused",
    "Section",
    "State",
    "Unreadable",
    "detect_language",
    "detect_type",
    "draw_page",
    "read_file",
    "recognise_in_child",
    "run_in_child",
]
