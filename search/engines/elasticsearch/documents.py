"""A record as the document of an index: see `mapping` for its form."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from cms.languages import CODES
from search.analysis import fold
from search.encoders.base import Vectors, normalised
from search.engines.base import VectorKind
from search.engines.collation import title_key
from search.engines.elasticsearch.mapping import language_key
from search.engines.slices import Slice, cut, is_public
from search.engines.spellings import spellings
from search.plan import OTHER
from search.ranking.packing import pack, vector_of
from search.records import EditionRecord, Meaning, Passage, Record, Visibility

Document = dict[str, Any]
VisibilityRow = tuple[str, int | None, int | None]

_ALWAYS, _NEVER = -(1 << 62), 1 << 62
"""Stand for no limit of time."""

_MOST_VECTORS = 8000
"""Passages of a work that have vectors; with more its document is too large for one request."""

_KEY_LENGTH = 500
"""Characters of a title that count for its place in the order."""


def work_document(record: Record, vectors: VectorKind | None) -> Document:
    """The document of a work for an index of some vectors or of none.

    Of a work that must not be found only its version stays.
    """
    if not record.editions:
        return {"work": record.work, "version": record.version, "removed": True}
    parts = cut(record)
    meant = vectors is not None and record.encoder == vectors.encoder
    passages = list(_passages(record, parts, meant=meant))
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
        "passages": passages,
        "passage_count": len(passages),
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


def _passages(record: Record, parts: Iterable[Slice], *, meant: bool) -> Iterator[Document]:
    number = 0
    for part in parts:
        edition = record.editions[part.edition]
        within = _within_edition(edition.visibility, part.visibility)
        within["edition"] = edition.language
        for one in part.texts:
            for passage in one.passages:
                document = {**within, **_passage(passage), "number": number}
                document["key"] = passage_key(record.work, number)
                if one.file:
                    document["file"] = one.file.number
                if meant and passage.meaning and number < _MOST_VECTORS:
                    document |= _meaning(passage.meaning)
                yield document
                number += 1


def _passage(passage: Passage) -> Document:
    return {
        "language": passage.language,
        "locator": passage.locator,
        "heading": passage.heading,
        "text": {language_key(passage.language): passage.text},
    }


def _meaning(meaning: Meaning) -> Document:
    if not any(meaning.vector):
        return {}  # no direction is nearer to it than another
    (vector,) = encoded_vectors(vector_of(meaning)[None])
    return {"vector": vector, "packed": _base64(pack(meaning))}


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
