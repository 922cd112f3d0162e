"""The publications app in Wagtail: guarding documents, editors' views of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter

from cms.reports import ReportMenuItem
from publications.access import Reader, may_read_document
from publications.admin_views import ReadingReport
from publications.completeness_report import CompletenessReport, completeness_home_panel
from publications.editor_access import may_edit_document
from publications.exchange_views import (
    ExportWorksView,
    ImportRunView,
    ImportWorksMenuItem,
    ImportWorksView,
)
from publications.facts import LABELS
from publications.joining import CannotJoin, check_rights, real_editions
from publications.joining_views import JoinView, SplitView
from publications.models import Edition, LibraryDocument
from publications.recognise_view import RecogniseView
from publications.versions_views import VersionsView, VersionView

ENTER_ADMIN = "wagtailadmin.access_admin"


@hooks.register("before_serve_document")
def guard_document(document: LibraryDocument, request: HttpRequest) -> None:
    """Wagtail's own address of a document obeys the same rules as ours.

    Its own check knows the collection only; ours adds publication, restrictions on pages, and
    embargoes. Editors may have what they may edit, which is not everything in the admin.
    """
    if request.user.has_perm(ENTER_ADMIN) and may_edit_document(document, request.user):
        return
    if not may_read_document(document, Reader.of(request.user)):
        raise Http404


class FactsChanged(LogFormatter):
    """Which facts of the work were published with a page."""

    label = _("Change facts")

    def format_message(self, log_entry: Any) -> str:
        """Name them, in the reader's language."""
        names = [str(LABELS[name]) for name in log_entry.data.get("facts", []) if name in LABELS]
        return gettext("Changed facts about the work: %(names)s") % {"names": ", ".join(names)}


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """The log of a page says which facts were published, and which kept from being overwritten."""
    actions.register_action("publications.facts_changed")(FactsChanged)
    actions.register_action(
        "publications.facts_kept",
        _("Keep newer facts"),
        _("Kept facts about the work that somebody else had published meanwhile"),
    )
    actions.register_action("publications.join", _("Join works"), _("Joined two works"))
    actions.register_action("publications.split", _("Split a work"), _("Split a work"))


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    """The report on files, and text recognition."""
    return [
        path("reports/files/", ReadingReport.as_view(), name="reading_report"),
        path(
            "reports/files/results/",
            ReadingReport.as_view(results_only=True),
            name="reading_report_results",
        ),
        path("reports/completeness/", CompletenessReport.as_view(), name="completeness_report"),
        path(
            "reports/completeness/results/",
            CompletenessReport.as_view(results_only=True),
            name="completeness_report_results",
        ),
        path("files/<int:document>/versions/", VersionsView.as_view(), name="file_versions"),
        path("files/versions/<int:version>/", VersionView.as_view(), name="file_version"),
        path("works/<int:work>/join/", JoinView.as_view(), name="join_works"),
        path("works/<int:work>/split/", SplitView.as_view(), name="split_work"),
        path("works/import/", ImportWorksView.as_view(), name="import_works"),
        path("works/import/<uuid:run>/", ImportRunView.as_view(), name="import_run"),
        path("works/export/<slug:format_>/", ExportWorksView.as_view(), name="export_works"),
        path("files/<int:document>/recognise/", RecogniseView.as_view(), name="recognise_document"),
    ]


@hooks.register("register_reports_menu_item")
def register_report() -> MenuItem:
    """The report's place in the menu."""
    return ReportMenuItem(
        _("Reading of files"),
        reverse("reading_report"),
        model=LibraryDocument,
        actions=ReadingReport.any_permission_required,
        icon_name="doc-full",
        order=50,
    )


@hooks.register("register_reports_menu_item")
def register_completeness_report() -> MenuItem:
    """The report's place in the menu."""
    return ReportMenuItem(
        _("Completeness of works"),
        reverse("completeness_report"),
        actions=CompletenessReport.any_permission_required,
        icon_name="check",
        order=60,
    )


@hooks.register("construct_homepage_panels")
def add_home_panels(request: HttpRequest, panels: list[Any]) -> None:
    """The least complete works of the editor."""
    panels.append(completeness_home_panel(request.user))


@hooks.register("register_admin_menu_item")
def register_import() -> MenuItem:
    """The place of import and export in the menu."""
    return ImportWorksMenuItem(
        _("Import works"), reverse("import_works"), icon_name="upload", order=340
    )


@hooks.register("register_page_header_buttons")
def add_join_and_split(
    page: Any, user: Any, view_name: str, next_url: str = ""
) -> Iterator[Button]:
    """Joining and splitting, in the menu of an edition's page."""
    edition = page.specific
    if not isinstance(edition, Edition) or edition.alias_of_id or not edition.work_id:
        return
    editions = real_editions(edition.work)
    try:
        check_rights(user, editions)
    except CannotJoin:
        return
    work = [edition.work_id]
    yield Button(
        _("Join with another work"),
        url=reverse("join_works", args=work),
        icon_name="link",
        priority=80,
    )
    if len(editions) > 1:
        yield Button(
            _("Split this work"),
            url=reverse("split_work", args=work),
            icon_name="cut",
            priority=85,
        )
