"""The site's texts in Wagtail's admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from home.models import SiteTexts


class SiteTextsViewSet(SnippetViewSet):
    """Name, footer and notice per locale."""

    model = SiteTexts
    icon = "doc-empty"
    menu_label = _("Site texts")
    add_to_settings_menu = True


register_snippet(SiteTextsViewSet)
