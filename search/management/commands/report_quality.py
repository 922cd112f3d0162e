"""Measure search on all development sets and write ``docs/quality.md``."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.benchmark.measuring import machine
from search.evaluation.collection import (
    Collection,
    labels_collection,
    read_collection,
    read_labels,
)
from search.evaluation.concepts import concepts_of
from search.evaluation.library import MODES, Asked
from search.evaluation.quality import LabelsReport, Quality, SetReport, page
from search.evaluation.run import Evaluation, evaluate, gate
from search.management.commands.evaluate_search import (
    ENGINES,
    Progress,
    asked_in,
    collection_vectors,
    new_engine,
)
from search.query.concepts import Matcher


EVERY = 4
"""Every so many names of the vocabulary is measured: all of them take half an hour."""


class Command(BaseCommand):
    """``report_quality``; it leaves no index behind."""

    help = "Measure search across languages on the development sets; write docs/quality.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the sets are, what to measure, and where to write."""
        data = Path(os.environ.get("TEST_DATA") or settings.BASE_DIR.parent / "shared")
        parser.add_argument("--data", type=Path, default=data, help="Default: TEST_DATA.")
        parser.add_argument(
            "--engine",
            nargs="+",
            choices=ENGINES,
            default=["embedded"],
            help="The first in every mode, others in `all`. Default: embedded.",
        )
        parser.add_argument("--mode", nargs="+", choices=MODES, default=list(MODES))
        parser.add_argument("--out", type=Path, help="The file to write; else standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure set by set, then the short names, and write the page."""
        folders = sorted((options["data"] / "bench").glob("*/corpus.jsonl"))
        if not folders:
            raise CommandError(f"There are no sets in {options['data'] / 'bench'}: set TEST_DATA.")
        self._progress = Progress(sys.stderr.isatty())
        sets = [read_collection(path.parent) for path in reversed(folders)]
        encoder = asked_in("all").encoder
        quality = Quality(
            encoder=encoder.name if encoder else "none",
            machine=machine(),
            day=datetime.now(UTC).date(),
            sets=[self._set(one, sets, options) for one in sets],
            labels=self._labels(options["data"], options["engine"][0]),
        )
        text = page(quality)
        if options["out"]:
            options["out"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)

    def _set(
        self, collection: Collection, sets: list[Collection], options: dict[str, Any]
    ) -> SetReport:
        self.stderr.write(f"· {collection.name}: encoding what is missing ...")
        whole = asked_in("all")
        vectors = collection_vectors(collection, whole.encoder, self._progress)
        rows = []
        for engine in options["engine"]:
            modes = options["mode"] if engine == options["engine"][0] else ["all"]
            for mode in modes:
                self.stderr.write(f"· {collection.name}: {engine}, {mode} ...")
                evaluation = Evaluation(engine, new_engine(engine), asked_in(mode))
                rows.append(evaluate(evaluation, collection, vectors, self._progress))
        gates = []
        if whole.encoder is not None:
            strangers = [
                question
                for other in sets
                if other.name != collection.name
                for question in other.questions
            ]
            for engine in options["engine"]:
                self.stderr.write(f"· {collection.name}: {engine}, what is near enough ...")
                evaluation = Evaluation(engine, new_engine(engine), whole)
                gates.append((engine, gate(evaluation, collection, strangers, vectors)))
        return SetReport(collection, rows, gates)

    def _labels(self, data: Path, engine: str) -> list[LabelsReport]:
        """Short names: without concepts, and with every second one as a concept."""
        path = data / "glossaries" / "places-and-services.csv"
        if not path.exists():
            return []
        rows = read_labels(path)[::EVERY]
        loaded, others = rows[::2], rows[1::2]
        collection = labels_collection("names", rows)
        whole = asked_in("all")
        vectors = collection_vectors(collection, whole.encoder, self._progress)
        reports = []
        for title, matcher in (
            ("without concepts", None),
            ("every second one a concept", Matcher(concepts_of(loaded))),
        ):
            self.stderr.write(f"· short names, {title} ...")
            asked = Asked("all", whole.encoder, matcher)
            for part, kept in (("names loaded", loaded), ("other names", others)):
                keys = {row["id"] for row in kept}
                questions = [one for one in collection.questions if one.key[3:] in keys]
                some = Collection("names", collection.texts, questions, collection.answers)
                measured = evaluate(
                    Evaluation(engine, new_engine(engine), asked), some, vectors, self._progress
                )
                reports.append(LabelsReport(f"{title}: {part}", measured.same, measured.cross))
        return reports
