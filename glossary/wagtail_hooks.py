"""The glossary in Wagtail's admin: concepts, and the pages that bring them in and out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    IndexView,
    SnippetViewSet,
    SnippetViewSetGroup,
)

from cms.languages import BY_CODE
from glossary.admin_views import EXPORTS, ExportView, ImportReportView, ImportView, may_import
from glossary.choosers import ConceptChooserViewSet
from glossary.models import Concept, Label


class ConceptIndexView(IndexView):
    """The list of concepts, with the ways in and out."""

    def search_queryset(self, queryset: QuerySet[Concept]) -> QuerySet[Concept]:
        """A concept is listed once, however many of its labels hold what was typed."""
        return super().search_queryset(queryset).distinct()

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The formats of an export, and the import."""
        buttons = [
            Button(
                _("Export: %(format)s") % {"format": label},
                url=reverse("glossary_export", args=[name]),
                icon_name="download",
                priority=100 + number,
            )
            for number, (name, (_ending, _type, label)) in enumerate(EXPORTS.items())
        ]
        if may_import(self.request.user):
            url = reverse("glossary_import")
            buttons.append(Button(_("Import"), url=url, icon_name="upload", priority=50))
        return [*super().header_more_buttons, *buttons]


class ConceptCreateView(CreateView):
    """The form of a new concept; ``?label=&language=`` is filled in as its first label."""

    def get_initial_form_instance(self) -> Concept | None:
        """A concept that has the label of the address."""
        label = label_of_address(self.request)
        if label is None:
            return super().get_initial_form_instance()
        concept = Concept(slug=slugify(label.text)[:100])
        concept.labels = [label]
        return concept


class ConceptEditView(EditView):
    """The form of a concept; ``?label=&language=`` is filled in as one more alternative."""

    def get_object(self, *args: Any, **kwargs: Any) -> Concept:
        """The concept, in the form with the label of the address as well."""
        concept: Concept = super().get_object(*args, **kwargs)
        label = label_of_address(self.request)
        if label is not None and self.request.method == "GET":
            label.kind = Label.Kind.ALTERNATIVE
            concept.labels.add(label)
        return concept


def label_of_address(request: HttpRequest) -> Label | None:
    """The label that an address suggests, not stored."""
    text, language = request.GET.get("label", "").strip(), request.GET.get("language", "")
    if not text or language not in BY_CODE:
        return None
    return Label(text=text[:255], language=language, kind=Label.Kind.PREFERRED)


class ConceptViewSet(SnippetViewSet):
    """Concepts with their labels in every language."""

    model = Concept
    icon = "tag"
    menu_label = gettext_lazy("Concepts")
    index_view_class = ConceptIndexView
    add_view_class = ConceptCreateView
    edit_view_class = ConceptEditView
    chooser_viewset_class = ConceptChooserViewSet
    list_display = [
        "__str__",
        "slug",
        "broader",
        BooleanColumn("is_theme", label=gettext_lazy("Theme"), sort_key="is_theme"),
    ]
    list_filter = ["is_theme"]
    search_fields = ["slug", "labels__text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Concept]:
        """The concepts with the labels that name them and what is above them."""
        return Concept.objects.select_related("broader").prefetch_related(
            "labels", "broader__labels"
        )


class ImportMenuItem(MenuItem):
    """The way to the import, for those who may import."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this editor may import."""
        return may_import(request.user)


class GlossaryViewSetGroup(SnippetViewSetGroup):
    """The menu entry."""

    items = (ConceptViewSet,)
    menu_icon = "tag"
    menu_label = gettext_lazy("Glossary")
    menu_name = "glossary"
    menu_order = 330

    def get_submenu_items(self) -> list[MenuItem]:
        """Concepts, and below them import and export."""
        url = reverse("glossary_import")
        item = ImportMenuItem(gettext_lazy("Import and export"), url, icon_name="upload", order=100)
        return [*super().get_submenu_items(), item]


register_snippet(GlossaryViewSetGroup)


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    """Import and export."""
    return [
        path("glossary/import/", ImportView.as_view(), name="glossary_import"),
        path(
            "glossary/import/<uuid:upload>/",
            ImportReportView.as_view(),
            name="glossary_import_report",
        ),
        path("glossary/export/<slug:format_>/", ExportView.as_view(), name="glossary_export"),
    ]


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def warn_of_shared_labels(request: HttpRequest, instance: Any) -> None:
    """Tell an editor which labels name other concepts too: a search finds them all."""
    if not isinstance(instance, Concept):
        return
    same = Q()
    for language, text in instance.labels.values_list("language", "text"):
        same |= Q(language=language, text__iexact=text)
    shared = Label.objects.filter(same).exclude(concept=instance) if same else Label.objects.none()
    for label in shared.select_related("concept")[:5]:
        messages.warning(
            request,
            _("“%(text)s” (%(language)s) is a label of %(concepts)s too.")
            % {
                "text": label.text,
                "language": BY_CODE[label.language].name,
                "concepts": label.concept.slug,
            },
        )
