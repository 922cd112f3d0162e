"""The analyzers of an index, made from the chains that both engines share.

Only stock component types with stock settings come out, so the same index can be made on an
unchanged node and on the development node.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from search.analysis.config import LANGUAGES, OTHER, Chain, Component

OTHER_ANALYZER = "other_folded"
"""The analyzer of every language without chains of its own, and of names."""

Definitions = dict[str, dict[str, Any]]


def analyzer_name(language: str, analysis: str) -> str:
    """The index's analyzer for an analysis (an ending of `LanguageAnalysis.chains`).

    A language without chains of its own is folded only.
    """
    return f"{language}_{analysis}" if language in LANGUAGES else OTHER_ANALYZER


def chains() -> Iterator[tuple[str, Chain]]:
    """Every analyzer's name and chain."""
    for language, analyses in LANGUAGES.items():
        for analysis, chain in analyses.chains.items():
            yield analyzer_name(language, analysis), chain
    yield OTHER_ANALYZER, OTHER.folded


def index_analysis() -> dict[str, Definitions]:
    """The ``analysis`` part of an index's settings."""
    analyzers: Definitions = {}
    filters: Definitions = {}
    char_filters: Definitions = {}
    for name, chain in chains():
        analyzers[name] = {
            "type": "custom",
            "tokenizer": chain.tokenizer,
            "char_filter": [_use(part, char_filters) for part in chain.char_filters],
            "filter": [_use(part, filters) for part in chain.filters],
        }
    return {"analyzer": analyzers, "filter": filters, "char_filter": char_filters}


def _use(part: Component, definitions: Definitions) -> str:
    """The name by which an analyzer uses a component, which is defined if it has settings.

    One without settings goes by its stock name: some (``keyword_repeat``) cannot be defined.
    """
    if not part.settings:
        return part.type
    definition = {"type": part.type, **part.settings}
    if definitions.setdefault(part.name, definition) != definition:
        raise ValueError(f"Two components with different settings are named {part.name}")
    return part.name
