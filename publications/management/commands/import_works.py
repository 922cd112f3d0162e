"""Import a folder of files as works."""

from __future__ import annotations

import tempfile
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.languages import CODES
from cms.loading import quiet_log
from publications.exchange.restoring import Restorer, archived_works
from publications.exchange.sheets import UnusableTable
from publications.exchange.tables import find_catalogue
from publications.exchange.zips import UnsafeZip, unpack
from publications.importing.importer import Importer, Options
from publications.importing.metadata import (
    COLUMNS,
    KINDS,
    MetadataRow,
    UnusableMetadata,
    read_metadata,
)
from publications.importing.names import find_files
from publications.importing.planning import group_files, rows_about_nothing
from publications.importing.report import Report
from publications.models import Reading
from publications.reading import due_readings, read_due_document
from publications.tree import CATALOGUE, CATALOGUE_SLUG, TreeMissing, section_with_slug

_HELP = """Import a folder of files as works.

Files named <work>.<language>.<extension> are the editions of one work: plan.tr.pdf and
plan.ar.pdf are a work in two languages, plan.tr.pdf and plan.tr.docx two files of one edition.
Without a language in the name it is read from the text. A title comes from the CSV, else from
the file's metadata, its first heading or line, else from its name.

A file that is in the section already is skipped, so a stopped import can be run again. Files
are read by the worker afterwards, or at once with --read.

A folder or ZIP that “export_works” made is taken back as it was: each work with its number, where
that is free, its section, editions, facts, files and covers; the options above do not matter then.

Columns of the optional CSV (or XLSX; CSV in UTF-8; “file” or “work” must be there):
"""


class Command(BaseCommand):
    """``manage.py import_works FOLDER [options]``"""

    help = _HELP + "\n".join(f"  {name:<10} {text}" for name, text in COLUMNS.items())

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Keep the help's lines as they are."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder and how to import it."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--metadata", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--section",
            default=CATALOGUE_SLUG,
            metavar="SLUG",
            help="The section to import into (default: the catalogue).",
        )
        parser.add_argument("--kind", choices=list(KINDS), default="publication")
        parser.add_argument(
            "--language",
            choices=list(CODES),
            default="",
            help="The language of files whose name and text do not tell theirs.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")
        state = parser.add_mutually_exclusive_group()
        state.add_argument("--publish", dest="publish", action="store_true", default=True)
        state.add_argument("--draft", dest="publish", action="store_false")
        parser.add_argument("--read", action="store_true", help="Read the files at once.")
        parser.add_argument("--report", type=Path, metavar="FILE.csv", help="The report as CSV.")
        parser.add_argument(
            "--strict", action="store_true", help="End with code 1 if anything was refused."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report each file, and read the files if asked."""
        self.loud = options["verbosity"] > 0
        with quiet_log(), tempfile.TemporaryDirectory(prefix="reslog-import-") as unpacked:
            options["folder"] = self._folder(options["folder"], Path(unpacked))
            report = self._restore(options) or self._import(options)
        dry = "Nothing was written. Would be: " if options["dry_run"] else ""
        self._say(dry + report.summary())
        if options["read"] and not options["dry_run"]:
            self._read()
        if options["strict"] and report.counts["refused"]:
            raise CommandError(f"{report.counts['refused']} refused.", returncode=1)

    @staticmethod
    def _folder(given: Path, unpacked: Path) -> Path:
        """The folder to import; a ZIP is unpacked into one first."""
        if given.is_dir():
            return given
        if given.suffix.lower() != ".zip" or not given.is_file():
            raise CommandError(f"{given} is no folder and no ZIP.")
        try:
            unpack(given, unpacked)
        except UnsafeZip as error:
            raise CommandError(str(error)) from error
        return unpacked

    def _restore(self, options: dict[str, Any]) -> Report | None:
        """Take back an exported catalogue; ``None`` if the folder holds none."""
        try:
            rows = find_catalogue(options["folder"])
        except UnusableTable as error:
            raise CommandError(str(error)) from error
        if rows is None:
            return None
        restorer = Restorer(options["folder"], dry_run=options["dry_run"])
        with Report(self._say, options["report"]) as report:
            for work in archived_works(rows):
                for outcome in restorer.restore(work):
                    report.add(outcome)
        return report

    def _say(self, line: str) -> None:
        if self.loud:
            self.stdout.write(line)
            self.stdout.flush()

    def _import(self, options: dict[str, Any]) -> Report:
        beside = [path for path in (options["metadata"], options["report"]) if path]
        files = find_files(options["folder"], leave_out=beside)
        rows = self._rows(options["metadata"])
        importer = self._importer(options)
        width = max((len(file.name) for file in files), default=10)
        with Report(self._say, options["report"], width) as report:
            for work in group_files(files, rows):
                named = [file for file in files if file.work == work.name]
                for outcome in importer.import_work(work, named):
                    report.add(outcome)
            for outcome in rows_about_nothing(rows, files):
                report.add(outcome)
        return report

    @staticmethod
    def _rows(path: Path | None) -> list[MetadataRow]:
        if path is None:
            return []
        try:
            return read_metadata(path)
        except (UnusableMetadata, OSError) as error:
            raise CommandError(str(error)) from error

    @staticmethod
    def _importer(options: dict[str, Any]) -> Importer:
        slug = options["section"]
        try:
            section = CATALOGUE if slug == CATALOGUE_SLUG else section_with_slug(slug)
            return Importer(
                Options(
                    section=section,
                    kind=options["kind"],
                    language=options["language"],
                    publish=options["publish"],
                    dry_run=options["dry_run"],
                )
            )
        except TreeMissing as missing:
            raise CommandError(str(missing)) from missing

    def _read(self) -> None:
        due = due_readings()
        for number, document in enumerate(due, 1):
            reading = read_due_document(document)
            if reading:
                state = Reading.State(reading.state).label
                self._say(f"Reading {number}/{len(due)}: {reading.document.title}: {state}")
