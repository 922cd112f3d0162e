"""Editions: a work in one language, as a Wagtail page, with its files."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page, PageManager
from wagtail.query import PageQuerySet
from wagtail_localize.fields import BaseTranslatableField

from cms.languages import LANGUAGES
from publications.cleaning import clean_rich_text
from publications.facts_panels import FACTS_PANELS, PRACTICE_FACTS_PANELS
from publications.forms import EditionForm
from publications.models.files import LibraryDocument
from publications.models.tree import SectionPage
from publications.models.works import Work
from publications.reading_panel import ReadingPanel

RESERVED_SLUG = "files"
RICH_TEXT = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "blockquote"]
PLAIN_TEXT = ["bold", "italic", "ol", "ul", "link"]
LANGUAGE_CHOICES = [(language.code, language.name) for language in LANGUAGES]


class OwnField(BaseTranslatableField):
    """A field that each edition has for itself: neither translated nor kept in step."""


OWN_FIELDS = [OwnField("files"), OwnField("facts"), OwnField("facts_base")]


class EditionQuerySet(PageQuerySet):
    """Queries about editions."""

    def real(self) -> EditionQuerySet:
        """Without alias pages, which are navigation and never editions."""
        return self.filter(alias_of__isnull=True)


class Edition(Page):
    """What the three kinds share. The kind of a work is the type of its pages.

    ``facts`` are the work's facts as this draft has them, ``facts_base`` as the work had them
    when the draft was made: both live in the revision until publishing (``publications.facts``).
    """

    work = models.ForeignKey(
        Work, on_delete=models.PROTECT, related_name="editions", editable=False
    )
    summary = models.TextField(_("summary"), blank=True)
    body = RichTextField(_("text"), blank=True, features=RICH_TEXT)
    cover = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cover"),
        help_text=_("Without one, the first page of the first PDF is shown."),
    )
    facts = models.JSONField(default=dict, blank=True, editable=False)
    facts_base = models.JSONField(default=dict, blank=True, editable=False)

    objects = PageManager.from_queryset(EditionQuerySet)()

    base_form_class = EditionForm
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["publications.SectionPage"]
    subpage_types: ClassVar[list[str]] = []
    kind: ClassVar[str] = ""
    text_fields: ClassVar[list[str]] = ["body"]

    files_panels: ClassVar[list[Panel]] = [
        InlinePanel("files", label=_("file"), heading=_("Files")),
        ReadingPanel(heading=_("Reading of the files")),
        FieldPanel("cover"),
    ]
    override_translatable_fields: ClassVar[list[Any]] = [*OWN_FIELDS]

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Join the work that shares the translation key, or begin a new one."""
        self.ensure_work()
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """Clean the rich text, wherever it comes from; keep the addresses of files free."""
        super().clean()
        for field in self._meta.get_fields():
            if isinstance(field, RichTextField):
                value = getattr(self, field.name) or ""
                setattr(self, field.name, clean_rich_text(value))
        if self.slug == RESERVED_SLUG:
            raise ValidationError({"slug": _("This word is kept for the addresses of files.")})

    def ensure_work(self) -> None:
        """Make ``work`` the one with this page's translation key."""
        if self.work_id is None or self.work.translation_key != self.translation_key:
            self.work = Work.objects.get_or_create(translation_key=self.translation_key)[0]

    def number_files(self) -> None:
        """Give files that have none their permanent number in the work.

        A page copied from another work brings numbers that mean nothing in this one.
        """
        files = list(self.files.all())
        given = self.work.last_file_number
        taken: set[int] = set()
        for file in files:
            if file.number is None or file.number > given or file.number in taken:
                file.number = self.work.next_file_number()
            taken.add(file.number)
        self.files.set(files)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save the page with its work and its numbered files."""
        self.ensure_work()
        if self.alias_of_id is None:
            self.number_files()
        return super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Save a revision whose files have their numbers."""
        if self.alias_of_id is None:
            self.number_files()
        return super().save_revision(*args, **kwargs)

    def copy_for_translation(self, locale: Any, **kwargs: Any) -> Any:
        """Copy as the edition in another language, which brings files of its own."""
        if not kwargs.get("alias"):
            kwargs["exclude_fields"] = [*(kwargs.get("exclude_fields") or []), "files"]
        return super().copy_for_translation(locale, **kwargs)

    @property
    def language(self) -> str:
        """The language code of the page."""
        return str(self.locale.language_code)

    @property
    def is_demonstration(self) -> bool:
        """Whether the section it stands in is the demonstration."""
        above = self.path[: -self.steplen]
        return SectionPage.objects.filter(path=above, is_demonstration=True).exists()

    def permanent_path(self, language: str | None = None) -> str:
        """The address that outlives a change of place in the tree."""
        with translation.override(language or self.language):
            return reverse("work", args=[self.work_id, self.slug])

    def number_path(self) -> str:
        """The shortest address that is permanent: the work's number, in this edition's language."""
        with translation.override(self.language):
            return reverse("work_number", args=[self.work_id])

    def get_url_parts(self, request: HttpRequest | None = None) -> Any:
        """Use the permanent address instead of the place in the tree."""
        parts = super().get_url_parts(request)
        if parts is None or parts[1] is None:
            return parts
        return parts[0], parts[1], self.permanent_path()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send a reader who came by the tree to the permanent address."""
        if getattr(request, "is_preview", False) or kwargs.pop("permanent", False):
            return super().serve(request, *args, **kwargs)
        return HttpResponsePermanentRedirect(self.permanent_path())

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the page shows beside its own fields."""
        from publications.presentation import edition_context

        context = super().get_context(request, *args, **kwargs)
        return context | edition_context(self, request)


