"""Editors' pages that bring works in as an archive, and the catalogue out."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from publications.editable import editable_editions
from publications.exchange.exporting import catalogue_table, write_archive
from publications.exchange.runs import sections_to_import_into
from publications.models import ImportRun, SectionPage

UPLOADS = (".zip", ".csv", ".xlsx")
EXPORTS = {
    "zip": ("application/zip", gettext_lazy("ZIP with files and covers")),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    "csv": ("text/csv; charset=utf-8", "CSV"),
}
SHOWN_ROWS = 500
STATUSES = {
    "refused": gettext_lazy("Refused"),
    "imported": gettext_lazy("Imported"),
    "skipped": gettext_lazy("Skipped"),
}
"""What became of a row; the most important ones first."""

WHEN_CHECKED = {"imported": gettext_lazy("Can be imported")}
"""What is said instead while nothing is stored."""


def may_exchange(user: Any) -> bool:
    """Whether somebody may bring works in or out: whoever may add to a section."""
    return user.has_perm("wagtailadmin.access_admin") and bool(sections_to_import_into(user))


class ImportWorksMenuItem(MenuItem):
    """The way to the import, for those who may import."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this editor may import."""
        return may_exchange(request.user)


class UploadForm(forms.Form):
    """An archive of works."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A ZIP with files and a table of what they are (works.csv or works.xlsx), or one that "
            "was exported here."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(UPLOADS)}),
    )
    section = forms.ModelChoiceField(
        SectionPage.objects.none(),
        label=gettext_lazy("Section"),
        help_text=gettext_lazy("An exported ZIP names its sections itself."),
    )
    publish = forms.BooleanField(
        label=gettext_lazy("Publish at once"),
        required=False,
        help_text=gettext_lazy("Otherwise each work is a draft."),
    )

    def __init__(self, *args: Any, sections: list[SectionPage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["section"])
        field.queryset = SectionPage.objects.filter(pk__in=[page.pk for page in sections])

    def clean_file(self) -> UploadedFile:
        """Refuse at once what is of no known kind."""
        file: UploadedFile = self.cleaned_data["file"]
        if PurePath(file.name or "").suffix.lower() not in UPLOADS:
            raise forms.ValidationError(
                _("The name of the file must end in %(endings)s.") % {"endings": ", ".join(UPLOADS)}
            )
        return file


class _ExchangeView(WagtailAdminTemplateMixin, View):
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may import."""
        if not may_exchange(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ImportWorksView(_ExchangeView, FormView):
    """Upload an archive, see one's imports, or take the catalogue away."""

    template_name = "publications/admin/import.html"
    page_title = gettext_lazy("Import works")
    form_class = UploadForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The sections that the editor may choose from."""
        sections = sections_to_import_into(self.request.user)
        return super().get_form_kwargs() | {"sections": sections}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the home page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Keep the file and let the worker check it."""
        data = form.cleaned_data
        run = ImportRun.objects.create(
            owner_id=cast(int, self.request.user.pk),
            name=PurePath(data["file"].name).name[-255:],
            archive=data["file"],
            section=data["section"],
            publish=data["publish"],
            language=get_language() or "",
        )
        _enqueue(run)
        return redirect("import_run", run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The editor's imports and the formats of an export."""
        runs = ImportRun.objects.filter(owner_id=self.request.user.pk)[:20]
        exports = {name: label for name, (_type, label) in EXPORTS.items()}
        return super().get_context_data(**kwargs) | {"runs": runs, "exports": exports}


class ImportRunView(_ExchangeView, TemplateView):
    """How far an import is, and what became of each row; confirming a checked one stores it."""

    template_name = "publications/admin/import_run.html"
    page_title = gettext_lazy("Import works")

    @cached_property
    def run(self) -> ImportRun:
        """The import, which only who uploaded it may see."""
        key: UUID = self.kwargs["run"]
        return get_object_or_404(ImportRun, pk=key, owner_id=self.request.user.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let the worker store what was checked."""
        state = ImportRun.State
        rows = ImportRun.objects.filter(pk=self.run.pk, state=state.CHECKED)
        if rows.update(state=state.TO_IMPORT, done=0):
            _enqueue(self.run)
        return redirect("import_run", self.run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The counts and the rows, the refused ones first."""
        order = list(STATUSES)
        outcomes = sorted(self.run.outcomes, key=lambda row: order.index(row["status"]))
        counts = Counter(row["status"] for row in outcomes)
        checked = self.run.state == ImportRun.State.CHECKED
        texts = STATUSES | (WHEN_CHECKED if checked else {})
        urls = self._edit_urls(outcomes[:SHOWN_ROWS])
        rows = [
            row
            | {
                "status_text": texts[row["status"]],
                "url": urls.get((row["work"], row["language"])),
            }
            for row in outcomes[:SHOWN_ROWS]
        ]
        return super().get_context_data(**kwargs) | {
            "run": self.run,
            "rows": rows,
            "hidden": max(len(outcomes) - SHOWN_ROWS, 0),
            "counts": [(text, counts[status]) for status, text in texts.items()],
            "may_store": checked and counts["imported"],
            "must_correct": checked and counts["refused"] and not counts["imported"],
            "all_there": checked and not counts["refused"] and not counts["imported"],
        }

    def _edit_urls(self, outcomes: list[dict[str, Any]]) -> dict[tuple[int, str], str]:
        """Where the editions that rows became can be changed, by work and language."""
        works = {row["work"] for row in outcomes if row["work"]}
        editions = editable_editions(self.request.user).filter(work__in=works)
        keys = editions.values_list("work_id", "locale__language_code", "pk")
        return {
            (work, language): reverse("wagtailadmin_pages:edit", args=[key])
            for work, language, key in keys
        }

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the upload."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("import_works"), "label": self.get_page_title()},
            {"url": "", "label": self.run.name},
        ]


class ExportWorksView(_ExchangeView):
    """The works that an editor may change, as a table or an archive."""

    def get(self, request: HttpRequest, format_: str) -> HttpResponseBase:
        """The file, to be saved."""
        if format_ not in EXPORTS:
            raise Http404
        media_type, _label = EXPORTS[format_]
        editions = editable_editions(request.user)
        out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        if format_ == "zip":
            write_archive(out, editions)
        else:
            out.write(catalogue_table(editions, f".{format_}"))
        out.seek(0)
        name = f"works-{timezone.localdate():%Y-%m-%d}.{format_}"
        return FileResponse(out, as_attachment=True, filename=name, content_type=media_type)


def _enqueue(run: ImportRun) -> None:
    from publications.tasks import run_import

    transaction.on_commit(lambda: run_import.enqueue(str(run.pk)))
