"""A record cut into slices: the texts of an edition, by who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from search.records import PUBLIC, EditionRecord, FileRecord, Passage, Record, Visibility


@dataclass(frozen=True, slots=True)
class SliceText:
    """One text of a slice: the edition's own (``file`` is ``None``) or that of a file."""

    file: FileRecord | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """What stands in an edition under one visibility.

    The slice ``with_page`` also holds title, summary and facts.
    """

    edition: int
    visibility: Visibility
    with_page: bool
    texts: list[SliceText] = field(default_factory=list)


def cut(record: Record) -> list[Slice]:
    """The slices of a record; ``edition`` counts its editions from 0."""
    return [
        part for index, edition in enumerate(record.editions) for part in _slices_of(index, edition)
    ]


def _slices_of(index: int, edition: EditionRecord) -> Iterator[Slice]:
    own = Slice(index, edition.visibility, with_page=True)
    own.texts.append(SliceText(None, edition.body))
    slices = {edition.visibility: own}
    for file in edition.files:
        visibility = file.visibility
        part = slices.setdefault(visibility, Slice(index, visibility, with_page=False))
        part.texts.append(SliceText(file, file.passages))
    yield from slices.values()


def is_public(part: Slice, record: Record) -> bool:
    """Whether everybody may see a slice, now and always."""
    always = Visibility(PUBLIC)
    return part.visibility == always and record.editions[part.edition].visibility == always
