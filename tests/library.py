"""A small library made in a test: pages in every locale, works, files, users."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
    Site,
)

from cms.languages import INTERFACE_CODES
from home.models import HomePage
from publications.models import (
    Edition,
    EditionFile,
    GoodPractice,
    Guidance,
    LibraryDocument,
    LibraryPage,
    Publication,
    Reading,
    ReadSection,
    SectionPage,
)

KINDS: dict[str, type[Edition]] = {
    "publication": Publication,
    "good_practice": GoodPractice,
    "guidance": Guidance,
}


def pdf_bytes(*pages: str) -> bytes:
    """A real PDF with one line of Latin text per page."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for text in pages or ("",):
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    return bytes(pdf.output())


def docx_bytes(text: str, heading: str = "") -> bytes:
    """A real DOCX with a heading and a paragraph."""
    from docx import Document

    document = Document()
    if heading:
        document.add_heading(heading, level=1)
    document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@dataclass
class Library:
    """The pages above the works, and ways to add to them."""

    sections: dict[str, SectionPage]

    @classmethod
    def build(cls) -> Library:
        """Locale roots, libraries and one section, the same in every locale."""
        root = cls._root()
        keys = [uuid.uuid4() for _ in range(3)]
        sections = {}
        for code in INTERFACE_CODES:
            locale, _ = Locale.objects.get_or_create(language_code=code)
            home = root.add_child(
                instance=HomePage(
                    title=f"RESLOG {code}", slug=code, locale=locale, translation_key=keys[0]
                )
            )
            library = home.add_child(
                instance=LibraryPage(
                    title="Library", slug="library", locale=locale, translation_key=keys[1]
                )
            )
            sections[code] = library.add_child(
                instance=SectionPage(
                    title="Section", slug="section", locale=locale, translation_key=keys[2]
                )
            )
        Site.objects.all().delete()
        Site.objects.create(
            hostname="localhost",
            root_page=HomePage.objects.get(slug=INTERFACE_CODES[0]),
            is_default_site=True,
        )
        return cls(sections)

    @classmethod
    def standing(cls) -> Library:
        """The library that was built already."""
        rows = SectionPage.objects.select_related("locale")
        return cls({section.locale.language_code: section for section in rows})

    @staticmethod
    def _root() -> Page:
        """The root of the tree, empty."""
        for page in Page.get_first_root_node().get_children():
            page.delete()
        return Page.get_first_root_node()

    def edition(
        self,
        title: str = "A report",
        *,
        language: str = "en",
        kind: str = "publication",
        of: Edition | None = None,
        publish: bool = True,
        **fields: Any,
    ) -> Any:
        """Add an edition: of a new work, or of the work that another edition belongs to."""
        locale = Locale.objects.get(language_code=language)
        if of is not None:
            fields["translation_key"] = of.translation_key
        fields.setdefault("slug", f"work-{uuid.uuid4().hex[:8]}")
        page = KINDS[kind](title=title, locale=locale, live=False, **fields)
        self.sections[language].add_child(instance=page)
        if publish:
            page.save_revision().publish()
            page.refresh_from_db()
        return page

    def document(
        self, content: bytes, name: str, *, title: str = "", collection: Collection | None = None
    ) -> LibraryDocument:
        """Store a file, as an editor's upload does."""
        document = LibraryDocument(
            title=title or name, collection=collection or Collection.get_first_root_node()
        )
        document.file.save(name, ContentFile(content), save=False)
        document._set_document_file_metadata()
        document.save()
        return document

    def attach(self, edition: Edition, document: LibraryDocument, **fields: Any) -> EditionFile:
        """Add a document to an edition's files and publish that."""
        page = type(edition).objects.get(pk=edition.pk)
        page.files.add(EditionFile(document=document, **fields))
        page.save_revision().publish()
        return EditionFile.objects.get(edition=edition, document=document)

    def read_text(self, document: LibraryDocument, *pages: str, language: str = "en") -> Reading:
        """Give a document the outcome of having been read, without reading it."""
        reading = document.reading
        reading.state = Reading.State.READ
        reading.language = language
        reading.file_type = document.file_extension
        reading.page_count = len(pages)
        for number, text in enumerate(pages, start=1):
            ReadSection.objects.create(
                reading=reading, number=number, kind="page", text=text, language=language
            )
        reading.save()
        return reading


def restrict_page(page: Page, kind: str = "login", *groups: Group) -> PageViewRestriction:
    """Restrict a page as an editor does in its privacy settings."""
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind)
    restriction.groups.set(groups)
    return restriction


def private_collection(kind: str = "login", *groups: Group) -> Collection:
    """A collection whose files only some may see."""
    collection = Collection.get_first_root_node().add_child(name=f"Private {uuid.uuid4().hex[:6]}")
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=kind
    )
    restriction.groups.set(groups)
    return collection


def make_user(name: str, *groups: Group, superuser: bool = False) -> User:
    """A user in some groups."""
    user = User.objects.create_user(name, password="secret", is_superuser=superuser)
    user.groups.set(groups)
    return user
