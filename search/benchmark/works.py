"""A synthetic library: works with a fixed seed, each made for itself and always the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from random import Random
from statistics import median
from typing import get_args

from search.benchmark.texts import LANGUAGES, Texts, Vocabulary
from search.records import EditionRecord, FileRecord, Kind, Passage, Record, Visibility

SEED = 2026
PASSAGES = 10
"""Passages of a work, in all of its editions and files together."""

PASSAGE_WORDS = (120, 200)
RESTRICTED_EACH = 20
"""One work of so many is for members only."""

_MEMBERS = Visibility("members")
_VALUES = 3
_THEMES = [f"theme-{number}" for number in range(12)]
_COUNTRIES = ["TR", "LB", "SE", "JO", "IQ", "DE", "GR", "IT"]
_ORGANISATIONS = [f"organisation-{number}" for number in range(40)]
_NAMES = ("Ayşe Yılmaz", "Karin Öberg", "Rami Haddad", "Mary Smith", "Åsa Lind", "Mehmet Kaya")
_PLACES = ("Ankara", "Beirut", "Malmö", "Adana", "Tripoli", "Örebro", "Gaziantep", "Zahle")


def make_works(texts: Texts, numbers: Sequence[int], version: int = 1) -> Iterator[Record]:
    """The works with these numbers."""
    for number in numbers:
        yield make_work(texts, number, version)


def make_work(texts: Texts, number: int, version: int = 1) -> Record:
    """One work: one to four editions, ten passages in their pages and files."""
    dice = Random(f"{SEED}:{number}")  # noqa: S311 - the same works each time
    languages = dice.sample(LANGUAGES, dice.randint(1, len(LANGUAGES)))
    # Each edition has one passage on its page; the others stand in files, dealt out in turn.
    in_files = [0] * len(languages)
    for passage in range(PASSAGES - len(languages)):
        in_files[passage % len(languages)] += 1
    visibility = Visibility() if number % RESTRICTED_EACH else _MEMBERS
    editions = tuple(
        _edition(texts.vocabularies[language], language, index, in_files[index], visibility, dice)
        for index, language in enumerate(languages)
    )
    year = dice.randint(2005, 2025)
    return Record(
        work=number,
        version=version,
        kind=dice.choice(get_args(Kind)),
        date=date(year, dice.randint(1, 12), dice.randint(1, 28)).toordinal(),
        year=year,
        themes=tuple(dice.sample(_THEMES, _VALUES)),
        countries=tuple(dice.sample(_COUNTRIES, _VALUES)),
        organisations=tuple(dice.sample(_ORGANISATIONS, _VALUES)),
        authors=tuple(dice.sample(_NAMES, 2)),
        places=tuple(dice.sample(_PLACES, 2)),
        editions=editions,
    )


def median_bytes(texts: Texts, count: int) -> int:
    """The median size of the first works, as JSON in UTF-8."""
    works = make_works(texts, range(1, count + 1))
    sizes = (len(json.dumps(asdict(work), ensure_ascii=False).encode()) for work in works)
    return int(median(sizes))


def _edition(
    vocabulary: Vocabulary,
    language: str,
    index: int,
    in_file: int,
    visibility: Visibility,
    dice: Random,
) -> EditionRecord:
    body = Passage(0, language, vocabulary.text(dice, *PASSAGE_WORDS))
    pages = tuple(
        Passage(page, language, vocabulary.text(dice, *PASSAGE_WORDS), page + 1)
        for page in range(in_file)
    )
    name = f"Report ({language})"
    return EditionRecord(
        language=language,
        slug=f"work-{language}",
        title=vocabulary.text(dice, 4, 9).rstrip("."),
        summary=vocabulary.text(dice, 25, 50),
        visibility=visibility,
        facts=" ".join(dice.sample(_NAMES, 2) + dice.sample(_PLACES, 2)),
        body=(body,),
        files=(FileRecord(index + 1, name, language, "pdf", "page", visibility, pages),),
    )
