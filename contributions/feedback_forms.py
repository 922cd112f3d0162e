"""The forms that readers without an account fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_QUESTION = 3000
MAX_NOTE = 1000


class TrappedForm(forms.Form):
    """A form with a field that people do not see and programs fill in."""

    template_name = "contributions/includes/form.html"

    website = forms.CharField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def is_trapped(self) -> bool:
        """Whether a program filled it in."""
        return bool(self.cleaned_data.get("website"))


def _text(label: Any, limit: int, rows: int) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, max_length=limit, widget=widget)


class QuestionForm(TrappedForm):
    """Who asks, where the answer goes, and the question."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The editors answer to it. It is shown to nobody else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    text = _text(_("Your question"), MAX_QUESTION, 8)

    field_order = ("name", "email", "text", "website")

    def clean_name(self) -> str:
        """A name is one line: it stands in a mail's subject."""
        return " ".join(str(self.cleaned_data["name"]).split())


class NoteForm(TrappedForm):
    """A few words about a page."""

    text = _text(_("What helped, or what was missing?"), MAX_NOTE, 4)

    field_order = ("text", "website")
