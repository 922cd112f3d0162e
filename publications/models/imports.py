"""Imports of works by editors: the uploaded archive, how far it is, what became of each row."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from publications.models.tree import SectionPage


class ImportRun(models.Model):
    """An archive that an editor uploaded. It is checked first, and stored once confirmed."""

    class State(models.TextChoices):
        """Where it stands; the worker takes up those that wait."""

        TO_CHECK = "to_check", _("Being checked")
        CHECKED = "checked", _("Checked")
        TO_IMPORT = "to_import", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Cannot be imported")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    archive = models.FileField(upload_to="imports")
    section = models.ForeignKey(SectionPage, on_delete=models.CASCADE, related_name="+")
    publish = models.BooleanField(default=False)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_CHECK)
    error = models.TextField(blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    outcomes = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has something to do with it."""
        return self.state in (self.State.TO_CHECK, self.State.TO_IMPORT)
