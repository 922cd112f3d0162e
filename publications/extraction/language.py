"""Which language of the registry a text is in.

lingua (Peter M. Stahl, Apache 2.0) restricted to the registry's languages. Its models of
low accuracy mode (trigrams only) do for anything longer than a few words and cost about
15 MB instead of 150 MB and a tenth of a second instead of one to load: measured.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cms.languages import CODES

if TYPE_CHECKING:
    from lingua import LanguageDetector

_MIN_LETTERS = 12
_MIN_CONFIDENCE = 0.7
_SAMPLE = 6000  # letters beyond this do not change the answer

_LETTER = re.compile(r"[^\W\d_]")


@cache
def _detector() -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in CODES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()


def _sample(text: str) -> str:
    """The text, or three slices of a long one, so that a foreign preface does not decide."""
    if len(text) <= _SAMPLE:
        return text
    part = _SAMPLE // 3
    middle = len(text) // 2
    return " ".join((text[:part], text[middle : middle + part], text[-part:]))


def detect_language(text: str) -> str:
    """The registry's code of the language ``text`` is in, "" when too short or unsure.

    Fewer than a dozen letters are too short. A text in a language outside the registry
    gets the nearest one or "": lingua knows only the languages it is given.
    """
    sample = _sample(text)
    if len(_LETTER.findall(sample)) < _MIN_LETTERS:
        return ""
    best = _detector().compute_language_confidence_values(sample)[0]
    if best.value < _MIN_CONFIDENCE:
        return ""
    return best.language.iso_code_639_1.name.lower()
