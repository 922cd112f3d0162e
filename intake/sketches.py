"""Sketches: what a document's text is like, for telling it from all others.

- ``shingles``: a MinHash signature (Broder 1997) of its runs of five words: the share of equal rows
  of two signatures estimates the share of runs that both texts have (Jaccard), to about .04.
- ``figures``: its numbers and acronyms, which a translation keeps.
- ``meaning``: the mean vector of passages from beginning to end, moved by the mean of its language,
  so that a translation is nearer than another text in the same language.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intake.meaning import encoded
from intake.models import Sketch
from intake.suggesting.dates import western_digits
from intake.suggesting.text import FileText
from publications.models import LibraryDocument
from search.analysis import fold
from search.encoder import get_encoder
from search.encoders.base import normalised
from search.passages import cut_passages
from search.ranking.statistics import Vector, expected_means

SIGNATURE = 128
"""Rows of a MinHash signature."""

RUN = 5
"""Words of a shingle: long enough that two texts on one subject share few."""

FEWEST_WORDS = 40
"""A shorter text is too little to be called the same as another."""

MAX_FIGURES = 512
PASSAGES = 6
"""Passages that stand for a text, spread over it."""

_PRIME = (1 << 61) - 1
_STORED = np.dtype("<f2")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?![\w])")
_ACRONYM = re.compile(r"(?<!\w)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{2,12}(?!\w)")

Signature = npt.NDArray[np.uint32]
Figures = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Drawn:
    """A sketch in memory. ``meaning`` has length 1, or is ``None`` where there is no encoder."""

    document: int
    language: str
    words: int
    shingles: Signature
    figures: Figures
    encoder: str = ""
    meaning: Vector | None = None


def draw(document: LibraryDocument, text: FileText) -> Drawn:
    """Sketch the text of a document; encoding makes it slow (a second or less)."""
    words = _words(text)
    encoder = get_encoder()
    meaning = _meaning(text, encoder.name) if encoder else None
    return Drawn(
        document=document.pk,
        language=text.language,
        words=len(words),
        shingles=signature_of(words),
        figures=figures_of(part.text for part in text.parts),
        encoder=encoder.name if encoder and meaning is not None else "",
        meaning=meaning,
    )


def keep(drawn: Drawn, file_hash: str) -> None:
    """Store a sketch in place of an older one."""
    Sketch.objects.update_or_create(
        document_id=drawn.document,
        defaults={
            "file_hash": file_hash,
            "language": drawn.language,
            "words": drawn.words,
            "shingles": drawn.shingles.tobytes(),
            "figures": drawn.figures.tobytes(),
            "encoder": drawn.encoder,
            "meaning": b"" if drawn.meaning is None else drawn.meaning.astype(_STORED).tobytes(),
        },
    )


def other_sketches(document: int) -> Iterable[Drawn]:
    """The sketches of all other documents."""
    rows = Sketch.objects.exclude(document=document).order_by("pk")
    columns = ("document_id", "language", "words", "shingles", "figures", "encoder", "meaning")
    for key, language, words, shingles, figures, encoder, meaning in rows.values_list(*columns):
        yield Drawn(
            key,
            language,
            words,
            np.frombuffer(bytes(shingles), np.uint32),
            np.frombuffer(bytes(figures), np.uint32),
            encoder,
            np.frombuffer(bytes(meaning), _STORED).astype(np.float32) if meaning else None,
        )


def shared_text(one: Drawn, other: Drawn) -> float:
    """The estimated share of word runs that two texts have in common, 0 to 1."""
    if min(one.words, other.words) < FEWEST_WORDS or len(one.shingles) != len(other.shingles):
        return 0.0
    return float(np.mean(one.shingles == other.shingles))


def shared_figures(one: Drawn, other: Drawn) -> tuple[float, int]:
    """The share of numbers and acronyms that both texts have, and how many that are."""
    both = len(np.intersect1d(one.figures, other.figures, assume_unique=True))
    every = len(one.figures) + len(other.figures) - both
    return (both / every if every else 0.0), both


def shared_meaning(one: Drawn, other: Drawn) -> float:
    """The cosine of two texts' meanings; 0 where one has none, or of another encoder."""
    if one.meaning is None or other.meaning is None or one.encoder != other.encoder:
        return 0.0
    return float(one.meaning @ other.meaning)


def _words(text: FileText) -> list[str]:
    return [token.term for part in text.parts for token in fold(part.text, text.language)]


def signature_of(words: Sequence[str]) -> Signature:
    """The MinHash signature of a text's runs of words, shape ``(SIGNATURE,)``; empty for none."""
    runs = {" ".join(words[at : at + RUN]) for at in range(max(len(words) - RUN + 1, 0))}
    if not runs:
        return np.empty(0, np.uint32)
    hashes = np.fromiter((zlib.crc32(run.encode()) for run in runs), np.uint64, len(runs))
    generator = np.random.default_rng(7)  # the same functions in every process
    factors = generator.integers(1, 1 << 29, SIGNATURE, dtype=np.uint64)
    shifts = generator.integers(0, 1 << 60, SIGNATURE, dtype=np.uint64)
    rows = [
        int(((hashes * factor + shift) % np.uint64(_PRIME)).min()) & 0xFFFFFFFF
        for factor, shift in zip(factors, shifts, strict=True)
    ]
    return np.array(rows, np.uint32)


def figures_of(texts: Iterable[str]) -> Figures:
    """Hashes of a text's numbers of two digits and more, and of its acronyms; sorted."""
    found: set[str] = set()
    for text in texts:
        plain = western_digits(text)
        found |= {re.sub(r"\D", "", number) for number in _NUMBER.findall(plain)}
        found |= set(_ACRONYM.findall(plain))
    hashes = sorted({zlib.crc32(figure.encode()) for figure in found})
    return np.array(hashes[:MAX_FIGURES], np.uint32)


def _meaning(text: FileText, encoder: str) -> Vector | None:
    """The mean vector of some passages, moved by what is common to their language."""
    passages = _spread(text)
    vectors = encoded(list(dict.fromkeys(passages)))
    rows = [vectors[passage] for passage in passages if passage in vectors]
    if not rows:
        return None
    mean = np.mean(rows, axis=0)
    common = expected_means(encoder).get(text.language)
    if common is not None:
        mean = mean - common
    moved: Vector = normalised(mean[None, :])[0]
    return moved


def _spread(text: FileText) -> list[str]:
    """Passages from the beginning to the end of a text, cut as search cuts them."""
    passages = [
        part.text[start:end]
        for part in text.parts
        for start, end in cut_passages(part.text, part.language or text.language)
    ]
    if len(passages) <= PASSAGES:
        return passages
    places = np.linspace(0, len(passages) - 1, PASSAGES).round().astype(int)
    return [passages[at] for at in places]
