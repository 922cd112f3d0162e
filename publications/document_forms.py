"""The form of a file in the admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm

from publications.documents import keep_old_file
from publications.extraction import Refused, detect_type
from publications.messages import refusal_message


class LibraryDocumentForm(BaseDocumentForm):
    """A file's form. Its type is decided by its content; a name that disagrees is refused."""

    def clean_file(self) -> Any:
        """Refuse what is empty, too large, not an allowed type, or named as something else."""
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data:
            return file
        if file.size > settings.READING_MAX_BYTES:
            raise ValidationError(
                _("This file is %(size)s; the limit is %(limit)s. Split it or make it smaller.")
                % {
                    "size": filesizeformat(file.size),
                    "limit": filesizeformat(settings.READING_MAX_BYTES),
                }
            )
        try:
            detect_type(file, file.name)
        except Refused as refused:
            raise ValidationError(
                refusal_message(refused), code=str(refused.reason_code)
            ) from refused
        finally:
            file.seek(0)
        return file

    def save(self, commit: bool = True) -> Any:
        """Keep the file that is replaced: Wagtail's form removes it before it saves."""
        if commit and self.instance.pk and "file" in self.changed_data:
            keep_old_file(self.instance)
        return super().save(commit=commit)
