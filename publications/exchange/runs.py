"""Running an editor's import in the background: unpack, check or store, note how far it is.

What is to be done stands in the ``ImportRun``. Works that are there already are left alone, so a
run whose worker died is simply run again.
"""

from __future__ import annotations

import datetime
import logging
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cms.leases import Held, take
from cms.loading import quiet_log
from publications.exchange.restoring import Restorer, archived_works, may_import
from publications.exchange.sheets import TABLE_ENDINGS, UnusableTable
from publications.exchange.tables import find_catalogue, find_table
from publications.exchange.zips import UnsafeZip, unpack
from publications.importing.importer import Importer, Options
from publications.importing.metadata import UnusableMetadata, read_metadata
from publications.importing.names import find_files
from publications.importing.planning import Outcome, group_files, rows_about_nothing
from publications.models import ImportRun, SectionPage
from publications.tree import SectionSpec

logger = logging.getLogger(__name__)

LEASE_SECONDS = 300.0
MAX_ATTEMPTS = 3
KEPT = datetime.timedelta(days=7)

Step = tuple[int, int, list[Outcome]]
"""How many works are done, of how many, and what became of the rows of the last one."""


def due_runs() -> list[tuple[str]]:
    """The runs that wait for the worker, as arguments of its task."""
    states = (ImportRun.State.TO_CHECK, ImportRun.State.TO_IMPORT)
    rows = ImportRun.objects.filter(state__in=states).order_by("created_at")
    return [(str(key),) for key in rows.values_list("pk", flat=True)]


def prune_runs() -> None:
    """Remove what was uploaded more than a week ago."""
    for run in ImportRun.objects.filter(created_at__lt=timezone.now() - KEPT):
        run.archive.delete(save=False)
        run.delete()


def work_on(key: str) -> str:
    """Check or store one run if it waits; says what it is then."""
    run = ImportRun.objects.select_related("owner", "section").filter(pk=key).first()
    held = take(f"import {key}", LEASE_SECONDS) if run and run.is_waiting else None
    if run is None or held is None:
        return "nothing to do"
    try:
        with translation.override(run.language), quiet_log():
            _run(run, held)
    finally:
        held.release()
    return str(run.state)


def _run(run: ImportRun, held: Held) -> None:
    run.refresh_from_db()
    if not run.is_waiting:
        return
    run.attempts, run.done, run.outcomes = run.attempts + 1, 0, []
    if run.attempts > MAX_ATTEMPTS:
        _fail(run, _("The import was broken off several times. Ask an administrator."))
        return
    run.save()
    try:
        for done, total, outcomes in _steps(run):
            run.done, run.total = done, total
            run.outcomes += [asdict(outcome) for outcome in outcomes]
            held.renew()
            ImportRun.objects.filter(pk=run.pk).update(done=done, total=total)
    except (UnsafeZip, UnusableTable, UnusableMetadata) as error:
        _fail(run, str(error))
        return
    dry = run.state == ImportRun.State.TO_CHECK
    run.state = ImportRun.State.CHECKED if dry else ImportRun.State.DONE
    run.attempts = 0
    run.save()


def _fail(run: ImportRun, error: str) -> None:
    run.state, run.error = ImportRun.State.FAILED, error
    run.save()


def _steps(run: ImportRun) -> Iterator[Step]:
    with tempfile.TemporaryDirectory(prefix="reslog-import-") as name:
        folder = Path(name)
        archive = Path(run.archive.path)
        if archive.suffix.lower() in TABLE_ENDINGS:
            (folder / f"works{archive.suffix.lower()}").write_bytes(archive.read_bytes())
        else:
            unpack(archive, folder)
        rows = find_catalogue(folder)
        yield from _restore(run, folder, rows) if rows is not None else _import(run, folder)


def _restore(run: ImportRun, folder: Path, rows: list[Any]) -> Iterator[Step]:
    works = archived_works(rows)
    restorer = Restorer(
        folder,
        dry_run=run.state == ImportRun.State.TO_CHECK,
        user=run.owner,
        publish=run.publish,
    )
    for number, work in enumerate(works, 1):
        yield number, len(works), list(restorer.restore(work))


def _import(run: ImportRun, folder: Path) -> Iterator[Step]:
    table = find_table(folder)
    about = read_metadata(table) if table else []
    files = find_files(folder, leave_out=[table] if table else [])
    section = SectionSpec(run.section.organisation, run.section.is_demonstration)
    may_publish = all(may_import(run.owner, page)[1] for page in _pages_of(run.section))
    options = Options(
        section=section,
        publish=run.publish and may_publish,
        dry_run=run.state == ImportRun.State.TO_CHECK,
        user=run.owner,
    )
    importer = Importer(options)
    works = group_files(files, about)
    for number, work in enumerate(works, 1):
        named = [file for file in files if file.work == work.name]
        yield number, len(works), list(importer.import_work(work, named))
    yield len(works), len(works), rows_about_nothing(about, files)


def _pages_of(section: SectionPage) -> Iterable[SectionPage]:
    return SectionPage.objects.filter(translation_key=section.translation_key)


def sections_to_import_into(user: Any) -> list[SectionPage]:
    """The sections to which somebody may add works in every language, one page of each."""
    sections: dict[Any, list[SectionPage]] = {}
    for page in SectionPage.objects.filter(alias_of=None).select_related("locale").order_by("pk"):
        sections.setdefault(page.translation_key, []).append(page)
    return [
        pages[0] for pages in sections.values() if all(may_import(user, page)[0] for page in pages)
    ]
