"""From a search without result: a name of a concept there is, or a translation to ask for."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminPageChooser
from wagtail.snippets.widgets import AdminSnippetChooser

from cms.labels import language_label
from glossary.models import Concept
from insight.access import may_see_searches
from insight.models import QueryCount
from insight.searches_report import concept_url
from publications.models import Edition
from translations.access import Translators
from translations.editor import board_url
from translations.requests import ask_for


class ConceptChoiceForm(forms.Form):
    """The concept that the search is another name of."""

    concept = forms.ModelChoiceField(
        Concept.objects.with_labels(),
        label=gettext_lazy("Concept"),
        widget=AdminSnippetChooser(Concept),
    )


class EditionChoiceForm(forms.Form):
    """The work that would have answered."""

    edition = forms.ModelChoiceField(
        Edition.objects.real(),
        label=gettext_lazy("Work"),
        widget=AdminPageChooser(target_models=[Edition]),
    )


class _FromSearchView(WagtailAdminTemplateMixin, FormView):
    """A page about one search, on which something is chosen."""

    template_name = "insight/admin/choose.html"
    header_icon = "search"
    text: ClassVar[str | Promise]
    button: ClassVar[str | Promise]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may see searches and do what the page is for."""
        if not (may_see_searches(request.user) and self.is_allowed(request.user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @staticmethod
    def is_allowed(user: Any) -> bool:
        """Whether a user may do what the page is for."""
        raise NotImplementedError

    @cached_property
    def row(self) -> QueryCount:
        """The search."""
        return get_object_or_404(QueryCount.objects.exclude(text=""), pk=self.kwargs["row"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the report."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("insight_searches"), "label": _("Searches")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page says, and its button."""
        names = {"text": self.row.text, "language": language_label(self.row.language)}
        context = {"text": str(self.text) % names, "button": self.button}
        return super().get_context_data(**kwargs) | context


class ConceptChoiceView(_FromSearchView):
    """Choose a concept; its form opens with the search as one more label, to be saved there."""

    page_title = gettext_lazy("Name of a concept")
    form_class = ConceptChoiceForm
    text = gettext_lazy("Choose the concept that “%(text)s” is another name of.")
    button = gettext_lazy("Open the concept")

    @staticmethod
    def is_allowed(user: Any) -> bool:
        """Whether a user may change concepts."""
        return bool(user.has_perm("glossary.change_concept"))

    def form_valid(self, form: ConceptChoiceForm) -> HttpResponse:
        """On to the concept's form."""
        return HttpResponseRedirect(concept_url(self.row, form.cleaned_data["concept"]))


class AskForTranslationView(_FromSearchView):
    """Choose the work that would have answered; its translation is asked for on the board."""

    page_title = gettext_lazy("Ask for a translation")
    form_class = EditionChoiceForm
    text = gettext_lazy(
        "Choose the work that would have answered “%(text)s”, in any language. Its translation "
        "into %(language)s is then asked for."
    )
    button = gettext_lazy("Ask for the translation")

    @staticmethod
    def is_allowed(user: Any) -> bool:
        """Whoever sees searches may ask."""
        return True

    def get_form(self, form_class: Any = None) -> EditionChoiceForm:
        """The form, for the works that this editor may see."""
        form: EditionChoiceForm = super().get_form(form_class)
        field = form.fields["edition"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Translators(self.request.user).visible_editions()
        return form

    def form_valid(self, form: EditionChoiceForm) -> HttpResponse:
        """Ask, and show the work on the board."""
        edition: Edition = form.cleaned_data["edition"]
        language = self.row.language
        there = Edition.objects.real().filter(work=edition.work, locale__language_code=language)
        if there.exists():
            form.add_error(
                "edition",
                _("This work is there in %(language)s already.")
                % {"language": language_label(language)},
            )
            return self.form_invalid(form)
        reason = _("Searched: “%(text)s”") % {"text": self.row.text}
        ask_for(edition.work, language, reason, self.request.user)
        text = _("Asked for a translation into %(language)s.")
        messages.success(self.request, text % {"language": language_label(language)})
        return HttpResponseRedirect(board_url(edition))
