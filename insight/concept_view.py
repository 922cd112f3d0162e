"""From a search to a concept there is: it is chosen, and its form opens with the label."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.snippets.widgets import AdminSnippetChooser

from glossary.models import Concept
from insight.access import may_see_searches
from insight.models import QueryCount
from insight.searches_report import concept_url


class ConceptChoiceForm(forms.Form):
    """The concept that the search is another name of."""

    concept = forms.ModelChoiceField(
        Concept.objects.with_labels(),
        label=gettext_lazy("Concept"),
        widget=AdminSnippetChooser(Concept),
    )


class ConceptChoiceView(WagtailAdminTemplateMixin, FormView):
    """Choose a concept; its form opens with the search as one more label, to be saved there."""

    template_name = "insight/admin/choose.html"
    page_title = gettext_lazy("Name of a concept")
    header_icon = "tag"
    form_class = ConceptChoiceForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may see searches and change concepts."""
        user = request.user
        if not (may_see_searches(user) and user.has_perm("glossary.change_concept")):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def row(self) -> QueryCount:
        """The search."""
        return get_object_or_404(QueryCount.objects.exclude(text=""), pk=self.kwargs["row"])

    def form_valid(self, form: ConceptChoiceForm) -> HttpResponse:
        """On to the concept's form."""
        return HttpResponseRedirect(concept_url(self.row, form.cleaned_data["concept"]))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the report."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("insight_searches"), "label": _("Searches")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page says, and its button."""
        text = _("Choose the concept that “%(text)s” is another name of.") % {"text": self.row.text}
        return super().get_context_data(**kwargs) | {"text": text, "button": _("Open the concept")}
