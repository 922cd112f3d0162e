"""Choosing a concept in a form: by any of its labels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet

from glossary.models import Concept


class ConceptFilterForm(BaseFilterForm):
    """What is typed into the chooser."""

    q = forms.CharField(
        label=_("Label or identifier"),
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def filter(self, objects: QuerySet[Concept]) -> QuerySet[Concept]:
        """The concepts with a label or an identifier that holds it, each once."""
        objects = super().filter(objects)
        if typed := self.cleaned_data.get("q"):
            self.is_searching, self.search_query = True, typed
            named = Q(labels__text__icontains=typed) | Q(slug__icontains=typed)
            objects = objects.filter(named).distinct()
        return objects


class _Concepts:
    """Concepts with the labels that name them."""

    filter_form_class: Any = ConceptFilterForm

    def get_object_list(self) -> QuerySet[Concept]:
        """All of them, in the order of their identifiers."""
        return Concept.objects.with_labels()


class ConceptChooseView(_Concepts, ChooseView):
    """The chooser."""


class ConceptChooseResultsView(_Concepts, ChooseResultsView):
    """Its results, while one types."""


class ConceptChooserViewSet(SnippetChooserViewSet):
    """The chooser's views."""

    choose_view_class = ConceptChooseView
    choose_results_view_class = ConceptChooseResultsView
