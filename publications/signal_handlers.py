"""What happens by itself: files wait to be read, published facts reach the work."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_save
from wagtail.log_actions import log
from wagtail.signals import page_published, post_page_move

from publications.documents import keep_old_file
from publications.facts import merge_facts, read_facts, write_facts
from publications.models import Edition, FileVersion, LibraryDocument, Reading
from publications.moving import follow_moved_edition
from publications.page_images import forget_images
from publications.reading import enqueue_reading, wait_for_reading


def write_published_facts(instance: Any, **_kwargs: Any) -> None:
    """Write the facts that the published draft changed to the work; the page's log names them.

    What another published meanwhile stays; the log says which facts those were, too.
    """
    if not isinstance(instance, Edition) or instance.alias_of_id or not instance.facts:
        return
    with transaction.atomic():
        work = type(instance.work).objects.select_for_update().get(pk=instance.work_id)
        merge = merge_facts(instance.facts_base, instance.facts, read_facts(work))
        write_facts(work, merge.changes)
        type(instance).objects.filter(pk=instance.pk).update(facts={}, facts_base={})
    instance.facts, instance.facts_base = {}, {}
    if merge.changes:
        log(
            instance=instance,
            action="publications.facts_changed",
            data={"facts": list(merge.changes)},
        )
    if merge.conflicts:
        log(
            instance=instance,
            action="publications.facts_kept",
            data={"facts": {name: list(pair) for name, pair in merge.conflicts.items()}},
        )


def reset_reading(instance: LibraryDocument, **_kwargs: Any) -> None:
    """A new or replaced file waits to be read, and is read after the commit."""
    if wait_for_reading(instance):
        key = instance.pk
        transaction.on_commit(lambda: enqueue_reading(key))


def keep_replaced_file(instance: LibraryDocument, raw: bool = False, **_kwargs: Any) -> None:
    """Keep a copy of a file that is about to be replaced."""
    if not raw:
        keep_old_file(instance)


def delete_old_file(instance: FileVersion, **_kwargs: Any) -> None:
    """Remove an earlier version's file with its row."""
    name = str(instance.file.name)
    transaction.on_commit(lambda: instance.file.storage.delete(name))


def delete_images(instance: Reading, **_kwargs: Any) -> None:
    """Remove the images made of a deleted document from the storage."""
    forget_images(instance)


def register_signal_handlers() -> None:
    """Connect the handlers; called once when the app is ready."""
    page_published.connect(write_published_facts, dispatch_uid="publications.facts")
    post_page_move.connect(follow_moved_edition, dispatch_uid="publications.moved")
    post_save.connect(reset_reading, sender=LibraryDocument, dispatch_uid="publications.reading")
    pre_save.connect(
        keep_replaced_file, sender=LibraryDocument, dispatch_uid="publications.versions"
    )
    post_delete.connect(delete_old_file, sender=FileVersion, dispatch_uid="publications.versions")
    post_delete.connect(delete_images, sender=Reading, dispatch_uid="publications.images")
