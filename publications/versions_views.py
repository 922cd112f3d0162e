"""Earlier versions of a file, for those who may change it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from publications.models import FileVersion, LibraryDocument
from publications.recognise_view import may_change_document


class VersionsView(WagtailAdminTemplateMixin, TemplateView):
    """The files that a document had before."""

    template_name = "publications/admin/versions.html"
    page_title = gettext_lazy("Earlier versions")
    header_icon = "history"

    @cached_property
    def document(self) -> LibraryDocument:
        """The document; refused to those who may not change it."""
        document = get_object_or_404(LibraryDocument, pk=self.kwargs["document"])
        if not may_change_document(self.request.user, document):
            raise PermissionDenied
        return document

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The document and its versions, the newest first."""
        versions = self.document.versions.all()
        extra = {"document": self.document, "versions": versions}
        return super().get_context_data(**kwargs) | extra


class VersionView(View):
    """One earlier file, to be saved."""

    def get(self, request: HttpRequest, version: int) -> FileResponse:
        """Send it as an attachment, whatever it is."""
        row = get_object_or_404(FileVersion.objects.select_related("document"), pk=version)
        if not may_change_document(request.user, row.document):
            raise PermissionDenied
        content = row.file.storage.open(str(row.file.name), "rb")
        return FileResponse(content, as_attachment=True, filename=row.name)
