"""Measure, on a library's texts, what the fast encoder's model is made with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from search.encoders.onnx.measure import measure_ranges
from search.encoders.onnx.ranges import RANGES, write_ranges
from search.indexing.encoding import library_texts


class Command(BaseCommand):
    """``manage.py measure_encoder``: for developers, on a database with the demonstration alone."""

    help = (
        "Measure how large the inputs of the network's matrices are on this library's texts, and "
        "write it to search/encoders/onnx/ranges.npz. The encoder's vectors change with it: give "
        "it another name then (search/encoders/onnx/session.py), and make the demonstration's "
        "vectors again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all texts once."""
        texts = sorted(set(library_texts()))
        write_ranges(measure_ranges(texts))
        self.stdout.write(f"Measured on {len(texts)} texts; written to {RANGES.name}.")
