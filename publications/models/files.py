"""Files: the uploaded document, what became of reading it, and the text that was read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document


class LibraryDocument(AbstractDocument):
    """An uploaded file. It is stored where no address leads and served by guarded views."""

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        permissions = [("choose_document", "Can choose document")]


class FileVersion(models.Model):
    """A document's file as it was before it was replaced; editors can have it back."""

    document = models.ForeignKey(LibraryDocument, on_delete=models.CASCADE, related_name="versions")
    file = models.FileField(upload_to="versions")
    name = models.CharField(max_length=255)
    file_hash = models.CharField(max_length=40, blank=True)
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """What became of reading a document's text.

    The worker takes a reading that is ``waiting`` and due, holds it under a lease while a child
    process reads the file, and writes the result. A worker that dies leaves a lease that runs
    out, and another takes the reading up.

    ``recognition`` is set where the text of a scan is recognised (``publications.ocr``): the
    codes of its languages joined by ``+``, or ``auto`` until they are known.
    """

    class State(models.TextChoices):
        """Where the reading stands; all but the first two are final until the file changes."""

        WAITING = "waiting", _("Waiting")
        READING = "reading", _("Reading")
        READ = "read", _("Read")
        NO_TEXT = "no_text", _("No text (a scan)")
        LOCKED = "locked", _("Locked")
        DAMAGED = "damaged", _("Damaged")
        TOO_LARGE = "too_large", _("Too large")

    document = models.OneToOneField(
        LibraryDocument, on_delete=models.CASCADE, related_name="reading"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    detail = models.CharField(max_length=40, blank=True)
    partial = models.BooleanField(default=False)
    file_hash = models.CharField(max_length=64, blank=True)
    file_type = models.CharField(max_length=10, blank=True)
    page_count = models.PositiveIntegerField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    recognition = models.CharField(max_length=60, blank=True)
    found_title = models.CharField(max_length=500, blank=True)
    found_authors = models.JSONField(default=list, blank=True)
    found_date = models.CharField(max_length=10, blank=True)
    cover = models.FileField(upload_to="covers", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=64, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        indexes = [models.Index(fields=["state", "next_try"])]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.state}"

    @property
    def is_recognised(self) -> bool:
        """Whether the text was recognised in the page images (OCR), so that it may have faults."""
        return bool(self.recognition) and self.state == self.State.READ

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen until the file changes."""
        return self.state not in (self.State.WAITING, self.State.READING)


class ReadSection(models.Model):
    """The text of one page or section of a document, in reading order.

    Paragraphs are separated by an empty line.
    """

    class Kind(models.TextChoices):
        """What a number counts."""

        PAGE = "page", _("Page")
        SECTION = "section", _("Section")

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="sections")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    heading = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "number"], name="one_section_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
