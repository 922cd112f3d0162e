"""What the synthetic library is asked: words as readers type them, and some phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from search.benchmark.texts import LANGUAGES, Texts
from search.benchmark.works import SEED, make_work
from search.query.concepts import Labels

MOST_WORDS = 4
PHRASE_EACH = 8
"""One question of so many is a phrase that stands in a work."""

LABEL_EACH = 7
"""One question of so many names a concept, where concepts are searched for."""

_PHRASE_WORDS = (2, 3)


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader types, and the language of the page where it is typed."""

    text: str
    language: str


def make_questions(texts: Texts, count: int, works: int, part: str) -> list[Question]:
    """``count`` questions, every language in turn; another ``part`` has other questions."""
    dice = Random(f"{SEED}:questions:{part}")  # noqa: S311 - the same questions each time
    return [_question(texts, number, works, dice) for number in range(count)]


def with_labels(questions: Sequence[Question], concepts: Mapping[str, Labels]) -> list[Question]:
    """The questions, where one of so many asks for a concept by its name instead."""
    labels = list(concepts.values())
    asked = list(questions)
    if not labels:
        return asked
    for number in range(LABEL_EACH - 1, len(asked), LABEL_EACH):
        language = asked[number].language
        names = labels[number % len(labels)].get(language)
        if names:
            asked[number] = Question(names[0], language)
    return asked


def _question(texts: Texts, number: int, works: int, dice: Random) -> Question:
    language = LANGUAGES[number % len(LANGUAGES)]
    if number // len(LANGUAGES) % PHRASE_EACH == 0:
        return Question(_phrase(texts, language, works, dice), language)
    return Question(
        texts.vocabularies[language].question(dice, dice.randint(1, MOST_WORDS)), language
    )


def _phrase(texts: Texts, language: str, works: int, dice: Random) -> str:
    """Words that follow one another in some work's text of a language."""
    while True:
        work = make_work(texts, dice.randint(1, works))
        for edition in work.editions:
            if edition.language == language:
                words = edition.body[0].text.replace(".", "").split()
                length = dice.randint(*_PHRASE_WORDS)
                start = dice.randrange(len(words) - length)
                return '"' + " ".join(words[start : start + length]) + '"'
