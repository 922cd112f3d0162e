"""The pages above the works: the library, and one section per publishing organisation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page

from cms.labels import in_order
from cms.pages import build_pages
from network.models import Organisation


class LibraryPage(Page):
    """The library of one locale; the same under every locale root."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "publications/library_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["publications.SectionPage"]
    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("library")
        verbose_name_plural = _("libraries")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the sections that have works in this language."""
        context = super().get_context(request, *args, **kwargs)
        sections = SectionPage.objects.child_of(self).live().filter(numchild__gt=0)
        language = self.locale.language_code
        context["sections"] = in_order(sections, lambda section: section.title, language)
        return context


class SectionPage(Page):
    """What one organisation publishes, in one locale. Its editors' permissions hang on it."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sections",
        verbose_name=_("organisation"),
        help_text=_("Empty for works whose publisher is not known."),
    )
    is_demonstration = models.BooleanField(
        _("demonstration"), default=False, help_text=_("Works here are marked as demonstration.")
    )

    template = "publications/section_page.html"
    parent_page_types: ClassVar[list[str]] = ["publications.LibraryPage"]
    subpage_types: ClassVar[list[str]] = [
        "publications.Publication",
        "publications.GoodPractice",
        "publications.Guidance",
    ]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("organisation"),
        FieldPanel("is_demonstration"),
    ]

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add a page of the section's works in this language that this reader may see."""
        from publications.access import Reader
        from publications.listing import list_works

        context = super().get_context(request, *args, **kwargs)
        editions = list_works(self, Reader.of(request.user), request.GET.get("page", ""))

        def address(number: int) -> str:
            return f"{self.get_url(request)}?page={number}" if number > 1 else self.get_url(request)

        context["editions"] = editions
        context["pages"] = build_pages(editions.number, editions.paginator.num_pages, address)
        return context
