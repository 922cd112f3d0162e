"""The editors' way to text recognition: one click, or a form that asks for the languages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from cms.languages import LANGUAGES
from publications.models import LibraryDocument, Reading
from publications.ocr import (
    CannotRecognise,
    ask_for_recognition,
    may_be_recognised,
    what_is_missing,
)


def may_change_document(user: Any, document: LibraryDocument) -> bool:
    """Whether somebody may change a file."""
    policy = policy_registry.get_by_type(LibraryDocument)
    return bool(policy.user_has_permission_for_instance(user, "change", document))


def mark_recognisable(reading: Reading, user: Any) -> None:
    """Say for a template whether this editor may have the text of a file recognised."""
    allowed = may_be_recognised(reading) and may_change_document(user, reading.document)
    reading.may_recognise = allowed  # type: ignore[attr-defined]


class LanguagesForm(forms.Form):
    """In which languages the pages are."""

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages of the pages"),
        choices=[(language.code, language.name) for language in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Without a choice the language is recognised from the pages."),
    )


class RecogniseView(WagtailAdminTemplateMixin, FormView):
    """Have a scan's text recognised; a post without a choice recognises the languages too."""

    template_name = "publications/admin/recognise.html"
    page_title = gettext_lazy("Recognise the text of a scan")
    header_icon = "doc-full"
    form_class = LanguagesForm

    @cached_property
    def document(self) -> LibraryDocument:
        """The file; refused to those who may not change it."""
        documents = LibraryDocument.objects.select_related("reading")
        document = get_object_or_404(documents, pk=self.kwargs["document"], reading__isnull=False)
        if not may_change_document(self.request.user, document):
            raise PermissionDenied
        return document

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the languages."""
        return self.render_to_response(self.get_context_data(document=self.document))

    def form_valid(self, form: LanguagesForm) -> HttpResponse:
        """Let the worker begin, and go back to where the editor was."""
        try:
            ask_for_recognition(self.document.reading, form.cleaned_data["languages"])
        except CannotRecognise as reason:
            messages.error(self.request, str(reason))
        else:
            text = _(
                "The text of “%(title)s” is being recognised. Each page can be searched when "
                "it is done."
            )
            messages.success(self.request, text % {"title": self.document.title})
        return redirect(self._next(self.request.POST.get("next", "")))

    def _next(self, url: str) -> str:
        host = {self.request.get_host()}
        safe = url_has_allowed_host_and_scheme(url, host, require_https=self.request.is_secure())
        return url if safe else reverse("reading_report")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is missing for it, if anything, and where to go afterwards."""
        back = self._next(self.request.headers.get("Referer", ""))
        extra = {"document": self.document, "missing": what_is_missing(), "next": back}
        return super().get_context_data(**kwargs) | extra

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the report on files."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("reading_report"), "label": _("Reading of files")},
            {"url": "", "label": self.get_page_title()},
        ]
