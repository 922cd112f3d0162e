"""The language registry: the one place that says which languages the library speaks.

A language is one row. Everything else (page locales, interface languages, analysis,
text direction, detection) is derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the library.

    ``code`` is the ISO 639-1 code; ``name`` is how its speakers call it, ``english_name``
    is for operators; ``script`` is the ISO 15924 code; ``analyzer`` names the stock
    Elasticsearch analyzer whose behaviour its text gets; ``ocr`` is tesseract's code of it
    (ISO 639-2); ``interface`` says whether the site has pages and interface text in it
    (otherwise it is for files only).
    """

    code: str
    name: str
    english_name: str
    script: str
    analyzer: str
    ocr: str
    interface: bool = True

    @property
    def direction(self) -> Direction:
        """Writing direction of the script, as HTML's ``dir`` names it."""
        return "rtl" if self.script == "Arab" else "ltr"


LANGUAGES: tuple[Language, ...] = (
    Language("en", "English", "English", "Latn", "english", "eng"),
    Language("tr", "Türkçe", "Turkish", "Latn", "turkish", "tur"),
    Language("ar", "العربية", "Arabic", "Arab", "arabic", "ara"),
    Language("sv", "Svenska", "Swedish", "Latn", "swedish", "swe"),
    Language("fr", "Français", "French", "Latn", "french", "fra", interface=False),
)

BY_CODE: dict[str, Language] = {language.code: language for language in LANGUAGES}
CODES: tuple[str, ...] = tuple(BY_CODE)
INTERFACE_LANGUAGES: tuple[Language, ...] = tuple(
    language for language in LANGUAGES if language.interface
)
INTERFACE_CODES: tuple[str, ...] = tuple(language.code for language in INTERFACE_LANGUAGES)
DEFAULT_LANGUAGE = INTERFACE_CODES[0]


def direction_of(code: str) -> Direction:
    """The writing direction of a language code; left to right when it is unknown."""
    language = BY_CODE.get(code)
    return language.direction if language else "ltr"
