"""Records for tests, in few words, and a seeded library that has a bit of everything."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

from search.engines.base import Engine, Results
from search.query import build_plan, parse
from search.records import (
    EditionRecord,
    FileRecord,
    Passage,
    Record,
    Visibility,
)

NOW = 1_000_000
"""The time of every search of these tests that says no other."""

STAFF = Visibility("staff")
EVERYONE = frozenset({"public"})
STAFF_TOO = frozenset({"public", "staff"})


def passages(texts: str | Sequence[str], language: str, *, paged: bool) -> tuple[Passage, ...]:
    """Passages of a text, each on a page of its own where ``paged``."""
    texts = [texts] if isinstance(texts, str) else texts
    return tuple(
        Passage(number, language, text, number + 1 if paged else None)
        for number, text in enumerate(texts)
        if text
    )


def make_file(
    number: int,
    texts: str | Sequence[str] = "",
    language: str = "en",
    visibility: Visibility | None = None,
    **fields: Any,
) -> FileRecord:
    """A file with one passage on each page."""
    return FileRecord(
        number=number,
        label=fields.pop("label", f"File {number}"),
        language=language,
        format=fields.pop("format", "pdf"),
        locator_kind=fields.pop("locator_kind", "page"),
        visibility=visibility or Visibility(),
        passages=passages(texts, language, paged=True),
        **fields,
    )


def make_edition(
    language: str = "en",
    title: str = "Untitled",
    body: str | Sequence[str] = "",
    visibility: Visibility | None = None,
    files: Iterable[FileRecord] = (),
    **fields: Any,
) -> EditionRecord:
    """An edition with a body of one or more passages."""
    return EditionRecord(
        language=language,
        slug=fields.pop("slug", f"slug-{language}"),
        title=title,
        summary=fields.pop("summary", ""),
        visibility=visibility or Visibility(),
        body=passages(body, language, paged=False),
        files=tuple(files),
        **fields,
    )


def make_record(work: int, *editions: EditionRecord, **fields: Any) -> Record:
    """A work; version 1 of a publication if nothing else is said."""
    return Record(
        work=work,
        version=fields.pop("version", 1),
        kind=fields.pop("kind", "publication"),
        editions=editions,
        **fields,
    )


def text_record(work: int, text: str, language: str = "en", **fields: Any) -> Record:
    """A work of one edition with a text in its body."""
    return make_record(work, make_edition(language, f"Work {work}", text), **fields)


def search(engine: Engine, query: str, **choices: Any) -> Results:
    """Search as the results page does."""
    choices.setdefault("language", "en")
    choices.setdefault("now", NOW)
    return engine.search(build_plan(parse(query), **choices))


def works(engine: Engine, query: str, **choices: Any) -> list[int]:
    """The numbers of the works found, in order."""
    choices.setdefault("size", 100)
    return [hit.work for hit in search(engine, query, **choices).hits]


WORDS = {
    "en": "waste water camp school health budget council service plan training women youth",
    "tr": "atık su kamp okul sağlık bütçe meclis hizmet plan eğitim kadın genç",
    "sv": "avfall vatten läger skola hälsa budget fullmäktige tjänst plan utbildning kvinna ung",
    "ar": "نفايات مياه مخيم مدرسة صحة ميزانية مجلس خدمة خطة تدريب نساء شباب",
    "fr": "déchets eau camp école santé budget conseil service plan formation femmes jeunes",
}

LIBRARY_QUERIES = (
    *("", "waste", "atık", "läger", "مياه", "santé", "plan", "plan budget", "su", "water camp"),
    *("-waste", "plan -water", "kommun", "title:plan", '"plan training"', "the", "hizmet meclis"),
    *("author:yılmaz", "place:beirut", "skola hälsa budget fullmäktige tjänst"),
)
"""Twenty questions to the seeded library; some find much, some little, one nothing."""


def seeded_library(count: int = 60) -> list[Record]:
    """Works in one to four languages with all facets; some restricted, some with a time."""
    dice = random.Random(20)
    return [_seeded_record(work, dice) for work in range(1, count + 1)]


def _seeded_record(work: int, dice: random.Random) -> Record:
    languages = dice.sample(["en", "tr", "sv", "ar"], dice.randint(1, 4))
    year = dice.choice([None, *range(2015, 2025)])
    return make_record(
        work,
        *(_seeded_edition(work, index, language, dice) for index, language in enumerate(languages)),
        kind=dice.choice(["publication", "good_practice", "guidance"]),
        year=year,
        date=None if year is None else 735_000 + 365 * (year - 2013) + dice.randint(0, 364),
        themes=tuple(dice.sample(["waste", "water", "health", "youth", "housing"], 2)),
        countries=tuple(dice.sample(["TR", "LB", "SE"], dice.randint(0, 2))),
        organisations=tuple(dice.sample([f"org-{n}" for n in range(8)], dice.randint(1, 3))),
        authors=("Ayşe Yılmaz",) if dice.random() < 0.3 else ("Karin Öberg",),
        places=("Beirut", "بيروت") if dice.random() < 0.3 else ("Ankara",),
    )


def _seeded_edition(work: int, index: int, language: str, dice: random.Random) -> EditionRecord:
    visibility = dice.choice(
        [Visibility()] * 8
        + [STAFF, Visibility(visible_from=NOW + 100), Visibility("public", 0, NOW)]
    )
    files = [
        make_file(
            index * 2 + 1,
            [_seeded_text("fr" if dice.random() < 0.2 else language, dice) for _ in range(2)],
            "fr" if dice.random() < 0.2 else language,
            visibility if dice.random() < 0.8 else STAFF,
        )
    ]
    return make_edition(
        language,
        f"{_seeded_text(language, dice, 3).capitalize()} {work}",
        _seeded_text(language, dice),
        visibility,
        files,
        summary=_seeded_text(language, dice, 5),
    )


def _seeded_text(language: str, dice: random.Random, length: int = 12) -> str:
    return " ".join(dice.choices(WORDS[language].split(), k=length))
