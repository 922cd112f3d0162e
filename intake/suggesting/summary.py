"""A summary of the most telling sentences of a text, in their order.

Words alone: SumBasic (Nenkova and Vanderwende, 2005): a sentence is worth the mean probability of
its words, and once it is chosen its words count less, so that the next one says something else.
With an encoder, the best of these are compared by their meaning with the mean of all (centroid
method, Radev et al. 2004, on sentence vectors as Rossiello et al. 2017), each apart from what was
chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intake.meaning import encoded
from intake.suggesting.found import Found, Source
from intake.suggesting.text import FileText, Part
from publications.contacts import has_contact
from search.analysis import analyze
from search.sentences import split_sentences

SENTENCES = 3
CANDIDATES = 15
"""Sentences whose meaning is compared: encoding costs tens of milliseconds each."""

LENGTHS = (50, 320)
"""Characters of a sentence that can stand by itself."""

MAX_WORDS = 12_000
"""Words of a text that are weighed: a book says at its beginning what it is about."""

REDUNDANCY = 0.5
"""How much likeness to a sentence that was chosen already counts against the next."""

_ENDS = tuple('.!?؟۔…”»"')


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    part: Part
    at: int
    terms: tuple[str, ...]


def find_summary(file: FileText, title: str) -> list[Found]:
    """The summary, marked by its source as extracted; nothing where there are no sentences."""
    sentences = _sentences(file, title)
    if not sentences:
        return []
    chosen = _by_meaning(_by_words(sentences, CANDIDATES)) or _by_words(sentences, SENTENCES)
    in_order = sorted(chosen[:SENTENCES], key=lambda sentence: sentence.at)
    text = " ".join(sentence.text for sentence in in_order)
    return [Found("summary", text, Source.TEXT, in_order[0].part)]


def _sentences(file: FileText, title: str) -> list[_Sentence]:
    """What can stand in a summary: whole sentences without addresses, each once, not the title."""
    found: dict[str, _Sentence] = {" ".join(title.split()): None}  # type: ignore[dict-item]
    words = 0
    for part in file.parts:
        for start, end in split_sentences(part.text, part.language or file.language):
            text = " ".join(part.text[start:end].split())
            words += text.count(" ") + 1
            if text not in found and _is_whole(text):
                language = part.language or file.language
                terms = tuple(token.term for token in analyze(text, language))
                found[text] = _Sentence(text, part, len(found), terms)
        if words > MAX_WORDS:
            break
    return [sentence for sentence in found.values() if sentence and sentence.terms]


def _is_whole(text: str) -> bool:
    least, most = LENGTHS
    if not least <= len(text) <= most or not text.endswith(_ENDS) or "@" in text:
        return False
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return letters > 0.8 * len(text) and not has_contact(text)


def _by_words(sentences: Sequence[_Sentence], count: int) -> list[_Sentence]:
    """SumBasic: the best ``count`` sentences, the best first."""
    counts = Counter(term for sentence in sentences for term in sentence.terms)
    total = counts.total()
    weight = {term: number / total for term, number in counts.items()}
    left = list(sentences)
    chosen: list[_Sentence] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda one: sum(map(weight.__getitem__, one.terms)) / len(one.terms))
        left.remove(best)
        chosen.append(best)
        for term in set(best.terms):
            weight[term] *= weight[term]
    return chosen


def _by_meaning(candidates: Sequence[_Sentence]) -> list[_Sentence]:
    """The sentences nearest to the mean of all, apart from each other; none without vectors."""
    vectors = encoded([sentence.text for sentence in candidates])
    if len(vectors) < len(candidates):
        return []
    rows = np.array([vectors[sentence.text] for sentence in candidates])
    centre = rows.mean(axis=0)
    worth = rows @ (centre / np.linalg.norm(centre))
    likeness = rows @ rows.T
    chosen: list[int] = []
    while len(chosen) < min(SENTENCES, len(candidates)):
        said = likeness[:, chosen].max(axis=1) if chosen else np.zeros(len(candidates))
        scores = worth - REDUNDANCY * said
        scores[chosen] = -np.inf
        chosen.append(int(scores.argmax()))
    return [candidates[at] for at in chosen]
