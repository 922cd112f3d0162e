"""All suggestions of a file."""

from __future__ import annotations

from intake.models import Batch
from intake.suggesting.authors import find_authors
from intake.suggesting.dates import find_date
from intake.suggesting.found import Found, Source
from intake.suggesting.identifiers import find_identifiers
from intake.suggesting.names import find_names
from intake.suggesting.summary import find_summary
from intake.suggesting.text import FileText
from intake.suggesting.themes import find_themes
from intake.suggesting.titles import find_language, find_title


def suggest(file: FileText, batch: Batch) -> list[Found]:
    """What is suggested for a file of a batch, in the order in which editors see it."""
    title = find_title(file)
    found = [title, find_language(file), *find_summary(file, title.value), *_cover(file)]
    found += [*find_date(file), *find_authors(file)]
    found += find_names(file, practice=batch.kind == Batch.Kind.GOOD_PRACTICE)
    found = _with_publisher(found, batch)
    return [*found, *find_identifiers(file), *find_themes(file, title.value)]


def _cover(file: FileText) -> list[Found]:
    return [Found("cover", True, Source.COVER)] if file.has_cover else []


def _with_publisher(found: list[Found], batch: Batch) -> list[Found]:
    """The organisation of the section first, unless the text names it itself."""
    key = batch.section.organisation_id
    named = any(one.field == "publishers" and one.value == key for one in found)
    if key is None or named:
        return found
    return [*found, Found("publishers", key, Source.SECTION)]
