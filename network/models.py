"""Who works together, and where: countries, places, organisations and activities.

Names are kept per language on the row itself (``cms.names``): they are facts about one thing,
not texts to be translated page by page.
"""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel

from cms.dates import Precision, partial_display
from cms.names import NamesField, name_in


class Country(models.Model):
    """A country, by its ISO 3166-1 alpha-2 code."""

    code = models.CharField(_("ISO code"), max_length=2, primary_key=True)
    names = NamesField(_("names"))

    panels: list[Panel] = [FieldPanel("code"), FieldPanel("names")]

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["code"]

    def __str__(self) -> str:
        return name_in(self.names) or self.code


class Place(models.Model):
    """A town, district or area. Coordinates are WGS 84 decimal degrees."""

    class CoordinatePrecision(models.TextChoices):
        """How well a position is known."""

        EXACT = "exact", _("Exact")
        APPROXIMATE = "approximate", _("Approximate")

    slug = models.SlugField(_("short name for addresses"), max_length=100, unique=True)
    names = NamesField(_("names"))
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, related_name="place_set", verbose_name=_("country")
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    coordinate_precision = models.CharField(
        _("precision of the coordinates"),
        max_length=20,
        choices=CoordinatePrecision.choices,
        default=CoordinatePrecision.APPROXIMATE,
    )

    panels: list[Panel] = [
        FieldPanel("names"),
        FieldPanel("slug"),
        FieldPanel("country"),
        MultiFieldPanel(
            [
                FieldPanel("latitude"),
                FieldPanel("longitude"),
                FieldPanel("coordinate_precision"),
            ],
            heading=_("Position"),
        ),
    ]

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["slug"]

    def __str__(self) -> str:
        return name_in(self.names) or self.slug


class Organisation(models.Model):
    """A municipality, a union of municipalities, a national association or a partner."""

    class Kind(models.TextChoices):
        """What an organisation is in the network."""

        MUNICIPALITY = "municipality", _("Municipality")
        UNION = "union", _("Union of municipalities")
        ASSOCIATION = "association", _("Association")
        PARTNER = "partner", _("Partner")

    slug = models.SlugField(_("short name for addresses"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    names = NamesField(_("names"))
    acronyms = models.CharField(
        _("acronyms"), max_length=200, blank=True, help_text=_("Separated by commas.")
    )
    country = models.ForeignKey(
        Country,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("country"),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("parent union"),
    )
    place = models.ForeignKey(
        Place,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("place"),
    )
    role = NamesField(_("role in the network"), blank=True, long=True)
    sources = models.TextField(
        _("sources"), blank=True, help_text=_("Where these facts come from, one per line.")
    )

    panels: list[Panel] = [
        FieldPanel("names"),
        FieldPanel("slug"),
        FieldPanel("kind"),
        FieldPanel("acronyms"),
        FieldPanel("country"),
        FieldPanel("parent"),
        FieldPanel("place"),
        FieldPanel("role"),
        FieldPanel("sources"),
    ]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["slug"]

    def __str__(self) -> str:
        return name_in(self.names) or self.slug

    def all_names(self) -> list[str]:
        """Every name in every language, and the acronyms."""
        acronyms = [acronym.strip() for acronym in self.acronyms.split(",")]
        return [name for name in (*self.names.values(), *acronyms) if name]


class Activity(models.Model):
    """Something the network does, at one of its four levels."""

    class Level(models.TextChoices):
        """The level at which the project works."""

        LOCAL = "local", _("Local")
        REGIONAL = "regional", _("Regional")
        NATIONAL = "national", _("National")
        INTERNATIONAL = "international", _("International")

    slug = models.SlugField(_("short name for addresses"), max_length=100, unique=True)
    level = models.CharField(_("level"), max_length=20, choices=Level.choices)
    titles = NamesField(_("titles"))
    summaries = NamesField(_("summaries"), blank=True, long=True)
    date = models.DateField(_("date"), null=True, blank=True)
    date_precision = models.CharField(
        _("precision of the date"),
        max_length=5,
        choices=Precision.choices,
        default=Precision.DAY,
    )
    end_date = models.DateField(_("end"), null=True, blank=True)
    country = models.ForeignKey(
        Country,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("country"),
    )
    place = models.ForeignKey(
        Place,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("place"),
    )
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="activities", verbose_name=_("organisations")
    )
    sources = models.TextField(
        _("sources"), blank=True, help_text=_("Where these facts come from, one per line.")
    )

    panels: list[Panel] = [
        FieldPanel("titles"),
        FieldPanel("summaries"),
        FieldPanel("slug"),
        FieldPanel("level"),
        MultiFieldPanel(
            [FieldPanel("date"), FieldPanel("date_precision"), FieldPanel("end_date")],
            heading=_("Date"),
        ),
        FieldPanel("country"),
        FieldPanel("place"),
        FieldPanel("organisations"),
        FieldPanel("sources"),
    ]

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = [models.F("date").desc(nulls_last=True), "slug"]

    def __str__(self) -> str:
        return name_in(self.titles) or self.slug

    def date_display(self) -> str:
        """The date as far as it is known, in the active language."""
        return partial_display(self.date, self.date_precision)


class Role(models.Model):
    """What a group of users is for: an organisation's editors, a language's translators.

    ``manage.py make_roles`` makes the groups and keeps what each may. ``collection`` is where
    the files of the organisation's editors lie.
    """

    class Kind(models.TextChoices):
        """The roles that there are; administrators are Wagtail's superusers."""

        EDITORS = "editors", _("Editors of an organisation")
        CONTRIBUTORS = "contributors", _("Contributors of an organisation")
        TRANSLATORS = "translators", _("Translators into a language")
        MODERATORS = "moderators", _("Moderators")
        STEWARDS = "stewards", _("Keepers of the glossary and the network")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="roles"
    )
    language = models.CharField(max_length=10, blank=True)
    collection = models.ForeignKey(
        "wagtailcore.Collection", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organisation"],
                condition=Q(organisation__isnull=False),
                name="one_role_of_a_kind_per_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.group.name
