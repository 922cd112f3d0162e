"""Typeset the demonstration's files from their Markdown."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.loading import BrokenRows, quiet_log
from publications.demo.sources import DEMO, FileSource, WorkSource, read_works
from publications.demo.typeset import build_document, typeset
from publications.demo.typeset.check import check_file


class Command(BaseCommand):
    """``manage.py demo_files``"""

    help = (
        "Typeset every file of the demonstration (demo/works/*/*.file.md) as PDF or DOCX in "
        "demo/files, and check that its text comes out of it again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Typeset, check, and remove files that no work has any more."""
        try:
            works = read_works()
        except BrokenRows as broken:
            raise CommandError(str(broken)) from broken
        files = [(work, file) for work in works for file in work.files]
        with quiet_log("fontTools"):
            failed = [line for work, file in files if (line := self._typeset(work, file))]
        names = {file.name for _work, file in files}
        for path in sorted((DEMO / "files").iterdir()):
            if path.name not in names:
                path.unlink()
                self.stdout.write(f"{path.name}: removed, no work has it")
        if failed:
            raise CommandError("These files are not good:\n" + "\n".join(failed))

    def _typeset(self, work: WorkSource, file: FileSource) -> str:
        """Make one file; says what is wrong with it."""
        try:
            typeset(work, file)
        except ValueError as error:
            return f"{file.source.parent.name}/{file.source.name}: {error}"
        check = check_file(file, build_document(work, file))
        self.stdout.write(f"{file.name}: {check}")
        return "" if check.is_good else f"{file.name}: {check}"
