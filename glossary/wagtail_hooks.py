"""The glossary in Wagtail's admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from glossary.models import Concept


class ConceptViewSet(SnippetViewSet):
    """Concepts with their labels in every language."""

    model = Concept
    icon = "tag"
    menu_label = _("Glossary")
    menu_name = "glossary"
    menu_order = 330
    add_to_admin_menu = True
    list_display = ["__str__", "slug", "broader", "is_theme"]
    list_filter = ["is_theme"]
    search_fields = ["slug", "labels__text"]


register_snippet(ConceptViewSet)
