"""Measure how well search finds texts of several languages, on a collection with known answers."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from search.benchmark import subjects
from search.encoder import get_encoder
from search.encoders.base import Encoder
from search.engines.base import Engine, EngineError
from search.evaluation.collection import Collection, NoCollection, read_collection
from search.evaluation.concepts import shipped_concepts
from search.evaluation.library import MODES, Asked, texts_to_encode
from search.evaluation.report import table
from search.evaluation.run import Evaluation, evaluate
from search.query.concepts import Matcher
from search.vectors import encode_missing, known_vectors

ENGINES = ("embedded", "elasticsearch")

PATIENCE_SECONDS = 30.0
"""How long an answer is waited for: what is found is measured, and times are reported."""


class Command(BaseCommand):
    """``evaluate_search FOLDER``; makes an index of its own and leaves none behind."""

    help = "Measure search on a collection in the BEIR layout."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to measure, and how to say it."""
        parser.add_argument("folder", type=Path, help="corpus.jsonl, queries.jsonl and qrels.tsv")
        parser.add_argument(
            "--engine", choices=ENGINES, default=settings.SEARCH_ENGINE, help="Default: the site's."
        )
        parser.add_argument("--mode", choices=MODES, default="all")
        parser.add_argument("--json", action="store_true", help="One object instead of a table.")
        parser.add_argument(
            "--share", type=int, default=1, metavar="N", help="Only every N-th work, for a check."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Encode what is missing, index, ask, and print the figures."""
        try:
            collection = read_collection(options["folder"])
        except NoCollection as error:
            raise CommandError(str(error)) from error
        if options["share"] > 1:
            collection = collection.part(options["share"])
        mode = options["mode"]
        progress = Progress(sys.stderr.isatty())
        asked = asked_in(mode)
        vectors = collection_vectors(collection, asked.encoder, progress)
        evaluation = Evaluation(options["engine"], new_engine(options["engine"]), asked)
        try:
            measured = evaluate(evaluation, collection, vectors, progress)
        except EngineError as error:
            raise CommandError(str(error)) from error
        progress.end()
        if options["json"]:
            self.stdout.write(json.dumps(measured.as_json()))
        else:
            self.stdout.write(table(collection, [measured]))


class Progress:
    """A line on standard error that is written over; nothing where it is no terminal."""

    def __init__(self, tty: bool) -> None:
        self._tty = tty
        self._last = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self._tty and now - self._last > 0.2:
            self._last = now
            sys.stderr.write(f"\r\x1b[K{what}: {done} of {total}")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._tty:
            sys.stderr.write("\r\x1b[K")


def asked_in(mode: str) -> Asked:
    """What a mode of searching needs: an encoder, concepts, both or neither."""
    encoder = get_encoder() if mode in ("meaning", "all") else None
    if encoder is None and mode == "meaning":
        raise CommandError("There is no encoder: see SEARCH_ENCODER in docs/operators.md.")
    matcher = Matcher(shipped_concepts()) if mode in ("concepts", "all") else None
    return Asked(mode, encoder, matcher)


def collection_vectors(
    collection: Collection, encoder: Encoder | None, progress: Progress
) -> dict[str, np.ndarray]:
    """The vectors of a collection's passages and sentences, from the cache where it has them."""
    if encoder is None:
        return {}
    texts = texts_to_encode(collection)
    try:
        encode_missing(texts, lambda done, total: progress("encoding", done, total))
        return dict(known_vectors(encoder.name, texts))
    except DatabaseError:  # not migrated: then nothing is kept
        return dict(zip(texts, encoder.passages(texts), strict=True))


def new_engine(name: str) -> Callable[[], AbstractContextManager[Engine]]:
    """What makes an engine with an empty index of its own, that leaves nothing behind."""
    if name == "embedded":
        return subjects.embedded
    connection = replace(subjects.node_connection(), search_seconds=PATIENCE_SECONDS)
    if not subjects.answers(connection):
        raise CommandError("Elasticsearch does not answer: see ELASTICSEARCH_URL.")
    prefix = settings.ELASTICSEARCH_INDEX_PREFIX
    return lambda: subjects.elasticsearch(connection, prefix)
