"""Measure the engines on a synthetic library."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.benchmark.measuring import machine
from search.benchmark.report import Circumstances, report
from search.benchmark.run import WAGTAIL, Measured, Task, measure
from search.benchmark.subjects import answers, node_connection, node_heap_bytes
from search.benchmark.texts import Texts, read_texts
from search.benchmark.vectors import RealVectors, real_vectors
from search.benchmark.works import median_bytes
from search.encoder import get_encoder
from search.encoders.base import EncoderUnavailable
from search.engines.elasticsearch import Connection

PARTS = ("vectors", "recall", "stopping", "wagtail")
ENGINES = ("embedded", "elasticsearch")
SIZED_WORKS = 1000


class Command(BaseCommand):
    """``bench``; it asks no database and leaves nothing behind."""

    help = "Measure indexing and searching of both engines on a synthetic library."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to measure, and where to write it."""
        parser.add_argument("--works", type=int, nargs="+", default=[1000, 10_000], metavar="N")
        parser.add_argument(
            "--engine",
            nargs="+",
            choices=ENGINES,
            help="Default: both, Elasticsearch where it answers. Wagtail's own goes with it.",
        )
        parser.add_argument(
            "--without",
            nargs="+",
            choices=PARTS,
            default=[],
            help="Parts to leave out: vectors and all that is done with them, the comparison of "
            "Elasticsearch's approximate search with an exact one, searches while an encoder's "
            "server is stopped, Wagtail's own backend.",
        )
        parser.add_argument("--out", type=Path, help="Also write the tables to this file.")
        parser.add_argument(
            "--remark", action="append", default=[], help="A line to stand with the tables."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure one after another, then print the tables."""
        if min(options["works"]) < 1:
            raise CommandError("--works must be 1 or more.")
        connection, remarks = self._elasticsearch(options["engine"])
        corpus, demonstration = _corpus(), settings.BASE_DIR / "demo"
        texts = read_texts(corpus, demonstration)
        without = options["without"]
        real, missing = (None, []) if "vectors" in without else self._real(texts)
        circumstances = Circumstances(
            machine(),
            texts.source,
            median_bytes(texts, min(SIZED_WORKS, *options["works"])),
            real,
            (*remarks, *missing, *options["remark"]),
        )
        subjects = [] if options["engine"] == ["elasticsearch"] else ["embedded"]
        subjects += ["elasticsearch"] if connection else []
        subjects += [WAGTAIL] if connection and "wagtail" not in without else []
        tasks = [
            Task(
                subject,
                works,
                corpus,
                demonstration,
                connection if subject != "embedded" else None,
                settings.ELASTICSEARCH_INDEX_PREFIX,
                real if subject != WAGTAIL else None,
                subject == "elasticsearch"
                and works == max(options["works"])
                and "recall" not in without,
                subject == "embedded"
                and works == min(options["works"])
                and "stopping" not in without,
            )
            for works in options["works"]
            for subject in subjects
        ]
        page = report(circumstances, [self._measure(task) for task in tasks])
        self.stdout.write(page)
        if options["out"]:
            options["out"].write_text(page, encoding="utf-8")

    def _elasticsearch(self, engines: list[str] | None) -> tuple[Connection | None, list[str]]:
        """Where to measure Elasticsearch, if it is to be and can be; and what to remark."""
        if engines == ["embedded"]:
            return None, []
        connection = node_connection()
        if answers(connection):
            heap = node_heap_bytes(connection)
            return connection, [f"Elasticsearch may use {heap / 1e6:,.0f} MB of heap."]
        missing = f"Elasticsearch does not answer at {connection.urls[0]}"
        if engines:
            raise CommandError(
                f"{missing}: set ELASTICSEARCH_URL, or start one: make elasticsearch"
            )
        return None, [f"{missing}, so it was not measured."]

    def _real(self, texts: Texts) -> tuple[RealVectors | None, list[str]]:
        """Vectors of real passages, if they can be encoded; and what to remark."""
        self.stderr.write("· encoding real passages ...")
        encoder = get_encoder()
        try:
            if encoder is not None:
                return real_vectors(texts, encoder), []
        except EncoderUnavailable as error:
            return None, [f"No vectors were measured: {error}"]
        return None, ["No vectors were measured, as there is no encoder (SEARCH_ENCODER)."]

    def _measure(self, task: Task) -> Measured:
        self.stderr.write(f"· {task.subject}, {task.works} works")
        return measure(task)


def _corpus() -> Path:
    folder = os.environ.get("TEST_DATA") or settings.BASE_DIR.parent / "shared"
    return Path(folder) / "corpus"
