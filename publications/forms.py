"""The form of an edition in the admin, with the facts of its work."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms.dates import parse_partial_date, partial_iso
from cms.labels import list_label
from glossary.models import Concept
from network.models import Activity, Country, Organisation, Place
from publications import facts as work_facts
from publications.form_choices import limit_choices
from publications.identifiers import format_identifiers, parse_identifiers
from publications.models.works import Work


class PartialDateField(forms.CharField):
    """A date known to the year, the month or the day: cleans to ``(ISO date, precision)``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("2021, 2021-05 or 2021-05-30: as far as it is known."))
        super().__init__(max_length=10, **kwargs)

    def clean(self, value: Any) -> Any:
        """Read the date; an empty one gives ``None``."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_partial_date(text)
        except ValueError as error:
            raise ValidationError(
                _("Write a year, a month or a day: 2021, 2021-05 or 2021-05-30.")
            ) from error


class LinesField(forms.CharField):
    """Several short texts, one per line: cleans to a list."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> Any:
        """Split at line ends."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class IdentifiersField(forms.CharField):
    """Identifiers, one per line: cleans to pairs of scheme and value."""

    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value: Any) -> Any:
        """Recognise each line's scheme and check its check digit."""
        return parse_identifiers(super().clean(value))


def _many(queryset: Any, label: Any) -> forms.ModelMultipleChoiceField:
    widget = forms.CheckboxSelectMultiple if queryset.model is Country else forms.SelectMultiple
    return forms.ModelMultipleChoiceField(queryset, required=False, label=label, widget=widget)


class FactsFormMixin(forms.Form):
    """The work's facts as fields beside the edition's own (``publications.facts``)."""

    date = PartialDateField(label=_("Date"), required=False)
    licence = forms.ChoiceField(
        label=_("Licence"), required=False, choices=[("", _("Not stated")), *Work.Licence.choices]
    )
    authors = LinesField(
        label=_("Authors"), required=False, help_text=_("As written on the work, one per line.")
    )
    publishers = _many(Organisation.objects.all(), _("Publishers"))
    partners = _many(Organisation.objects.all(), _("Partners"))
    themes = _many(Concept.objects.all(), _("Themes"))
    countries = _many(Country.objects.all(), _("Countries"))
    places = _many(Place.objects.all(), _("Places"))
    activities = _many(Activity.objects.all(), _("Activities"))
    identifiers = IdentifiersField(
        label=_("Identifiers"),
        required=False,
        help_text=_("One per line: ISBN 978-…, DOI 10.…, or any other number."),
    )
    municipality = forms.ModelChoiceField(
        Organisation.objects.all(),
        required=False,
        label=_("Municipality"),
    )
    validation = forms.ChoiceField(
        label=_("Validation"), required=False, choices=[("", "—"), *Work.Validation.choices]
    )
    period_start = forms.IntegerField(
        label=_("First year"), required=False, min_value=1900, max_value=2100
    )
    period_end = forms.IntegerField(
        label=_("Last year"), required=False, min_value=1900, max_value=2100
    )
    facts_seen = forms.JSONField(required=False, widget=forms.HiddenInput)


PRACTICE_FIELDS = ("municipality", "validation", "period_start", "period_end")
FACT_FIELDS = tuple(name for name in FactsFormMixin.declared_fields if name != "facts_seen")


