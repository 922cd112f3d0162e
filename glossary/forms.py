"""The editors' form of a concept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.languages import BY_CODE


class ConceptForm(WagtailAdminModelForm):
    """A concept with its labels: one preferred label per language, and none twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "related" in self.fields:
            related = self.fields["related"]
            assert isinstance(related, forms.ModelMultipleChoiceField)
            related.queryset = related.queryset.with_labels()  # type: ignore[union-attr]

    def clean(self) -> dict[str, Any]:
        """Check what the labels say together, which no label knows by itself."""
        cleaned = super().clean() or self.cleaned_data
        labels = [form for form in self.formsets["labels"].forms if self._counts(form)]
        preferred: set[str] = set()
        texts: set[tuple[str, str]] = set()
        for form in labels:
            language = form.cleaned_data.get("language", "")
            text = " ".join(form.cleaned_data.get("text", "").split())
            if (language, text.casefold()) in texts:
                form.add_error("text", _("This label stands there already."))
            texts.add((language, text.casefold()))
            if form.cleaned_data.get("kind") != "preferred":
                continue
            if language in preferred:
                form.add_error(
                    "kind",
                    _("%(language)s has a preferred label already; make this an alternative.")
                    % {"language": BY_CODE[language].name},
                )
            preferred.add(language)
        if labels and not preferred:
            self.add_error(None, _("The concept has no preferred label in any language."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Store concept and labels; what is preferred no more makes room first."""
        if commit:
            demoted = [
                form.instance.pk
                for form in self.formsets["labels"].forms
                if form.instance.pk and {"kind", "language"} & set(form.changed_data)
            ]
            if demoted:
                labels = self.formsets["labels"].model.objects
                labels.filter(pk__in=demoted).update(kind="alternative")
        return super().save(commit=commit)

    @staticmethod
    def _counts(form: forms.ModelForm[Any]) -> bool:
        """Whether a label's form is filled in rightly and stays."""
        return (
            (form.has_changed() or bool(form.instance.pk))
            and form.is_valid()
            and not form.cleaned_data.get("DELETE")
        )
