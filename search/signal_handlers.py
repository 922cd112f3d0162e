"""Which works a change concerns: each writes to the outbox in the transaction of the change.

What sends no signal, or sends it after the transaction, is found by reconciling
(``search.indexing.reconcile``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from glossary.models import Concept, Label
from glossary.signals import concepts_changed
from network.models import Country, Organisation, Place
from publications.models import (
    Edition,
    EditionFile,
    LibraryDocument,
    Reading,
    Work,
    WorkIdentifier,
    WorkOrganisation,
)
from search.indexing.outbox import record_changes
from search.works import KINDS

DRAFT_FIELDS = frozenset(
    {
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
        "locked",
        "locked_at",
        "locked_by",
    }
)
"""Columns of a page that saving a draft or locking it writes; readers see none of them."""

Works = Callable[[Any], Iterable[int | None]]


# Works that a row concerns.


def _works_below(page: int) -> QuerySet[Any, int]:
    """The works with an edition at or below a page, or below an alias of it."""
    places = Page.objects.filter(Q(pk=page) | Q(alias_of=page))
    below = Q(pk=page)
    for path in places.filter(numchild__gt=0).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return Edition.objects.filter(below).order_by().values_list("work_id", flat=True).distinct()


def _works_with_files(**documents: Any) -> QuerySet[Any, int]:
    """The works with a file whose document fits some conditions."""
    conditions = {f"document__{name}": value for name, value in documents.items()}
    rows = EditionFile.objects.filter(**conditions).order_by()
    return rows.values_list("edition__work_id", flat=True).distinct()


def _works_where(condition: Q) -> QuerySet[Any, int]:
    return Work.objects.filter(condition).order_by().values_list("pk", flat=True).distinct()


def _of_organisation(row: Organisation) -> QuerySet[Any, int]:
    return _works_where(Q(work_organisations__organisation=row) | Q(municipality=row))


def _of_place(row: Place) -> QuerySet[Any, int]:
    return _works_where(Q(places=row) | Q(municipality__place=row))


def _of_country(row: Country) -> QuerySet[Any, int]:
    return _works_where(Q(countries=row))


def _of_concept(row: Concept) -> QuerySet[Any, int]:
    return _works_where(Q(themes=row))


def _of_label(row: Label) -> QuerySet[Any, int]:
    return _works_where(Q(themes=row.concept_id))


def _of_page_restriction(row: PageViewRestriction) -> QuerySet[Any, int]:
    return _works_below(row.page_id)


def _of_collection_restriction(row: CollectionViewRestriction) -> QuerySet[Any, int]:
    place = Collection.objects.filter(pk=row.collection_id).values_list("path", flat=True).first()
    return _works_with_files(collection__path__startswith=place or "none")


# Handlers.


def page_changed(instance: Page, **_kwargs: Any) -> None:
    """A page was published, unpublished, moved or renamed in its address."""
    record_changes(_works_below(instance.pk), "page")


def edition_saved(
    instance: Edition, update_fields: frozenset[str] | None = None, **_kwargs: Any
) -> None:
    """An edition's row was written; saving a draft of it concerns no reader."""
    if not instance.alias_of_id and not (update_fields and update_fields <= DRAFT_FIELDS):
        record_changes([instance.work_id], "edition")


def facts_linked(instance: Any, action: str, reverse: bool, **kwargs: Any) -> None:
    """A work's themes, countries or places changed, seen from either side."""
    if not action.startswith("post_") and action != "pre_clear":
        return
    if not reverse:
        record_changes([instance.pk], "facts")
    elif kwargs["pk_set"] is not None:
        record_changes(kwargs["pk_set"], "facts")
    elif action == "pre_clear":
        record_changes(instance.works.values_list("pk", flat=True), "facts")


def groups_linked(instance: Any, action: str, reverse: bool, **_kwargs: Any) -> None:
    """The groups that a restriction admits changed."""
    if reverse or not action.startswith("post_"):
        return
    of_page = isinstance(instance, PageViewRestriction)
    works = _of_page_restriction(instance) if of_page else _of_collection_restriction(instance)
    record_changes(works, "restriction")


