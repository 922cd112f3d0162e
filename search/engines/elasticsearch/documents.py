"""A record as the documents of an index: see `mapping` for their form."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count, groupby
from typing import Any

from cms.collation import title_key
from cms.languages import CODES
from search.analysis import fold
from search.encoders.base import Vectors, normalised
from search.engines.base import VectorKind
from search.engines.elasticsearch.mapping import language_key
from search.engines.elasticsearch.query import MEANING
from search.engines.slices import Slice, cut, is_public
from search.engines.spellings import spellings
from search.plan import OTHER
from search.ranking.packing import pack, vector_of
from search.records import EditionRecord, Meaning, Passage, Record, Visibility

Document = dict[str, Any]
VisibilityRow = tuple[str, int | None, int | None]

_ALWAYS, _NEVER = -(1 << 62), 1 << 62
"""Stand for no limit of time."""

_KEY_LENGTH = 500
"""Characters of a title that count for its place in the order."""


def documents(record: Record, vectors: VectorKind | None) -> Iterator[tuple[str, Document]]:
    """The documents of a record for an index of some vectors or of none, each with its id.

    The first is the work's; one follows for each passage that has a vector.
    """
    passages = list(_placed(record))
    of_encoder = vectors is not None and record.encoder == vectors.encoder
    meant = [(one.place, meaning) for one in passages if of_encoder and (meaning := one.meaning)]
    stamp = _stamp(record.work, meant) if meant else None
    yield str(record.work), _work_document(record, passages, stamp)
    for place, meaning in meant:
        document = {"work": record.work, "stamp": stamp, **place, **_vectors(meaning)}
        yield passage_key(record.work, place["number"]), {MEANING: document}


def _work_document(record: Record, passages: Iterable[_Placed], stamp: str | None) -> Document:
    """The document of a work; of one that must not be found only its version stays."""
    if not record.editions:
        return {"work": record.work, "version": record.version, "removed": True}
    parts = cut(record)
    shown = [_passage(record.work, one) for one in passages]
    words = spellings(_public_texts(record, parts))
    return {
        "work": record.work,
        "version": record.version,
        "removed": False,
        "date": record.date,
        "kind": record.kind,
        "year": None if record.year is None else str(record.year),
        "theme": record.themes,
        "country": record.countries,
        "organisation": record.organisations,
        "author": record.authors,
        "place": record.places,
        "spelling": " ".join({word for word, _ in words}),
        "written": [f"{word} {written}" for word, written in words],
        "languages": _languages(record),
        "editions": [
            _edition(number, edition, [part for part in parts if part.edition == number])
            for number, edition in enumerate(record.editions)
        ],
        "passages": shown,
        "passage_count": len(shown),
        "stamp": stamp,
        "shown": _shown(record),
    }


def sort_key(title: str, language: str) -> str:
    """A title's place in the order of a language, as a string that sorts alike."""
    letters, accents = title_key(title[:_KEY_LENGTH], language)
    return f"{letters}\0{accents}"


def _edition(number: int, edition: EditionRecord, parts: Iterable[Slice]) -> Document:
    tokens = fold(edition.title, language_key(edition.language))
    return {
        **_visibility(edition.visibility),
        "order": number,
        "language": edition.language,
        "title_word": [token.term for token in tokens],
        "title_start": [token.term for token in tokens if token.position == 0],
        "title_key": {code: sort_key(edition.title, code) for code in (*CODES, OTHER)},
        "slices": [_slice(edition, part) for part in parts],
    }


def _slice(edition: EditionRecord, part: Slice) -> Document:
    document = _visibility(part.visibility)
    text: dict[str, list[str]] = {}
    if part.with_page:
        code = language_key(edition.language)
        document["title"] = {code: edition.title}
        document["summary"] = {code: edition.summary}
        text[code] = [edition.facts]
    for one in part.texts:
        for code, run in groupby(one.passages, lambda passage: language_key(passage.language)):
            # One value, for a phrase may run over a page; not over two texts, which are two.
            text.setdefault(code, []).append("\n".join(passage.text for passage in run))
    return {**document, "text": text}


def passage_key(work: int, number: int) -> str:
    """What identifies a passage among all of an index."""
    return f"{work}.{number}"


