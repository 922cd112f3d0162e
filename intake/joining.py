"""Making files editions of one work, after an editor confirmed it, and taking that back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from intake.kinship import joinable_edition
from intake.models import IncomingFile, Kinship
from publications.models import Work

_OPEN = (IncomingFile.State.WAITING, IncomingFile.State.LOOKING, IncomingFile.State.READY)


def join_files(files: Iterable[IncomingFile], user: Any) -> uuid.UUID:
    """Make some files, with those that belong to them already, editions of one work.

    Where one of them belongs to a work that exists, it is that one, and the editor must be allowed
    to change it. Files of two works that exist cannot be joined: `PermissionDenied`.
    """
    keys = list(dict.fromkeys(file.work_key for file in files))
    works = Work.objects.filter(translation_key__in=keys)
    if len(works) > 1:
        raise PermissionDenied
    for work in works:
        if joinable_edition(work.pk, user) is None:
            raise PermissionDenied
    key = works[0].translation_key if works else keys[0]
    IncomingFile.objects.filter(work_key__in=keys, state__in=_OPEN).update(work_key=key)
    return key


def join_kin(kinship: Kinship, user: Any) -> uuid.UUID:
    """Confirm a proposal; `PermissionDenied` where the editor may not change that work."""
    if kinship.other is not None:
        return join_files([kinship.other, kinship.file], user)
    work = kinship.work
    if work is None or joinable_edition(work.pk, user) is None:
        raise PermissionDenied
    mine = IncomingFile.objects.filter(work_key=kinship.file.work_key, state__in=_OPEN)
    mine.update(work_key=work.translation_key)
    return work.translation_key


def separate(incoming: IncomingFile) -> uuid.UUID:
    """Make a file a work of its own again."""
    key = uuid.uuid4()
    IncomingFile.objects.filter(pk=incoming.pk, state__in=_OPEN).update(work_key=key)
    return key


def refuse_group(files: Iterable[IncomingFile]) -> None:
    """Remember that these files are no editions of one work."""
    keys = [file.pk for file in files]
    with transaction.atomic():
        Kinship.objects.filter(file__in=keys, other__in=keys).update(refused=True)
