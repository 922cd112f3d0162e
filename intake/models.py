"""What an editor dropped and has not published yet: batches, files, what was read from them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from publications.models import Edition, LibraryDocument, SectionPage, Work


class Batch(models.Model):
    """Files that were dropped together for one section.

    ``section`` is the section's page in any one locale: it stands for the section in all of them.
    """

    class Kind(models.TextChoices):
        """Which kind of work the files become."""

        PUBLICATION = "publication", _("Publication")
        GOOD_PRACTICE = "good_practice", _("Good practice")
        GUIDANCE = "guidance", _("Guidance")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    section = models.ForeignKey(SectionPage, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.PUBLICATION)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("batch of files")
        verbose_name_plural = _("batches of files")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.pk)


class IncomingFile(models.Model):
    """A file that came in, from its upload to the draft that was made of it.

    It is ``waiting`` until its document was read; then the worker takes it under a lease, and makes
    the suggestions. Files with the same ``work_key`` become editions of one work: the key is the
    translation key that their pages get.
    """

    class State(models.TextChoices):
        """Where the file stands."""

        WAITING = "waiting", _("Being read")
        LOOKING = "looking", _("Being looked through")
        READY = "ready", _("Ready to be looked at")
        DRAFTED = "drafted", _("Draft made")
        LEFT_OUT = "left_out", _("Left out")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="files")
    document = models.OneToOneField(
        LibraryDocument, on_delete=models.SET_NULL, null=True, related_name="incoming"
    )
    name = models.CharField(_("name of the file"), max_length=255)
    work_key = models.UUIDField(default=uuid.uuid4, db_index=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    personal = models.JSONField(default=list, blank=True)
    """Addresses and numbers of persons: ``{"kind", "shown" (masked), "number", "place"}``."""
    failed = models.BooleanField(default=False)
    edition = models.ForeignKey(
        Edition, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=64, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("incoming file")
        verbose_name_plural = _("incoming files")
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "next_try"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether an editor still has to decide about it."""
        return self.state not in (self.State.DRAFTED, self.State.LEFT_OUT)


class Suggestion(models.Model):
    """One value of one fact that was found in a file, and what the editor made of it.

    ``value`` is plain JSON: a text, a date as far as it is known, a pair of scheme and value, or
    the key of a row. ``chosen`` is what the editor put in its place.
    """

    class Source(models.TextChoices):
        """Where a suggestion comes from."""

        TEXT = "text", _("the text")
        METADATA = "metadata", _("what the file says of itself")
        NAME = "name", _("the name of the file")
        SECTION = "section", _("the section you chose")
        COVER = "cover", _("the first page")

    class State(models.TextChoices):
        """What the editor made of it."""

        OFFERED = "offered", _("Suggested")
        TAKEN = "taken", _("Taken")
        CHANGED = "changed", _("Changed")
        REFUSED = "refused", _("Refused")

    file = models.ForeignKey(IncomingFile, on_delete=models.CASCADE, related_name="suggestions")
    field = models.CharField(max_length=20)
    value = models.JSONField()
    chosen = models.JSONField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    place = models.CharField(max_length=10, blank=True)
    """``page`` or ``section``, where ``number`` counts those."""
    number = models.PositiveIntegerField(null=True, blank=True)
    quote = models.CharField(max_length=300, blank=True)
    """The words of the file that say so."""
    order = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)

    class Meta:
        ordering = ["file", "order", "pk"]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"


class Sketch(models.Model):
    """What a document's text is like, small enough to compare it with all others.

    ``shingles`` and ``figures`` are MinHash signatures (`intake.sketches`); ``meaning`` is the mean
    of some passages' vectors as half floats, made by ``encoder``.
    """

    document = models.OneToOneField(
        LibraryDocument, on_delete=models.CASCADE, related_name="sketch"
    )
    file_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=10, blank=True)
    words = models.PositiveIntegerField(default=0)
    shingles = models.BinaryField(blank=True, default=b"")
    figures = models.BinaryField(blank=True, default=b"")
    figure_count = models.PositiveIntegerField(default=0)
    encoder = models.CharField(max_length=100, blank=True)
    meaning = models.BinaryField(blank=True, default=b"")

    def __str__(self) -> str:
        return str(self.document_id)


class Likeness(models.Model):
    """A document that is here already and has the same content, or nearly the same text.

    ``share`` is the estimated share of their word sequences that both have, from 0 to 1.
    """

    file = models.ForeignKey(IncomingFile, on_delete=models.CASCADE, related_name="likenesses")
    document = models.ForeignKey(LibraryDocument, on_delete=models.CASCADE, related_name="+")
    same_file = models.BooleanField(default=False)
    share = models.FloatField(default=1.0)

    class Meta:
        ordering = ["-same_file", "-share", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["file", "document"], name="one_likeness_of_a_pair")
        ]

    def __str__(self) -> str:
        return f"{self.file_id} ~ {self.document_id}"


class Kinship(models.Model):
    """A proposal: a file is an edition of a work, or of what another incoming file becomes.

    Exactly one of ``work`` and ``other`` is set. Nothing follows from a row until an editor
    confirms it.
    """

    class Reason(models.TextChoices):
        """Why it looks so."""

        NAME = "name", _("the names differ in the language alone")
        IDENTIFIER = "identifier", _("both give the same identifier")
        MEANING = "meaning", _("their texts say the same in two languages")
        FIGURES = "figures", _("the same numbers and names stand in both")

    file = models.ForeignKey(IncomingFile, on_delete=models.CASCADE, related_name="kinships")
    other = models.ForeignKey(
        IncomingFile, on_delete=models.CASCADE, null=True, related_name="kinships_of_others"
    )
    work = models.ForeignKey(Work, on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    detail = models.CharField(max_length=200, blank=True)
    score = models.FloatField(default=1.0)
    refused = models.BooleanField(default=False)

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(work__isnull=False, other__isnull=True)
                | models.Q(work__isnull=True, other__isnull=False),
                name="kinship_with_a_work_or_a_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.reason}"
