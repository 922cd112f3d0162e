"""Write the vectors of the demonstration library to a file of the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.progress import ProgressLine
from home.loading import VECTORS
from search.encoders.base import EncoderUnavailable
from search.indexing.encoding import library_texts
from search.vectors import dump_vectors, encode_missing


class Command(BaseCommand):
    """``manage.py demo_vectors [--out FILE]``"""

    help = (
        "Encode all texts of the library and write their vectors to demo/vectors.npz, from which "
        "load_demo takes them. Run it on a database that holds the demonstration alone, its files "
        "read, with the encoder that new sites have."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Another file than that of the repository."""
        parser.add_argument("--out", type=Path, default=VECTORS, metavar="FILE")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        """Encode what is missing, then write."""
        texts = list(dict.fromkeys(library_texts()))
        progress = ProgressLine(self.stdout, "texts")
        try:
            encode_missing(texts, progress)
            count = dump_vectors(out, texts)
        except EncoderUnavailable as error:
            raise CommandError(str(error)) from error
        progress.end()
        size = out.stat().st_size / 1e6
        self.stdout.write(f"{count} vectors written to {out.name}, {size:.1f} MB.")
