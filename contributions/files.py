"""Files of a contribution: checked as editors' uploads are, kept in the union's collection."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import get_document_form

from contributions.models import Contribution, ContributionFile
from publications.messages import ALLOWED_TYPES
from publications.models import LibraryDocument
from publications.moving import give_to_union, union_collection

MAX_FILES = 10
ENDINGS = ".pdf,.docx,.pptx,.odt,.html,.htm,.txt,.md"


class FileForm(forms.Form):
    """One file with a title. What editors' form refuses is refused here, in its words."""

    template_name = "contributions/includes/form.html"
    contribution: Contribution

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
    )
    title = forms.CharField(
        label=_("What it is called"),
        max_length=255,
        required=False,
        help_text=_("Left empty, it is called like the file."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Filled in for each reader: where the class is made, it would be English for all.
        types = _("One of these types: %(types)s.") % {"types": ALLOWED_TYPES}
        self.fields["file"].help_text = types

    def clean(self) -> dict[str, Any]:
        """Check the file by the form that editors upload with."""
        cleaned: dict[str, Any] = super().clean() or {}
        upload = cleaned.get("file")
        if upload is None:
            return cleaned
        if self.contribution.files.count() >= MAX_FILES:
            raise forms.ValidationError(_("There are ten files already."))
        form = self._editors_form(upload, cleaned.get("title") or PurePath(upload.name).stem)
        if not form.is_valid():
            for messages in form.errors.values():
                self.add_error("file", list(messages))
        else:
            self.document: LibraryDocument = form.save(commit=False)
        return cleaned

    def _editors_form(self, upload: Any, title: str) -> Any:
        collection = union_collection(self.contribution.organisation)
        data = {"title": title, "collection": str(collection.pk), "tags": ""}
        document = LibraryDocument(uploaded_by_user=self.contribution.author, collection=collection)
        return get_document_form(LibraryDocument)(data, {"file": upload}, instance=document)


@transaction.atomic
def add_file(contribution: Contribution, document: LibraryDocument) -> ContributionFile:
    """Keep a checked file with its contribution."""
    document.save()
    return ContributionFile.objects.create(contribution=contribution, document=document)


def follow_union(contribution: Contribution) -> None:
    """Files that were added before the author chose another union go to that union's collection."""
    documents = [row.document for row in contribution.files.select_related("document")]
    give_to_union(documents, contribution.organisation)


@transaction.atomic
def remove_file(file: ContributionFile) -> None:
    """Take a file away; one that stands on a page already stays with the page's editors."""
    document = file.document
    file.delete()
    if not document.edition_files.exists():
        document.delete()
