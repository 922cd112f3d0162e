"""Typesetting the demonstration's files: from Markdown to PDF and DOCX, in five languages.

PDF needs fpdf2 and uharfbuzz, which development installs and the site does not.
"""

from __future__ import annotations

from cms.dates import parse_partial_date
from cms.loading import read_toml
from publications.demo.sources import DEMO, FileSource, WorkSource
from publications.demo.typeset.blocks import Document, Heading, parse_blocks

__all__ = ["build_document", "typeset"]


def build_document(work: WorkSource, file: FileSource) -> Document:
    """The document of a file; raises ``ValueError`` where its text cannot be typeset."""
    heading, *blocks = parse_blocks(file.source.read_text(encoding="utf-8"))
    if not isinstance(heading, Heading) or heading.level != 1:
        raise ValueError("The text does not begin with its title (“# …”).")
    front = read_toml(DEMO / "notice.toml")[file.language]
    return Document(
        language=file.language,
        authors=tuple(work.facts["authors"]),
        day=parse_partial_date(work.facts["date"])[0],
        publisher=front["publisher"],
        notice=front["notice"],
        heading=heading,
        blocks=tuple(blocks),
    )


def typeset(work: WorkSource, file: FileSource) -> None:
    """Write a file of a work from its Markdown."""
    document = build_document(work, file)
    file.path.parent.mkdir(exist_ok=True)
    if file.format == "pdf":
        from publications.demo.typeset.pdf import write_pdf

        write_pdf(document, file.path)
    else:
        from publications.demo.typeset.docx import write_docx

        write_docx(document, file.path)
