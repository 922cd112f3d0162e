"""The cache of vectors in the database: a text is encoded once, whatever asks for its vector.

A vector belongs to an encoder's name, the kind of encoding and the exact text. It is kept as half
floats, which changes a cosine by less than .0005.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from search.encoder import get_encoder
from search.encoders.base import Encoder, EncoderUnavailable, Vectors, normalised
from search.models import Vector

T = TypeVar("T")

Kind = Vector.Kind
Progress = Callable[[int, int], None]
"""Told how many texts are done, and how many there are to do in all."""

LOOKUP = 500
"""Hashes in one question to the database: SQLite refuses more than a thousand or so values."""

STORED_AT_ONCE = 64
"""Texts encoded between two commits: what a killed process loses, 3 to 25 seconds of work."""

SORTED_AT_ONCE = 1024
"""Texts sorted by length before they are cut into batches, for padding costs time."""

_STORED = np.dtype("<f2")


@dataclass(frozen=True, slots=True)
class Encoded:
    """How many texts got a vector now, and how many still have none."""

    made: int
    left: int


@dataclass(frozen=True, slots=True)
class VectorFile:
    """A file of vectors: the encoder that made them, how many it has, how many were new here."""

    encoder: str
    vectors: int
    added: int = 0


def text_hash(text: str) -> bytes:
    """The 32 bytes under which the vector of exactly this text is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def vectors_of(texts: Iterable[str], kind: Kind = Kind.PASSAGE) -> dict[str, Vectors]:
    """The cached vectors of texts, as the present encoder makes them: float32, length 1.

    Texts without one are left out, which is all of them where there is no encoder.
    """
    encoder = get_encoder()
    if encoder is None:
        return {}
    return known_vectors(encoder.name, texts, kind)


def known_vectors(
    encoder: str, texts: Iterable[str], kind: Kind = Kind.PASSAGE
) -> dict[str, Vectors]:
    """The cached vectors that the named encoder made of texts: float32, length 1."""
    packed = packed_vectors(encoder, texts, kind)
    return dict(zip(packed, _unpacked(list(packed.values())), strict=True))


def packed_vectors(
    encoder: str, texts: Iterable[str], kind: Kind = Kind.PASSAGE
) -> dict[str, bytes]:
    """`known_vectors` as they are kept, and as records hold them: little-endian half floats."""
    by_hash = {text_hash(text): text for text in texts}
    found: dict[str, bytes] = {}
    for hashes in _slices(by_hash, LOOKUP):
        for key, packed in _rows(encoder, kind, hashes).values_list("hash", "vector"):
            found[by_hash[bytes(key)]] = bytes(packed)
    return found


def store_vectors(
    encoder: str, vectors: Mapping[str, npt.NDArray[np.floating]], kind: Kind = Kind.PASSAGE
) -> None:
    """Keep what the named encoder made of texts. What is there already stays as it is."""
    _store(encoder, kind, ((text_hash(text), _packed(row)) for text, row in vectors.items()))


def missing_texts(encoder: Encoder, texts: Iterable[str], kind: Kind = Kind.PASSAGE) -> list[str]:
    """Those of the texts, each once and in order, that have no vector of this encoder yet."""
    by_hash = {text_hash(text): text for text in texts}
    for hashes in _slices(list(by_hash), LOOKUP):
        for key in _rows(encoder.name, kind, hashes).values_list("hash", flat=True):
            del by_hash[bytes(key)]
    return list(by_hash.values())


def encode_missing(
    texts: Iterable[str],
    progress: Progress | None = None,
    *,
    kind: Kind = Kind.PASSAGE,
    seconds: float | None = None,
) -> Encoded:
    """Give a vector to every text that has none, until all have or ``seconds`` have passed.

    Each batch is kept as soon as it is done: whoever goes on later begins where this ended.
    Raises `EncoderUnavailable` where there is no encoder or it fails; what was done until then
    is kept.
    """
    encoder = get_encoder()
    if encoder is None:
        raise EncoderUnavailable("There is no encoder: see SEARCH_ENCODER in docs/operators.md.")
    missing = missing_texts(encoder, texts, kind)
    ends = time.monotonic() + seconds if seconds is not None else None
    done = 0
    for batch in _by_length(missing):
        encode = encoder.queries if kind == Kind.QUERY else encoder.passages
        store_vectors(encoder.name, dict(zip(batch, encode(batch), strict=True)), kind)
        done += len(batch)
        if progress is not None:
            progress(done, len(missing))
        if ends is not None and time.monotonic() > ends:
            break
    return Encoded(done, len(missing) - done)