class EditionForm(WagtailAdminPageForm, FactsFormMixin):
    """An edition's form. What another editor published meanwhile is shown, never overwritten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._drop_fields_of_other_kinds()
        self._narrow_choices()
        if self.for_user is not None:
            limit_choices(self, self.for_user)
        work = self.instance.work if self.instance.work_id else None
        self.current_facts = work_facts.read_facts(work)
        self.initial["facts_seen"] = self.current_facts
        for name, value in self._facts_initial().items():
            if name in self.fields:
                self.initial[name] = value

    def _drop_fields_of_other_kinds(self) -> None:
        if self.instance.kind != "good_practice":
            for name in PRACTICE_FIELDS:
                self.fields.pop(name, None)

    def _narrow_choices(self) -> None:
        """Choices that need a query wait until the models are loaded."""
        municipalities = Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY)
        choices: dict[str, QuerySet[Any]] = {
            "themes": Concept.objects.themes().with_labels(),
            "municipality": municipalities,
        }
        for name, queryset in choices.items():
            field = self.fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = queryset

    def _facts_initial(self) -> dict[str, Any]:
        """What the fields begin with: the work's facts, with this draft's changes on top."""
        shown = dict(self.current_facts)
        if self.instance.has_unpublished_changes or not self.instance.live:
            merge = work_facts.merge_facts(
                self.instance.facts_base, self.instance.facts, self.current_facts
            )
            shown |= merge.changes | {name: pair[0] for name, pair in merge.conflicts.items()}
        date = shown.get("date")
        shown["date"] = partial_iso(
            datetime.date.fromisoformat(date) if date else None, shown["date_precision"]
        )
        shown["authors"] = "\n".join(shown["authors"])
        shown["identifiers"] = format_identifiers(shown["identifiers"])
        return shown

    def _drafted_facts(self) -> work_facts.Facts:
        """The cleaned fields as the dictionary the work's facts are kept in."""
        drafted: work_facts.Facts = {}
        for name in FACT_FIELDS:
            if name in self.fields and name in self.cleaned_data:
                drafted[name] = _plain(self.cleaned_data[name])
        if "date" in drafted:
            date, precision = drafted["date"] or (None, "year")
            drafted["date"] = date.isoformat() if date else None
            drafted["date_precision"] = str(precision)
        return drafted

    def clean(self) -> dict[str, Any]:
        """Compare with what the work says now, and with what it said when the form was opened."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.drafted_facts = self._drafted_facts()
        seen = cleaned.get("facts_seen") or {}
        merge = work_facts.merge_facts(seen, self.drafted_facts, self.current_facts)
        for name, (_mine, theirs) in merge.conflicts.items():
            self._say_conflict(name, theirs)
        if merge.conflicts:
            self._remember_as_seen()
        start, end = cleaned.get("period_start"), cleaned.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", _("The last year is before the first."))
        return cleaned

    def _say_conflict(self, name: str, theirs: Any) -> None:
        field = "date" if name == "date_precision" else name
        self.add_error(
            field,
            _(
                "Meanwhile somebody else published: %(value)s. Save again to put yours in its "
                "place, or take theirs."
            )
            % {"value": describe_fact(name, theirs)},
        )

    def _remember_as_seen(self) -> None:
        """The editor has now been shown the newer facts: saving again is on purpose."""
        seen = self.fields["facts_seen"].prepare_value(self.current_facts)
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data[self.add_prefix("facts_seen")] = seen
        self.data = data

    def save(self, commit: bool = True) -> Any:
        """Keep the facts with the draft; publishing writes them to the work."""
        if getattr(self, "drafted_facts", None):
            self.instance.facts = self.drafted_facts
            self.instance.facts_base = self.current_facts
        return super().save(commit=commit)


def _plain(value: Any) -> Any:
    """A cleaned value as JSON can hold it: rows become their keys, sorted."""
    if hasattr(value, "values_list"):
        return sorted(value.values_list("pk", flat=True))
    if hasattr(value, "pk"):
        return value.pk
    return value


def describe_fact(name: str, value: Any) -> str:
    """A fact's value in words, for a message."""
    rows: dict[str, Any] = {
        "themes": Concept.objects,
        "countries": Country.objects,
        "places": Place.objects,
        "activities": Activity.objects,
        "publishers": Organisation.objects,
        "partners": Organisation.objects,
    }
    if value in (None, "", []):
        return "—"
    if name in rows:
        return list_label(rows[name].filter(pk__in=value))
    if name == "municipality":
        return str(Organisation.objects.filter(pk=value).first() or "—")
    if name == "identifiers":
        return ", ".join(format_identifiers(value).splitlines())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
