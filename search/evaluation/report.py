"""The figures as tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search.evaluation.collection import Collection
from search.evaluation.measures import Measured

HEAD = (
    "| engine | mode | same R@1 | MRR | nDCG@10 | cross R@1 | MRR | nDCG@10 |"
    " pooled MAP | nDCG@10 |"
    " own share | work R@1 | MRR | p50 ms | p95 ms |\n"
    "| --- | --- |" + " --- |" * 13
)


def table(collection: Collection, rows: Sequence[Measured]) -> str:
    """A row for each way of searching, and the pairs of languages of the last one."""
    lines = [
        f"{collection.name}: {len(collection.texts)} texts, {len(collection.questions)} questions",
        "",
        HEAD,
        *map(row, rows),
        "",
        pairs_table(rows[-1].pairs, "r1"),
    ]
    return "\n".join(lines)


def row(measured: Measured) -> str:
    """The row of one way of searching."""
    one = measured
    figures = [
        *(one.same[name] for name in ("r1", "mrr", "ndcg10")),
        *(one.cross.get(name, 0.0) for name in ("r1", "mrr", "ndcg10")),
        *(one.pooled[name] for name in ("map", "ndcg10", "own_share")),
        *(one.works[name] for name in ("r1", "mrr")),
    ]
    shown = " | ".join(f"{figure:.3f}" for figure in figures)
    return f"| {one.engine} | {one.mode} | {shown} | {one.ms['p50']:.0f} | {one.ms['p95']:.0f} |"


def pairs_table(pairs: Mapping[str, Mapping[str, float] | float], figure: str) -> str:
    """A figure for each pair: a row per language asked in, a column per language of texts."""
    asked = sorted({pair.split("-")[0] for pair in pairs})
    found = sorted({pair.split("-")[1] for pair in pairs})

    def value(own: str, other: str) -> float:
        held = pairs[f"{own}-{other}"]
        return held if isinstance(held, float) else held[figure]

    rows = [
        f"| {own} | " + " | ".join(f"{value(own, other):.3f}" for other in found) + " |"
        for own in asked
    ]
    head = f"| question \\ text | {' | '.join(found)} |\n| --- |" + " --- |" * len(found)
    return "\n".join([head, *rows])