def prune_vectors(texts: Iterable[str]) -> int:
    """Remove the vectors, of all encoders, that none of the texts has; says how many.

    ``texts`` are all there are: passages, sentences, whatever was encoded. Vectors that are made
    meanwhile stay.
    """
    newest = Vector.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    # Eight bytes of each hash, sorted: a million texts take 8 MB. Two that agree in them by
    # chance only keep a row too many.
    prefixes = np.fromiter((int.from_bytes(text_hash(text)[:8]) for text in texts), np.uint64)
    used = np.unique(prefixes)
    gone = 0
    for rows in _rows_up_to(newest):
        keys = np.array([int.from_bytes(bytes(key)[:8]) for _, key in rows], np.uint64)
        unused = [pk for (pk, _), kept in zip(rows, np.isin(keys, used), strict=True) if not kept]
        gone += Vector.objects.filter(pk__in=unused).delete()[0]
    return gone


def dump_vectors(path: Path, texts: Iterable[str], kinds: Sequence[Kind] = (Kind.PASSAGE,)) -> int:
    """Write the present encoder's cached vectors of texts to a file; says how many.

    The file is numpy's ``.npz``: ``encoder`` (its name), ``kinds``, ``hashes`` (n, 32) and
    ``vectors`` (n, dimensions, half floats), in the order of the hashes. The same vectors give
    the same file.
    """
    encoder = get_encoder()
    if encoder is None:
        raise EncoderUnavailable("There is no encoder whose vectors could be written.")
    texts = list(texts)
    rows = sorted(
        (str(kind.value), text_hash(text), row.astype(_STORED))
        for kind in kinds
        for text, row in vectors_of(texts, kind).items()
    )
    np.savez_compressed(
        path,
        encoder=np.array(encoder.name),
        kinds=np.array([kind for kind, _, _ in rows], dtype="U1"),
        hashes=np.frombuffer(b"".join(key for _, key, _ in rows), np.uint8).reshape(-1, 32),
        vectors=np.array([row for _, _, row in rows], dtype=_STORED),
    )
    return len(rows)


def load_vectors(path: Path) -> VectorFile:
    """Put the vectors of a file into the cache, if the present encoder made them.

    Those of another encoder are of no use: then nothing is added, and the caller may say so.
    Raises `ValueError` where the file is none that `dump_vectors` wrote.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            name, kinds = str(file["encoder"]), file["kinds"]
            hashes, vectors = file["hashes"], file["vectors"].astype(_STORED)
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise ValueError(f"{path.name} is no file of vectors: {error}") from error
    encoder = get_encoder()
    if encoder is None or (encoder.name, encoder.dimensions) != (name, vectors.shape[1]):
        return VectorFile(name, len(vectors))
    before = Vector.objects.count()
    for kind in Kind:
        chosen = np.flatnonzero(kinds == kind.value)
        _store(name, kind, ((hashes[at].tobytes(), vectors[at].tobytes()) for at in chosen))
    return VectorFile(name, len(vectors), added=Vector.objects.count() - before)


def _rows_up_to(newest: int) -> Iterator[list[tuple[int, bytes | memoryview]]]:
    """Keys and hashes, some at a time; no query is open between: SQLite could not write then."""
    after = 0
    while True:
        some = Vector.objects.filter(pk__gt=after, pk__lte=newest).order_by("pk")
        rows = list(some.values_list("pk", "hash")[:LOOKUP])
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def _rows(encoder: str, kind: Kind, hashes: Sequence[bytes]) -> QuerySet[Vector]:
    return Vector.objects.filter(encoder=encoder, kind=kind, hash__in=hashes)


def _store(encoder: str, kind: Kind, rows: Iterable[tuple[bytes, bytes]]) -> None:
    for some in _slices(rows, LOOKUP):
        Vector.objects.bulk_create(
            [Vector(encoder=encoder, kind=kind, hash=key, vector=packed) for key, packed in some],
            ignore_conflicts=True,
        )


def _packed(vector: npt.NDArray[np.floating]) -> bytes:
    return vector.astype(_STORED).tobytes()


def _unpacked(rows: Sequence[bytes]) -> Vectors:
    """The vectors again, one row each; an encoder's name stands for one size."""
    packed = np.frombuffer(b"".join(rows), _STORED)
    return normalised(packed.reshape(len(rows), -1)) if rows else np.empty((0, 0), np.float32)


def _by_length(texts: Sequence[str]) -> Iterator[list[str]]:
    """Batches of texts of like length; what came first is still encoded about first."""
    for some in _slices(texts, SORTED_AT_ONCE):
        yield from _slices(sorted(some, key=len), STORED_AT_ONCE)


def _slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