class Publication(Edition):
    """A report, book, handbook or catalogue entry."""

    kind = "publication"
    template = "publications/edition.html"
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        *Edition.files_panels,
        *FACTS_PANELS,
    ]

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")


class GoodPractice(Edition):
    """What a municipality did, told so that another can copy it."""

    challenge = RichTextField(_("challenge"), blank=True, features=PLAIN_TEXT)
    actions = RichTextField(_("what was done"), blank=True, features=PLAIN_TEXT)
    results = RichTextField(_("evidence of results"), blank=True, features=PLAIN_TEXT)
    costs = RichTextField(_("costs and staffing"), blank=True, features=PLAIN_TEXT)
    transferability = RichTextField(
        _("what others need to copy it"), blank=True, features=PLAIN_TEXT
    )
    contact_role = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_("A role, such as “head of the migration unit”; never a person's name."),
    )

    kind = "good_practice"
    template = "publications/edition.html"
    text_fields: ClassVar[list[str]] = [
        "body",
        "challenge",
        "actions",
        "results",
        "costs",
        "transferability",
    ]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel(name)
                for name in ("challenge", "actions", "results", "costs", "transferability")
            ],
            heading=_("The practice"),
        ),
        FieldPanel("contact_role"),
        *Edition.files_panels,
        *PRACTICE_FACTS_PANELS,
        *FACTS_PANELS,
    ]

    class Meta:
        verbose_name = _("good practice")
        verbose_name_plural = _("good practices")


class Guidance(Edition):
    """How to do something, step by step."""

    audience = models.TextField(_("who it is for"), blank=True)
    steps = RichTextField(_("steps"), blank=True, features=PLAIN_TEXT)

    kind = "guidance"
    template = "publications/edition.html"
    text_fields: ClassVar[list[str]] = ["body", "audience", "steps"]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("audience"),
        FieldPanel("body"),
        FieldPanel("steps"),
        *Edition.files_panels,
        *FACTS_PANELS,
    ]

    class Meta:
        verbose_name = _("guidance")
        verbose_name_plural = _("guidance")


class EditionFile(Orderable):
    """A file of an edition. It may be in another language than the edition.

    ``number`` is permanent in its work and stands in addresses; replacing the document keeps it.
    """

    edition = ParentalKey(Edition, on_delete=models.CASCADE, related_name="files")
    document = models.ForeignKey(
        LibraryDocument,
        on_delete=models.PROTECT,
        related_name="edition_files",
        verbose_name=_("file"),
    )
    number = models.PositiveIntegerField(null=True, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES, blank=True)
    label = models.CharField(
        _("label"), max_length=200, blank=True, help_text=_("Such as “Summary” or “Annex 2”.")
    )
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_("Until then, readers see that the file is to come, and nothing of it."),
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("document"),
        FieldPanel("language"),
        FieldPanel("label"),
        FieldPanel("embargo_until"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("file of an edition")
        verbose_name_plural = _("files of editions")

    def __str__(self) -> str:
        return self.label or self.document.title
