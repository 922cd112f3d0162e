"""The version of the glossary: another one after every change, the same in all processes.

What is compiled from the glossary asks for it with one small query and compiles again when it
is another. It is written in the transaction of the change, so a process sees both or neither.
"""

from __future__ import annotations

import uuid

from django.apps import apps

_ROW = 1


def glossary_version() -> str:
    """The present version. Read it before reading concepts: they are then never older."""
    rows = apps.get_model("glossary", "GlossaryVersion").objects.filter(pk=_ROW)
    return str(rows.values_list("value", flat=True).first() or "")


def glossary_changed() -> None:
    """Give the glossary another version.

    It is drawn by lot: a count would come to the same number again after a transaction that
    was rolled back, or in a database that was restored.
    """
    model = apps.get_model("glossary", "GlossaryVersion")
    value = uuid.uuid4()
    if not model.objects.filter(pk=_ROW).update(value=value):
        model.objects.update_or_create(pk=_ROW, defaults={"value": value})
