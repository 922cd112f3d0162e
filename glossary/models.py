"""Concepts as in SKOS: one idea, a preferred and alternative labels per language, its neighbours.

A theme is a top concept: it has no broader one and works are filed under it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, Panel

from cms.languages import LANGUAGES
from cms.names import Name, name_in
from glossary.forms import ConceptForm
from glossary.versions import glossary_changed

M = TypeVar("M", bound=models.Model)

IDENTIFIER = re.compile(r"\A[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?\Z")
"""Identifiers: what addresses and other vocabularies' identifiers have in common."""

ADDRESS = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")
"""A whole address, of any scheme, without the signs that a URI must not hold."""

check_identifier = RegexValidator(
    IDENTIFIER, _("Use the letters a to z, digits, hyphens, underscores, dots and slashes.")
)
check_address = RegexValidator(
    ADDRESS, _("Give a whole address, as in https://example.org/concepts/12.")
)

LANGUAGE_CHOICES = [(language.code, language.name) for language in LANGUAGES]


class GlossaryQuerySet(models.QuerySet[M]):
    """Rows of the glossary. What writes many of them sends no signals, so it tells here."""

    def update(self, **kwargs: Any) -> int:
        """Write columns of all rows at once."""
        rows = super().update(**kwargs)
        glossary_changed()
        return rows

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        """Make many rows at once."""
        made = super().bulk_create(*args, **kwargs)
        glossary_changed()
        return made


class GlossaryVersion(models.Model):
    """Another value after every change of the glossary. One row (`glossary.versions`)."""

    value = models.UUIDField()

    def __str__(self) -> str:
        return str(self.value)


class ConceptQuerySet(GlossaryQuerySet["Concept"]):
    """Queries about concepts."""

    def themes(self) -> ConceptQuerySet:
        """The top concepts, which works are filed under."""
        return self.filter(is_theme=True)

    def with_labels(self) -> ConceptQuerySet:
        """Labels fetched at once, for showing many concepts."""
        return self.prefetch_related("labels")

    def with_names(self) -> ConceptQuerySet:
        """The preferred labels alone, for showing what very many concepts are called."""
        preferred = Label.objects.filter(kind=Label.Kind.PREFERRED)
        return self.prefetch_related(models.Prefetch("labels", preferred))


class Concept(ClusterableModel):
    """One idea. ``slug`` is its permanent identifier."""

    slug = models.CharField(
        _("identifier"), max_length=100, unique=True, validators=[check_identifier]
    )
    is_theme = models.BooleanField(
        _("theme"), default=False, help_text=_("A top concept that works are filed under.")
    )
    broader = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="narrower",
        verbose_name=_("broader concept"),
    )
    related = models.ManyToManyField(
        "self", blank=True, symmetrical=True, verbose_name=_("related concepts")
    )

    objects = ConceptQuerySet.as_manager()

    base_form_class = ConceptForm

    panels: list[Panel] = [
        FieldPanel(
            "slug",
            help_text=_("Permanent: other files and addresses name the concept by it."),
        ),
        InlinePanel(
            "labels",
            label=_("label"),
            heading=_("Labels"),
            help_text=_(
                "What the concept is called: one preferred label in each language, and as many "
                "alternatives as readers type. A search for one of them finds them all."
            ),
            min_num=1,
        ),
        FieldPanel("is_theme"),
        FieldPanel("broader"),
        FieldPanel("related"),
        InlinePanel(
            "exact_matches",
            label=_("address"),
            heading=_("The same concept in other vocabularies"),
        ),
    ]

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label()

    def label(self, language: str | None = None) -> Name:
        """The preferred label in a language (the active one by default), or the nearest."""
        preferred = {
            label.language: label.text
            for label in self.labels.all()
            if label.kind == Label.Kind.PREFERRED
        }
        return name_in(preferred, language) or Name(self.slug)

    def clean(self) -> None:
        """Refuse a theme below another concept, and a chain of broader ones that is a ring."""
        super().clean()
        if self.is_theme and self.broader:
            raise ValidationError({"broader": _("A theme has no broader concept.")})
        seen = {self.pk} if self.pk else set()
        ancestor = self.broader
        while ancestor is not None:
            if ancestor.pk in seen:
                raise ValidationError(
                    {"broader": _("This would make the concept broader than itself.")}
                )
            seen.add(ancestor.pk)
            ancestor = ancestor.broader


class Label(models.Model):
    """What a concept is called in one language."""

    class Kind(models.TextChoices):
        """SKOS: prefLabel or altLabel."""

        PREFERRED = "preferred", _("Preferred")
        ALTERNATIVE = "alternative", _("Alternative")

    concept = ParentalKey(Concept, on_delete=models.CASCADE, related_name="labels")
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PREFERRED)
    text = models.CharField(_("text"), max_length=255)

    objects = models.Manager.from_queryset(GlossaryQuerySet["Label"])()

    panels: list[Panel] = [
        FieldRowPanel(
            [
                FieldPanel("language"),
                FieldPanel("kind"),
                FieldPanel("text", widget=forms.TextInput(attrs={"dir": "auto"})),
            ]
        )
    ]

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["language", "-kind", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["concept", "language"],
                condition=models.Q(kind="preferred"),
                name="one_preferred_label_per_language",
                violation_error_message=_("One language has one preferred label."),
            )
        ]
        indexes = [models.Index(fields=["language", "text"])]

    def __str__(self) -> str:
        return self.text

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave it to the form of the concept, which sees all labels as they will be.

        Beside the stored ones, two labels that change places would seem to be in each other's way.
        """


class ExactMatch(models.Model):
    """The address of the same concept in another vocabulary (SKOS: exactMatch)."""

    concept = ParentalKey(Concept, on_delete=models.CASCADE, related_name="exact_matches")
    uri = models.CharField(_("address"), max_length=500, validators=[check_address])

    panels: list[Panel] = [FieldPanel("uri")]

    class Meta:
        verbose_name = _("address in another vocabulary")
        verbose_name_plural = _("addresses in other vocabularies")
        ordering = ["uri"]
        constraints = [
            models.UniqueConstraint(fields=["concept", "uri"], name="one_match_per_address")
        ]

    def __str__(self) -> str:
        return self.uri


class GlossaryUpload(models.Model):
    """A file that an editor uploaded and has not confirmed yet; kept for a day at most."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
