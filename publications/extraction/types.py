"""What reading a file gives: its type, its state, its sections.

Plain data without Django, so that the child process that reads files starts fast and
its answer can cross a process border as JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from enum import Enum, StrEnum
from typing import Any, Literal

SectionKind = Literal["page", "section"]


class FileType(Enum):
    """An allowed type of file: its media type, its extensions, and whether it has pages."""

    PDF = ("pdf", "application/pdf", (".pdf",), True)
    DOCX = (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
        False,
    )
    PPTX = (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        (".pptx",),
        True,
    )
    ODT = ("odt", "application/vnd.oasis.opendocument.text", (".odt",), False)
    HTML = ("html", "text/html", (".html", ".htm", ".xhtml"), False)
    TXT = ("txt", "text/plain", (".txt",), False)
    MD = ("md", "text/markdown", (".md", ".markdown"), False)

    def __init__(self, code: str, mime: str, extensions: tuple[str, ...], paged: bool) -> None:
        self.code = code
        self.mime = mime
        self.extensions = extensions
        self.paged = paged

    @classmethod
    def from_code(cls, code: str) -> FileType:
        """The type whose code is ``code`` ("pdf"); ``ValueError`` when there is none."""
        for file_type in cls:
            if file_type.code == code:
                return file_type
        raise ValueError(f"no file type is called {code!r}")

    @property
    def is_zip(self) -> bool:
        """Whether the file is a zip package of XML parts."""
        return self in (FileType.DOCX, FileType.PPTX, FileType.ODT)


class RefusalReason(StrEnum):
    """Why a file is not taken in at all; a form says it beside the field."""

    EMPTY = "empty"
    """The file has no bytes."""
    NOT_ALLOWED = "not_allowed"
    """Its content (or its extension) is of no allowed type."""
    NAME_DISAGREES = "name_disagrees"
    """Its content is of an allowed type, but not of the one its name says."""
    NOT_TEXT = "not_text"
    """Its name says text, its bytes are no text in any known encoding."""


class Refused(Exception):
    """The file is not accepted. ``reason_code`` says why."""

    def __init__(self, reason_code: RefusalReason, found: FileType | None = None) -> None:
        super().__init__(str(reason_code))
        self.reason_code = reason_code
        self.found = found
        """The type the content has, when the name disagrees with it."""


class State(StrEnum):
    """How reading an accepted file ended."""

    READ = "read"
    """Its text is here; see ``Extraction.partial`` for "as far as it goes"."""
    NO_TEXT = "no_text"
    """It opens, but holds no text."""
    LOCKED = "locked"
    """It cannot be opened without a password."""
    DAMAGED = "damaged"
    """It cannot be read."""
    TOO_LARGE = "too_large"
    """Reading it goes beyond a limit."""


class Detail(StrEnum):
    """What exactly happened, beside the state."""

    NONE = ""
    """Nothing to add."""
    SCAN = "scan"
    """no_text: a PDF of page images without a text layer; it needs text recognition."""
    EMPTY_DOCUMENT = "empty_document"
    """no_text: there is nothing to read in it."""
    UNREADABLE_CHARACTERS = "unreadable_characters"
    """no_text: a PDF whose fonts do not say which letters they show."""
    PASSWORD = "password"  # noqa: S105 - a code, not a secret
    """locked: encrypted; it should be saved again without the password."""
    NOT_WELL_FORMED = "not_well_formed"
    """damaged: the bytes do not follow the format."""
    XML_ENTITIES = "xml_entities"
    """damaged: an XML part declares a document type, which office files never do."""
    CRASHED = "crashed"
    """damaged: the reading process died."""
    READER_ERROR = "reader_error"
    """damaged: the reader met something it could not handle."""
    TIME = "time"
    """too_large: reading took longer than allowed. read, partial: stopped in time."""
    MEMORY = "memory"
    """too_large: reading needed more memory than allowed."""
    UNPACKED_SIZE = "unpacked_size"
    """too_large: it unpacks to more than allowed, in bytes or as a multiple of itself."""
    PAGES = "pages"
    """read, partial: only the first pages were read, as many as allowed."""
    CHARACTERS = "characters"
    """read, partial: reading stopped at the allowed number of characters."""
    PAGES_DAMAGED = "pages_damaged"
    """read, partial: some pages could not be read."""
    NOTHING_RECOGNISED = "nothing_recognised"
    """no_text: its images were looked through for text, and there is none."""
    RECOGNITION_FAILED = "recognition_failed"
    """no_text, or read, partial: the programs that recognise text in images failed."""
    LETTERS_TURNED = "letters_turned"
    """read: its right-to-left lines stood the wrong way round and were turned."""
    LETTERS_REVERSED = "letters_reversed"
    """read: its right-to-left words seem to be spelt backwards."""


@dataclass(slots=True)
class Section:
    """A page or section: text in logical order, paragraphs parted by an empty line."""

    number: int
    """From 1."""
    kind: SectionKind
    heading: str
    text: str
    language: str = ""
    """A code of the language registry, "" when not sure."""

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs, without empty ones."""
        return [part for part in self.text.split("\n\n") if part]


@dataclass(slots=True)
class Extraction:
    """All that was read from one file."""

    state: State
    detail: Detail = Detail.NONE
    file_type: FileType | None = None
    """None only when the reading process died before it could tell."""
    partial: bool = False
    """Only a part of the text is here; ``detail`` says why."""
    page_count: int | None = None
    """Pages of a PDF, slides of a PPTX; None for types without pages."""
    language: str = ""
    title: str = ""
    authors: list[str] = field(default_factory=list)
    date: str = ""
    """The day it was made as its metadata says, ISO 8601, "" when unknown."""
    sections: list[Section] = field(default_factory=list)
    has_cover: bool = False
    """An image of the first page was written where the caller wanted it."""
    recognised_in: list[str] = field(default_factory=list)
    """The languages in which the text was recognised in images; empty for text of the file."""

    @property
    def text(self) -> str:
        """The text of all sections, one after the other."""
        return "\n\n".join(section.text for section in self.sections if section.text)

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON's types."""
        data = asdict(self)
        data["file_type"] = self.file_type.code if self.file_type else None
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Extraction:
        """The inverse of ``as_dict``; raises ``KeyError``, ``TypeError`` or ``ValueError``."""
        known = {item.name: data[item.name] for item in fields(cls)}
        known["state"] = State(known["state"])
        known["detail"] = Detail(known["detail"])
        known["file_type"] = (
            FileType.from_code(known["file_type"]) if known["file_type"] is not None else None
        )
        known["sections"] = [Section(**section) for section in known["sections"]]
        return cls(**known)


class Unreadable(Exception):
    """An accepted file cannot be read: ends reading with ``state`` and ``detail``."""

    def __init__(self, state: State, detail: Detail) -> None:
        super().__init__(f"{state}: {detail}")
        self.state = state
        self.detail = detail


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a page in logical order, and where it stands on the page's image.

    ``left``, ``width``: shares of the image's width. ``baseline`` (from the upper edge) and
    ``height`` (from the font's descent to its ascent): shares of its height.
    """

    text: str
    left: float
    width: float
    baseline: float
    height: float


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page of a PDF as an image (WebP) with the lines of text on it."""

    image: bytes
    lines: tuple[PlacedLine, ...]
