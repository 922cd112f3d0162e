"""The steps of offering a practice: what each asks, and the form of it.

Every step is saved as it is left, whether it is complete or not; what is still missing is said
before sending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms.labels import in_order
from cms.languages import DEFAULT_LANGUAGE
from contributions.models import Contribution
from network.models import Organisation

MAX_TEXT = 10_000
"""Characters of one answer."""

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the guide: its name in addresses, what it is called and asks, and its fields."""

    name: str
    title: Text
    question: Text
    fields: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step(
        "start",
        _("In short"),
        _("What is the practice called, where was it done, and what is it about?"),
        ("language", "organisation", "municipality", "title", "summary"),
    ),
    Step("challenge", _("The challenge"), _("What was the problem, and for whom?"), ("challenge",)),
    Step("actions", _("What was done"), _("What did you do, step by step?"), ("actions",)),
    Step(
        "results",
        _("Results and their evidence"),
        _("What changed, and how do you know? Say also what did not work."),
        ("results",),
    ),
    Step(
        "costs",
        _("Costs and staffing"),
        _("What did it cost, in money and in working time?"),
        ("costs",),
    ),
    Step(
        "copy",
        _("What others need to copy it"),
        _("What would another municipality need in order to do the same? Whom can it ask?"),
        ("transferability", "contact_role"),
    ),
    Step("files", _("Files"), _("Is there a report, a guide or a presentation?")),
    Step("send", _("Look at it and send it"), _("Is this how it should reach your union?")),
)
BY_NAME: Mapping[str, Step] = {step.name: step for step in STEPS}

REQUIRED = ("title", "summary", "challenge", "actions", "results")
"""What a practice must answer before it is sent."""

HELP: Mapping[str, Text] = {
    "title": _("Short and plain, such as “Food waste collected from 4,000 homes”."),
    "summary": _("Two or three sentences that tell a colleague whether to read on."),
    "municipality": _("Leave it empty if it is not in the list."),
    "contact_role": _("An office or a role, such as “head of the waste unit”; no person's name."),
}


def neighbours(step: Step) -> tuple[Step | None, Step | None]:
    """The steps before and after one."""
    place = STEPS.index(step)
    before = STEPS[place - 1] if place else None
    return before, STEPS[place + 1] if place + 1 < len(STEPS) else None


class StepForm(forms.ModelForm):
    """The fields of one step. Only the first one demands something: a title to find it by."""

    template_name = "contributions/includes/form.html"

    class Meta:
        model = Contribution
        fields: list[str] = []

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name, field in fields.items():
            field.help_text = str(HELP.get(name, ""))
            field.asked = name in REQUIRED
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs |= {"rows": 5 if name == "summary" else 12}
                field.widget.attrs |= {"maxlength": MAX_TEXT, "dir": "auto"}
                field.validators.append(_at_most)
            elif isinstance(field.widget, forms.TextInput):
                field.widget.attrs["dir"] = "auto"
        if "organisation" in self.fields:
            self._offer(organisations)

    def _offer(self, organisations: Any) -> None:
        """The unions that the author may send to, and the municipalities."""
        union: Any = self.fields["organisation"]
        union.queryset, union.empty_label = organisations, None
        place: Any = self.fields["municipality"]
        place.queryset = Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY)
        for field in (union, place):
            empty = [("", field.empty_label)] if field.empty_label is not None else []
            field.choices = empty + [(row.pk, str(row)) for row in in_order(field.queryset)]
        if self.instance.pk is None:
            self.initial["language"] = get_language() or DEFAULT_LANGUAGE
        if self.instance.page_id:
            # The draft stands in a section of one language already.
            del self.fields["organisation"], self.fields["language"]


def _at_most(text: str) -> None:
    if len(text.replace("\r\n", "\n")) > MAX_TEXT:  # as the browser counts
        raise forms.ValidationError(
            _("This is longer than %(limit)s characters. Put the rest into a file."),
            params={"limit": MAX_TEXT},
        )


def step_form(step: Step) -> type[StepForm]:
    """The form of a step that has fields."""
    return cast(type[StepForm], forms.modelform_factory(Contribution, StepForm, fields=step.fields))


def missing(contribution: Contribution) -> Iterator[tuple[Step, Text]]:
    """What still has to be answered: the step, and what the field is called."""
    for step in STEPS:
        for name in step.fields:
            if name in REQUIRED and not str(getattr(contribution, name)).strip():
                field: Any = Contribution._meta.get_field(name)
                yield step, field.verbose_name
