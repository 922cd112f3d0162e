"""A field for short texts that exist once per language, such as the name of a municipality.

Stored as a JSON object ``{language code: text}``; edited as one input per language of the
registry, so a new language needs no migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import get_language

from cms.languages import DEFAULT_LANGUAGE, LANGUAGES, Language

Names = dict[str, str]


class Name(str):
    """A name that knows which language it is in; empty where that is not known.

    An ordinary text otherwise. A page says the language where it is not its own (the filters
    ``named`` and ``lang_dir``); what is made of a name, joined or cut, is ordinary text again.
    """

    __slots__ = ("language",)

    language: str

    def __new__(cls, text: str = "", language: str = "") -> Name:
        """A text in a language."""
        name = super().__new__(cls, text)
        name.language = language
        return name

    def __str__(self) -> str:
        """Itself: Python would make a plain text of it."""
        return self


def name_in(names: Mapping[str, str], language: str | None = None) -> Name:
    """The name in a language (the active one by default), or the nearest there is.

    Falls back to English, then to any language, then to an empty text.
    """
    for code in (language or get_language() or DEFAULT_LANGUAGE, DEFAULT_LANGUAGE):
        if names.get(code):
            return Name(names[code], code)
    return next((Name(name, code) for code, name in names.items() if name), Name())


class NamesWidget(forms.MultiWidget):
    """One labelled text input per language, in the language's own direction."""

    template_name = "cms/widgets/names.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, long: bool = False) -> None:
        widget = forms.Textarea if long else forms.TextInput
        super().__init__({language.code: widget() for language in LANGUAGES}, attrs)

    def decompress(self, value: Any) -> list[str]:
        """Spread the stored object over the inputs."""
        names = value if isinstance(value, dict) else {}
        return [names.get(language.code, "") for language in LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give each input its language's name and direction."""
        context = super().get_context(name, value, attrs)
        for language, sub in zip(LANGUAGES, context["widget"]["subwidgets"], strict=True):
            sub["language"] = language
            sub["attrs"] |= {
                "lang": language.code,
                "dir": language.direction,
                "aria-label": language.name,
            }
            if sub.get("type") != "text":
                sub["attrs"]["rows"] = 2
        return context


class NamesFormField(forms.MultiValueField):
    """A text per language; required means at least one of them."""

    def __init__(self, *, long: bool = False, max_length: int | None = None, **kwargs: Any) -> None:
        for unused in ("encoder", "decoder"):
            kwargs.pop(unused, None)
        fields = [self._input(language, max_length) for language in LANGUAGES]
        kwargs.setdefault("widget", NamesWidget(long=long))
        super().__init__(fields, require_all_fields=False, **kwargs)

    @staticmethod
    def _input(language: Language, max_length: int | None) -> forms.CharField:
        return forms.CharField(label=language.name, required=False, max_length=max_length)

    def compress(self, data_list: list[str]) -> Names:
        """Gather the inputs, leaving out empty ones."""
        pairs = zip(LANGUAGES, data_list or [], strict=False)
        return {language.code: text for language, text in pairs if text}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether any language's text differs from what was stored."""
        before = initial if isinstance(initial, list) else self.widget.decompress(initial)
        return [text or "" for text in before] != [text or "" for text in data or []]


class NamesField(models.JSONField):
    """A text per language, in the database."""

    def __init__(self, *args: Any, long: bool = False, **kwargs: Any) -> None:
        self.long = long
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """One input per language."""
        return NamesFormField(
            required=not self.blank,
            label=self.verbose_name,
            help_text=self.help_text,
            long=self.long,
        )
