"""Editors' pages for bringing the glossary in and out as files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from glossary.exchange.run import (
    ENDINGS,
    MAX_BYTES,
    STATUSES,
    Outcome,
    Report,
    export_concepts,
    import_concepts,
)
from glossary.models import Concept, GlossaryUpload

SHOWN_ROWS = 300
"""Rows of a report that the page shows; the most important ones come first."""

KEPT = timedelta(days=1)
"""How long an uploaded file waits to be confirmed."""

EXPORTS = {
    "csv": (".csv", "text/csv; charset=utf-8", gettext_lazy("CSV, for spreadsheets")),
    "turtle": (".ttl", "text/turtle; charset=utf-8", "SKOS, Turtle"),
    "rdf-xml": (".rdf", "application/rdf+xml", "SKOS, RDF/XML"),
    "json-ld": (".jsonld", "application/ld+json", "SKOS, JSON-LD"),
}
"""Per format: the ending of the file, its media type, and what editors read."""

CONCEPTS = "wagtailsnippets_glossary_concept:list"

_IMPORTANT = {"wrong": 0, "changed": 1, "new": 2, "same": 4}


class UploadForm(forms.Form):
    """A file of concepts."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV with the columns of an export, or SKOS as Turtle, RDF/XML or JSON-LD."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def clean_file(self) -> UploadedFile:
        """Refuse at once what is too large or of no known kind."""
        file: UploadedFile = self.cleaned_data["file"]
        if PurePath(file.name or "").suffix.lower() not in ENDINGS:
            raise forms.ValidationError(
                _("The name of the file must end in %(endings)s.") % {"endings": ", ".join(ENDINGS)}
            )
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s.") % {"limit": filesizeformat(MAX_BYTES)}
            )
        return file


def may_import(user: Any) -> bool:
    """Whether somebody may add and change every concept, as an import does."""
    return user.has_perms(["glossary.add_concept", "glossary.change_concept"])


class _ExchangeView(WagtailAdminTemplateMixin, View):
    """What the pages have in common; importing needs the right to add and to change."""

    header_icon = "tag"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may import."""
        if not may_import(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the list of concepts."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(CONCEPTS), "label": _("Concepts")},
            {"url": "", "label": self.get_page_title()},
        ]


class ImportView(_ExchangeView, FormView):
    """Upload a file of concepts, or take the glossary away as one."""

    template_name = "glossary/admin/import.html"
    page_title = gettext_lazy("Import and export")
    form_class = UploadForm

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Keep the file and show what it would change."""
        file, owner = form.cleaned_data["file"], cast(int, self.request.user.pk)
        old = GlossaryUpload.objects.filter(created_at__lt=timezone.now() - KEPT)
        (old | GlossaryUpload.objects.filter(owner_id=owner)).delete()
        upload = GlossaryUpload.objects.create(
            owner_id=owner, name=PurePath(file.name).name[-255:], data=file.read()
        )
        return redirect("glossary_import_report", upload.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The formats of an export."""
        exports = {name: label for name, (_ending, _type, label) in EXPORTS.items()}
        return super().get_context_data(**kwargs, exports=exports)


class ImportReportView(_ExchangeView, TemplateView):
    """What an uploaded file would change, row by row; confirming it stores the file."""

    template_name = "glossary/admin/import_report.html"
    page_title = gettext_lazy("What the file would change")
    report: Report | None = None

    @cached_property
    def upload(self) -> GlossaryUpload:
        """The file, which only who uploaded it may see."""
        identifier: UUID = self.kwargs["upload"]
        return get_object_or_404(GlossaryUpload, pk=identifier, owner_id=self.request.user.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The report of a dry run, made again each time: the glossary may have changed."""
        report = self.report or self._import(dry_run=True)
        outcomes = sorted(report.outcomes, key=_importance)
        return super().get_context_data(**kwargs) | {
            "upload": self.upload,
            "report": report,
            "rows": outcomes[:SHOWN_ROWS],
            "hidden": max(len(outcomes) - SHOWN_ROWS, 0),
            "counts": [(str(text), report.counts[status]) for status, text in STATUSES.items()],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Store the file, if nothing is wrong with it by now."""
        self.report = report = self._import(dry_run=False)
        if not report.stored:
            return self.render_to_response(self.get_context_data(**kwargs))
        self._log(report)
        self.upload.delete()
        counts = report.counts
        messages.success(
            request,
            _("The file is stored. New concepts: %(new)s; changed: %(changed)s.")
            % {"new": counts["new"], "changed": counts["changed"]},
        )
        return HttpResponseRedirect(reverse(CONCEPTS))

    def _log(self, report: Report) -> None:
        """Note in the history of each concept who imported it."""
        actions = {"new": "wagtail.create", "changed": "wagtail.edit"}
        concepts = Concept.objects.with_labels().in_bulk(field_name="slug")
        for outcome in report.outcomes:
            if (action := actions.get(outcome.status)) and outcome.slug in concepts:
                log(concepts[outcome.slug], action, user=cast(User, self.request.user))

    def _import(self, *, dry_run: bool) -> Report:
        return import_concepts(self.upload.name, bytes(self.upload.data), dry_run=dry_run)


class ExportView(PermissionCheckedMixin, View):
    """The whole glossary as a file."""

    model = Concept
    any_permission_required = ("add", "change", "delete", "view")

    def get(self, request: HttpRequest, format_: str) -> HttpResponse:
        """The file, to be saved."""
        if format_ not in EXPORTS:
            raise Http404
        ending, media_type, _label = EXPORTS[format_]
        name = f"glossary-{timezone.localdate():%Y-%m-%d}{ending}"
        return HttpResponse(
            export_concepts(ending),
            content_type=media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _importance(outcome: Outcome) -> int:
    """What is wrong comes first, then what changes, then what is remarked."""
    order = _IMPORTANT[outcome.status]
    return 3 if outcome.status == "same" and outcome.remarks else order
