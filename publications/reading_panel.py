"""In an edition's form: what became of reading each of its files, and what to do about it."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel

from publications.contacts import find_contacts
from publications.messages import state_message
from publications.models.files import Reading

MAX_CONTACTS = 20
"""So many are shown; a list of addresses has hundreds."""


class ReadingPanel(Panel):
    """The state of the files as they are saved; empty while there are none."""

    class BoundPanel(Panel.BoundPanel):
        """Looks the readings up."""

        template_name = "publications/admin/readings.html"

        def is_shown(self) -> bool:
            """Only once the edition has files."""
            return bool(self.instance.pk) and self.instance.files.exists()

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add each file with its state and message."""
            context: dict[str, Any] = super().get_context_data(parent_context) or {}
            context["readings"] = [
                self._row(file)
                for file in self.instance.files.all()
                if hasattr(file.document, "reading")
            ]
            return context

        def _row(self, file: Any) -> dict[str, Any]:
            from publications.recognise_view import mark_recognisable

            reading = file.document.reading
            mark_recognisable(reading, self.request.user)
            return {
                "file": file,
                "reading": reading,
                "message": state_message(reading),
                "versions": file.document.versions.count(),
                "personal": _personal(reading),
            }


def _personal(reading: Reading) -> list[dict[str, object]]:
    """Mail addresses and telephone numbers in a file that readers will be able to find."""
    return [one.as_dict() for one in find_contacts(reading.sections.all())[:MAX_CONTACTS]]
