"""The form of a review: what is suggested for the files of one work, to take, change or refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cms.dates import parse_partial_date
from cms.labels import language_label
from cms.languages import CODES, direction_of
from glossary.models import Concept
from intake.drafting import Chosen
from intake.models import IncomingFile, Suggestion
from intake.suggesting.found import EDITION_FIELDS, FIELDS
from intake.unsaved import Unsaved
from network.models import Country, Organisation, Place
from publications.facts import Facts
from publications.identifiers import format_identifiers, parse_identifier
from publications.presentation import place_label

ROWS: dict[str, Any] = {
    "publishers": Organisation,
    "municipality": Organisation,
    "places": Place,
    "countries": Country,
    "themes": Concept,
}
"""The facts whose value is the key of a row."""

WRITTEN = ("date", "authors", "identifiers")
"""The facts whose value is a text that can be changed here."""


@dataclass(frozen=True)
class ShownSuggestion:
    """A suggestion with its inputs: ``take`` to take or refuse, ``value`` to change."""

    suggestion: Suggestion
    label: str
    where: str
    take: Any = None
    value: Any = None

    @property
    def file(self) -> IncomingFile:
        """The file that it was read from."""
        return self.suggestion.file

    @property
    def field_label(self) -> Any:
        """What editors call the fact."""
        return FIELDS[self.suggestion.field]

    @property
    def page(self) -> int | None:
        """The page of the file that says so, where it has pages."""
        return self.suggestion.number if self.suggestion.place == "page" else None


@dataclass(frozen=True)
class ShownEdition:
    """The inputs of one file's edition, with the suggestions behind them."""

    file: IncomingFile
    title: Any
    language: Any
    summary: Any
    sources: dict[str, ShownSuggestion]
    cover: ShownSuggestion | None