def encoded_vectors(vectors: Vectors) -> list[str]:
    """Vectors as an index takes them, of length 1: big-endian single floats in base 64."""
    return [_base64(row.astype(">f4").tobytes()) for row in normalised(vectors)]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A passage of a work: ``place`` is its number there, its languages, and who may see it."""

    passage: Passage
    file: int | None
    place: Document

    @property
    def meaning(self) -> Meaning | None:
        """Its meaning, if that has a direction, to which another may be near."""
        meaning = self.passage.meaning
        return meaning if meaning is not None and any(meaning.vector) else None


def _placed(record: Record) -> Iterator[_Placed]:
    """The passages of a work, numbered through."""
    numbers = count()
    for part in cut(record):
        edition = record.editions[part.edition]
        within = _within_edition(edition.visibility, part.visibility)
        within["edition"] = edition.language
        for one in part.texts:
            file = one.file.number if one.file else None
            for passage in one.passages:
                place = {**within, "language": passage.language, "number": next(numbers)}
                yield _Placed(passage, file, place)


def _passage(work: int, one: _Placed) -> Document:
    passage = one.passage
    return {
        **one.place,
        "key": passage_key(work, one.place["number"]),
        "file": one.file,
        "locator": passage.locator,
        "heading": passage.heading,
        "text": {language_key(passage.language): passage.text},
    }


def _vectors(meaning: Meaning) -> Document:
    (vector,) = encoded_vectors(vector_of(meaning)[None])
    return {"vector": vector, "packed": _base64(pack(meaning))}


def _stamp(work: int, meant: Iterable[tuple[Document, Meaning]]) -> str:
    """Tells what a work's passages mean and who may see them from every other state of it.

    The same records give the same, so they can be sent again.
    """
    digest = blake2b(str(work).encode(), digest_size=12)
    for place, meaning in meant:
        for part in (repr(place).encode(), meaning.vector, meaning.sentences):
            digest.update(part)
    return digest.hexdigest()


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _languages(record: Record) -> list[Document]:
    """The languages of editions and files, each once for all who may see the same."""
    found: dict[tuple[Any, ...], Document] = {}
    for edition in record.editions:
        of_texts = [(edition.language, edition.visibility)]
        of_texts += [(file.language, file.visibility) for file in edition.files]
        for code, own in of_texts:
            row = {"language": code, **_within_edition(edition.visibility, own)}
            found[tuple(row.values())] = row
    return list(found.values())


def _public_texts(record: Record, parts: Iterable[Slice]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if not is_public(part, record):
            continue
        edition = record.editions[part.edition]
        if part.with_page:
            code = language_key(edition.language)
            yield from ((text, code) for text in (edition.title, edition.summary, edition.facts))
        for one in part.texts:
            for passage in one.passages:
                yield passage.text, language_key(passage.language)


def _visibility(visibility: Visibility) -> Document:
    since, until = visibility.visible_from, visibility.visible_until
    return {
        "audience": visibility.audience,
        "visible_from": _ALWAYS if since is None else since,
        "visible_until": _NEVER if until is None else until,
    }


def _within_edition(edition: Visibility, own: Visibility) -> Document:
    """Who may see a file: those who may see its edition and the file too."""
    outer, inner = _visibility(edition), _visibility(own)
    return {
        "audience": inner["audience"],
        "edition_audience": outer["audience"],
        "visible_from": max(outer["visible_from"], inner["visible_from"]),
        "visible_until": min(outer["visible_until"], inner["visible_until"]),
    }


# What hits show.


def _shown(record: Record) -> Document:
    return {
        "kind": record.kind,
        "year": record.year,
        "editions": [
            {
                "language": edition.language,
                "slug": edition.slug,
                "title": edition.title,
                "summary": edition.summary,
                "visibility": visibility_row(edition.visibility),
                "files": [
                    {
                        "number": file.number,
                        "label": file.label,
                        "language": file.language,
                        "format": file.format,
                        "locator_kind": file.locator_kind,
                        "visibility": visibility_row(file.visibility),
                    }
                    for file in edition.files
                ],
            }
            for edition in record.editions
        ],
    }


def visibility_row(visibility: Visibility) -> VisibilityRow:
    """A visibility as documents show it."""
    return (visibility.audience, visibility.visible_from, visibility.visible_until)
