"""PPTX: one section per slide, its title first; speaker notes and footers are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pptx
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

from .limits import Budget, LimitReached
from .metadata import clean_authors, clean_date, clean_title
from .packages import open_package
from .sections import collapse
from .types import Detail, Extraction, FileType, Section, State

_FURNITURE = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER)
_MAX_DEPTH = 20  # groups in groups


def read_pptx(path: Path, budget: Budget) -> Extraction:
    """The text of the slides; raises ``Unreadable``."""
    with open_package(path, budget.limits):
        presentation = pptx.Presentation(str(path))
    slides = list(presentation.slides)
    sections, detail = _sections(slides[: budget.limits.pages], budget)
    if not detail and len(slides) > budget.limits.pages:
        detail = Detail.PAGES
    properties = presentation.core_properties
    return Extraction(
        State.READ,
        detail,
        FileType.PPTX,
        partial=bool(detail),
        page_count=len(slides),
        title=clean_title(properties.title) or (sections[0].heading if sections else ""),
        authors=clean_authors(properties.author),
        date=clean_date(properties.created),
        sections=sections,
    )


def _sections(slides: list[Any], budget: Budget) -> tuple[list[Section], Detail]:
    sections: list[Section] = []
    try:
        for number, slide in enumerate(slides, start=1):
            title = slide.shapes.title
            heading = collapse(title.text_frame.text) if title is not None else ""
            others = (shape for shape in slide.shapes if shape.shape_id != _id_of(title))
            texts = [heading, *map(collapse, _texts(others))]
            text = budget.spend("\n\n".join(part for part in texts if part))
            sections.append(Section(number, "page", heading, text))
    except LimitReached as limit:
        return sections, limit.detail
    return sections, Detail.NONE


def _id_of(shape: Any) -> int | None:
    return shape.shape_id if shape is not None else None


def _texts(shapes: Iterable[Any], depth: int = 0) -> Iterator[str]:
    for shape in shapes:
        if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
            continue
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP and depth < _MAX_DEPTH:
            yield from _texts(shape.shapes, depth + 1)
        elif getattr(shape, "has_table", False) and shape.has_table:
            for row in shape.table.rows:
                cells = (collapse(cell.text_frame.text) for cell in row.cells)
                yield " | ".join(cell for cell in cells if cell)
        elif shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                yield paragraph.text.replace("\v", " ")
