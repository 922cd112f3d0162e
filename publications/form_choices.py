"""What the form of an edition may be given: files and images that its editor may choose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from wagtail.permissions import policy_registry

CHOOSE = ["choose", "change"]


def limit_choices(form: Any, user: Any) -> None:
    """Let an edition's form take only files and a cover that this editor may choose.

    What stands on the page already may stay, whoever put it there. The choosers show no others;
    a request made by hand could name any.
    """
    for row in form.formsets["files"].forms if "files" in form.formsets else ():
        _limit(row, "document", row.instance.document_id, user)
    _limit(form, "cover", form.instance.cover_id, user)


def _limit(form: Any, name: str, present: int | None, user: Any) -> None:
    field = form.fields.get(name)
    if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
        return
    policy = policy_registry.get_by_type(field.queryset.model)
    allowed = policy.instances_user_has_any_permission_for(user, CHOOSE).values("pk")
    field.queryset = field.queryset.filter(Q(pk__in=allowed) | Q(pk=present))