class ReviewForm(forms.Form):
    """Title, language and summary of each file; the facts of the work, each once.

    ``unsaved`` is what the editor left in an earlier form of these files (``unsaved()``).
    """

    def __init__(
        self,
        files: Sequence[IncomingFile],
        *args: Any,
        facts_allowed: bool,
        unsaved: Mapping[int, Unsaved] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._unsaved = unsaved or {}
        self._unsaved_facts: dict[str, list[Any]] = {}
        for left in self._unsaved.values():
            self._unsaved_facts |= left["facts"]
        rows = Suggestion.objects.filter(file__in=files).order_by("order", "pk")
        by_key = {file.pk: file for file in files}
        self._suggestions = list(rows)
        for row in self._suggestions:
            row.file = by_key[row.file_id]
        self._objects = _objects(self._suggestions)
        self.editions = [self._edition(file) for file in files]
        facts = self._facts() if facts_allowed else iter(())
        self.facts = list(facts)

    # What is shown.

    def _edition(self, file: IncomingFile) -> ShownEdition:
        """The inputs of a file's edition."""
        own = {
            row.field: self._show(row)
            for row in self._suggestions
            if row.file_id == file.pk and row.field in EDITION_FIELDS
        }
        language = _value(own.get("language"))
        attrs = {"dir": direction_of(language) if language else "auto"}
        for name, field in {
            "title": forms.CharField(
                label=FIELDS["title"], max_length=255, widget=forms.TextInput(attrs)
            ),
            "language": forms.ChoiceField(label=FIELDS["language"], choices=_languages(language)),
            "summary": forms.CharField(
                label=FIELDS["summary"], required=False,
                widget=forms.Textarea(attrs | {"rows": 5}),
            ),
        }.items():  # fmt: skip
            self.fields[f"{name}-{file.pk}"] = field
            left = self._unsaved.get(file.pk, {}).get(name)
            self.initial[f"{name}-{file.pk}"] = _value(own.get(name)) if left is None else left
        cover = own.pop("cover", None)
        if "summary" in own:
            own["summary"] = self._with_take(own["summary"])
        return ShownEdition(
            file,
            title=self[f"title-{file.pk}"],
            language=self[f"language-{file.pk}"],
            summary=self[f"summary-{file.pk}"],
            sources=own,
            cover=cover and self._with_take(cover),
        )

    def _facts(self) -> Iterator[ShownSuggestion]:
        """The facts of the work, in the order of the page, each value once."""
        seen: set[tuple[str, str]] = set()
        for name in FIELDS:
            if name in EDITION_FIELDS:
                continue
            for row in self._suggestions:
                key = name, str(row.value).casefold()
                single = name in ("date", "municipality") and any(
                    field == name for field, _ in seen
                )
                if row.field != name or key in seen or single or not self._exists(row):
                    continue
                seen.add(key)
                yield self._with_take(self._show(row))

    def _exists(self, row: Suggestion) -> bool:
        return row.field not in ROWS or (row.field, row.value) in self._objects

    def _show(self, row: Suggestion) -> ShownSuggestion:
        found = self._objects.get((row.field, row.value)) if row.field in ROWS else None
        label = str(found) if found is not None else _written(row.field, row.value)
        return ShownSuggestion(row, label, _where(row))

    def _with_take(self, shown: ShownSuggestion) -> ShownSuggestion:
        """Add the box that takes the suggestion, and where it is a text, its input."""
        row = shown.suggestion
        take, value = f"take-{row.pk}", f"value-{row.pk}"
        taken, text = self._left(row, shown.label)
        self.fields[take] = forms.BooleanField(label=shown.label, required=False, initial=taken)
        if row.field in WRITTEN:
            self.fields[value] = forms.CharField(
                label=FIELDS[row.field], required=False, initial=text, max_length=255,
                widget=forms.TextInput({"dir": "auto", "aria-label": FIELDS[row.field]}),
            )  # fmt: skip
        shown_value = self[value] if row.field in WRITTEN else None
        return ShownSuggestion(row, shown.label, shown.where, self[take], shown_value)

    # What was left.

    def unsaved(self) -> dict[int, Unsaved]:
        """What stands in the form that was sent, valid or not, by the keys of the files in it."""
        facts = {_fact_key(shown.suggestion): self._sent(shown) for shown in self.facts}
        return {
            edition.file.pk: {
                "title": edition.title.data,
                "language": edition.language.data or "",
                "summary": edition.summary.data or "",
                "takes": {
                    shown.suggestion.field: bool(shown.take.data)
                    for shown in (edition.sources.get("summary"), edition.cover)
                    if shown is not None
                },
                "facts": facts,
            }
            for edition in self.editions
            if edition.title.data is not None
        }

    @staticmethod
    def _sent(shown: ShownSuggestion) -> list[Any]:
        """Whether a fact was taken, and what stood in its input."""
        text = shown.value.data if shown.value is not None else None
        return [bool(shown.take.data), text]

    def _left(self, row: Suggestion, label: str) -> tuple[bool, str]:
        """Whether a suggestion is taken, and its text, as the editor left them."""
        if row.field in EDITION_FIELDS:
            takes = self._unsaved.get(row.file_id, {}).get("takes", {})
            return takes.get(row.field, True), label
        taken, text = self._unsaved_facts.get(_fact_key(row), (True, None))
        return taken, label if text is None else text

    # What was chosen.

    def clean(self) -> dict[str, Any]:
        """Read the texts that were taken; what is refused may be anything."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._values: dict[int, Any] = {}
        for shown in self.facts:
            row = shown.suggestion
            if cleaned.get(f"take-{row.pk}"):
                try:
                    text = cleaned.get(f"value-{row.pk}", "")
                    self._values[row.pk] = _read(row, text)
                except ValidationError as error:
                    self.add_error(f"value-{row.pk}", error)
        return cleaned

    def chosen(self) -> list[Chosen]:
        """What was chosen of each file."""
        return [
            Chosen(
                edition.file,
                title=self.cleaned_data[f"title-{edition.file.pk}"],
                language=self.cleaned_data[f"language-{edition.file.pk}"],
                summary=self._summary(edition),
                cover=bool(
                    edition.cover and self.cleaned_data.get(f"take-{edition.cover.suggestion.pk}")
                ),
            )
            for edition in self.editions
        ]

    def _summary(self, edition: ShownEdition) -> str:
        """The summary as it was left, unless it was suggested and refused."""
        shown = edition.sources.get("summary")
        if shown and not self.cleaned_data.get(f"take-{shown.suggestion.pk}"):
            return ""
        return str(self.cleaned_data[f"summary-{edition.file.pk}"]).strip()

    def chosen_facts(self) -> Facts:
        """The facts that were taken, as `publications.facts` holds them."""
        facts: Facts = {}
        for shown in self.facts:
            row = shown.suggestion
            value = self._values.get(row.pk)
            if value in (None, ""):
                continue
            if row.field == "date":
                date, precision = parse_partial_date(value)
                facts |= {"date": date.isoformat(), "date_precision": str(precision)}
            elif row.field == "municipality":
                facts["municipality"] = value
            else:
                facts.setdefault(row.field, []).append(value)
        for name in set(facts) & set(ROWS) - {"municipality"}:
            facts[name] = sorted(facts[name])
        return facts

    def remember(self) -> None:
        """Note what became of each suggestion that was shown."""
        for edition in self.editions:
            for name, shown in edition.sources.items():
                value = self.cleaned_data[f"{name}-{edition.file.pk}"]
                self._note(shown.suggestion, self._summary(edition) if name == "summary" else value)
            if edition.cover:
                took = self.cleaned_data.get(f"take-{edition.cover.suggestion.pk}")
                self._note(edition.cover.suggestion, True if took else None)
        for shown in self.facts:
            self._note(shown.suggestion, self._values.get(shown.suggestion.pk))

    def _note(self, row: Suggestion, value: Any) -> None:
        state = Suggestion.State
        if value in (None, ""):
            row.state, row.chosen = state.REFUSED, None
        elif value == row.value:
            row.state, row.chosen = state.TAKEN, None
        else:
            row.state, row.chosen = state.CHANGED, value
        row.save(update_fields=["state", "chosen"])


def _objects(suggestions: Iterable[Suggestion]) -> dict[Any, Model]:
    """The rows that suggestions name, by field and key; those that are gone are left out."""
    found: dict[Any, Model] = {}
    for name, model in ROWS.items():
        keys = {row.value for row in suggestions if row.field == name}
        queryset = model.objects.with_labels() if model is Concept else model.objects
        for key, row in queryset.in_bulk(keys).items():
            found[name, key] = row
    return found


def _fact_key(row: Suggestion) -> str:
    """Tells a fact of one value from others, whichever file says it."""
    return f"{row.field} {str(row.value).casefold()}"


def _languages(found: str) -> list[tuple[str, Any]]:
    choices: list[tuple[str, Any]] = [(code, language_label(code)) for code in CODES]
    return choices if found else [("", _("Please choose")), *choices]


def _value(shown: ShownSuggestion | None) -> str:
    return str(shown.suggestion.value) if shown else ""


def _written(name: str, value: Any) -> str:
    """A value as an editor writes it."""
    return format_identifiers([value]) if name == "identifiers" else str(value)


def _read(row: Suggestion, text: str) -> Any:
    """The value of a suggestion that was taken, from what stands in its input."""
    if row.field not in WRITTEN:
        return row.value
    text = " ".join(text.split())
    if not text:
        return None
    if row.field == "identifiers":
        return list(parse_identifier(text))
    if row.field == "date":
        try:
            parse_partial_date(text)
        except ValueError as error:
            raise ValidationError(
                _("Write a year, a month or a day: 2021, 2021-05 or 2021-05-30.")
            ) from error
    return text


def _where(row: Suggestion) -> str:
    """Where a suggestion comes from, in words."""
    if row.field == "language" and not row.value:
        return str(_("Not recognised"))
    if row.number and row.place:
        return place_label(row.place, row.number)
    return str(row.get_source_display())
