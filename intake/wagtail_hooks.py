"""The intake in Wagtail's admin: its pages, its menu item, what waits on the editors' home."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.panels import ListPanel, Row
from intake.places import open_sections, waiting_files
from intake.views import AddFilesView, BatchView, CoverView, ReviewView

SHOWN = 5


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    """Adding files, a batch, a review."""
    return [
        path("intake/", AddFilesView.as_view(), name="intake_add"),
        path("intake/<uuid:batch>/", BatchView.as_view(), name="intake_batch"),
        path("intake/<uuid:batch>/works/<uuid:work>/", ReviewView.as_view(), name="intake_review"),
        path("intake/<uuid:batch>/covers/<int:file>/", CoverView.as_view(), name="intake_cover"),
    ]


class AddFilesMenuItem(MenuItem):
    """The way to the upload, for those who may bring files into a section."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether some section is open to this editor."""
        return bool(open_sections(request.user))


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    """In the main menu, above the pages."""
    return AddFilesMenuItem(
        _("Add files"), reverse("intake_add"), name="add-files", icon_name="upload", order=90
    )


@hooks.register("construct_homepage_panels")
def show_waiting_files(request: HttpRequest, panels: list[Any]) -> None:
    """Files that were read and wait for this editor."""
    waiting = waiting_files(request.user)
    rows = [
        Row(file.name, reverse("intake_review", args=[file.batch_id, file.work_key]))
        for file in waiting[:SHOWN]
    ]
    panels.append(
        ListPanel(
            "incoming-files",
            _("Files that wait for you to look at them"),
            rows,
            order=110,
            total=waiting.count(),
            url=reverse("intake_add"),
        )
    )