def concepts_renamed(concepts: list[int], **_kwargs: Any) -> None:
    """Labels of many concepts were written at once."""
    record_changes(_works_where(Q(themes__in=concepts)), "name")


def file_deleted(instance: EditionFile, **_kwargs: Any) -> None:
    """An edition lost a file; asked before, for the edition may go with it."""
    record_changes(_works_where(Q(editions__files=instance)), "file")


def _connect(sender: type[Model], works: Works, reason: str, *, deleted: bool = True) -> None:
    """Note the works that a row concerns when it is saved or deleted."""

    def changed(instance: Any, raw: bool = False, **_kwargs: Any) -> None:
        if not raw:
            record_changes(works(instance), reason)

    uid = f"search.{sender._meta.label}"
    post_save.connect(changed, sender=sender, weak=False, dispatch_uid=uid)
    if deleted:
        post_delete.connect(changed, sender=sender, weak=False, dispatch_uid=uid)


def _connect_names(sender: type[Model], works: Works, *columns: str) -> None:
    """Note the works that name a row when what they say of it changes, or when it goes.

    A row that many works name is saved more often than it is renamed.
    """

    def compare(instance: Any, raw: bool = False, **_kwargs: Any) -> None:
        before = sender._default_manager.filter(pk=instance.pk).values(*columns).first()
        after = {column: getattr(instance, column) for column in columns}
        instance._renamed = not raw and before != after

    def saved(instance: Any, **_kwargs: Any) -> None:
        if instance._renamed:
            record_changes(works(instance), "name")

    def deleted(instance: Any, **_kwargs: Any) -> None:
        record_changes(works(instance), "name")

    uid = f"search.{sender._meta.label}"
    pre_save.connect(compare, sender=sender, weak=False, dispatch_uid=uid)
    post_save.connect(saved, sender=sender, weak=False, dispatch_uid=uid)
    pre_delete.connect(deleted, sender=sender, weak=False, dispatch_uid=uid)


def register_signal_handlers() -> None:
    """Connect the handlers; called once when the app is ready."""
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(page_changed, dispatch_uid="search.page")
    for model in KINDS:
        post_save.connect(edition_saved, sender=model, dispatch_uid="search.edition")
    post_delete.connect(edition_saved, sender=Edition, dispatch_uid="search.edition")
    _connect(Work, lambda row: [row.pk], "work")
    _connect(WorkOrganisation, lambda row: [row.work_id], "facts")
    _connect(WorkIdentifier, lambda row: [row.work_id], "facts")
    for name in ("themes", "countries", "places"):
        through = getattr(Work, name).through
        m2m_changed.connect(facts_linked, sender=through, dispatch_uid="search.facts")
    _connect(EditionFile, lambda row: [row.edition.work_id], "file", deleted=False)
    pre_delete.connect(file_deleted, sender=EditionFile, dispatch_uid="search.file")
    _connect(LibraryDocument, lambda row: _works_with_files(pk=row.pk), "file", deleted=False)
    _connect(Reading, lambda row: _works_with_files(reading=row), "read")
    _connect(PageViewRestriction, _of_page_restriction, "restriction")
    _connect(CollectionViewRestriction, _of_collection_restriction, "restriction")
    for model in (PageViewRestriction, CollectionViewRestriction):
        m2m_changed.connect(
            groups_linked, sender=model.groups.through, dispatch_uid="search.groups"
        )
    _connect_names(Organisation, _of_organisation, "names", "acronyms", "slug", "place_id")
    _connect_names(Place, _of_place, "names")
    _connect_names(Country, _of_country, "names")
    concepts_changed.connect(concepts_renamed, dispatch_uid="search.concepts")
    _connect_names(Concept, _of_concept, "slug")
    _connect_names(Label, _of_label, "language", "kind", "text", "concept_id")
