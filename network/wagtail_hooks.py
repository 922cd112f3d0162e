"""The network in Wagtail's admin: one menu group of snippets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from network.models import Activity, Country, Organisation, Place


class OrganisationViewSet(SnippetViewSet):
    """Municipalities, unions, associations and partners."""

    model = Organisation
    icon = "group"
    list_display = ["__str__", "kind", "country", "parent"]
    list_filter = ["kind", "country"]
    search_fields = ["slug", "names", "acronyms"]


class ActivityViewSet(SnippetViewSet):
    """What the network does, at four levels."""

    model = Activity
    icon = "calendar"
    list_display = ["__str__", "level", Column("date_display", label=_("Date")), "country"]
    list_filter = ["level", "country"]
    search_fields = ["slug", "titles"]


class PlaceViewSet(SnippetViewSet):
    """Places, with their approximate or exact position."""

    model = Place
    icon = "site"
    list_display = ["__str__", "country", "coordinate_precision"]
    list_filter = ["country"]
    search_fields = ["slug", "names"]


class CountryViewSet(SnippetViewSet):
    """Countries."""

    model = Country
    icon = "globe"
    list_display = ["__str__", "code"]


class NetworkViewSetGroup(SnippetViewSetGroup):
    """The menu entry."""

    items = (OrganisationViewSet, ActivityViewSet, PlaceViewSet, CountryViewSet)
    menu_icon = "group"
    menu_label = _("Network")
    menu_name = "network"
    menu_order = 320


register_snippet(NetworkViewSetGroup)
