"""What an index is made of: its settings and its mapping, of stock components alone.

A work is one document with nested ones, so that a change of it is seen whole or not at all::

    work            numbers, facets, names, spellings; ``shown`` is all that a hit shows of it
      editions      each with who may see it, its title for suggestions and for sorting
        slices      its texts by who may see them, each text in the fields of its language
      languages     the languages of editions and files, each with who may see them
      passages      the pieces that a hit shows, each with who may see it

A text has a field per language, and that one has further fields (see `search.analysis.config`)::

    text.tr         the analysed words, with their positions
    text.tr.folded  the words without accents, with their positions
    text.tr.stems   the folded words and folded stems
    text.sv.parts   the parts of compounds, where a language has them
    text.other      languages without an analysis of their own: folded words

Passages have no ``folded``: what matches is said by the slices, passages are only chosen among,
and the stems hold nearly every folded word.

In an index of vectors a passage has one more document, which is nested in none, for of nested ones
Elasticsearch gives the nearest slowly. All that it has is ``meaning``::

    work, number    the passage's, and its languages and who may see it, as in ``passages``
    stamp           that of its work: what stands under another one is left over, and ignored
    vector          by which it is found
    packed          the vectors of it and its sentences, as ranking needs them

No query for works finds it: it has none of their fields. Nor is the document ``statistics`` a work:
it looks like a removed one, and keeps what ranking must know of the vectors.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from cms.languages import BY_CODE, CODES
from search.analysis.config import LANGUAGES
from search.engines.base import VectorKind
from search.engines.elasticsearch.analysis import OTHER_ANALYZER, analyzer_name, index_analysis
from search.plan import OTHER
from search.records import SCHEMA_VERSION

FORMAT = 3
"""Raised when this mapping, or what stands in it, changes so that an index must be rebuilt."""

TERMS = "terms"
"""The analyzer of text that is terms already, joined by spaces."""

GAP = "_"
"""Stands for a removed stop word among terms: it leaves its position empty."""

LARGEST_WINDOW = 100_000
"""Results that can be paged through; each page costs memory for all that come before it."""

_NESTED_LIMIT = 100_000
"""Passages of a work, and a few more. The stock limit of 10,000 is that of five large books."""

_VECTORS_INDEX = {"type": "hnsw", "m": 16, "ef_construction": 100}
"""What finds near vectors. The stock choice for so few numbers keeps one bit of each, ``int8_hnsw``
eight: on 3,000 random vectors its recall@10 lay about .97, and that of whole numbers at 1.0."""

_ENCODED = {"index": False, "doc_values": False, "store": True}
_SORTED = {"type": "keyword", "index": False}

PARTS = ("title", "summary", "text")
"""The texts of a slice; facts stand in ``text``, which counts as much."""


def schema() -> str:
    """What an index must have been made by, to be searched."""
    return f"{SCHEMA_VERSION}.{FORMAT}"


def language_key(language: str) -> str:
    """The language whose analysis a text gets: its own, or `OTHER`."""
    return language if language in BY_CODE else OTHER


def index_settings(replicas: int | None) -> dict[str, Any]:
    """The settings of a new index; ``None`` is one replica where there is a node for it.

    It is refreshed by whoever writes, at the end of a write: so changes are seen together.
    """
    copies = (
        {"auto_expand_replicas": "0-1"} if replicas is None else {"number_of_replicas": replicas}
    )
    analysis = index_analysis()
    analysis["filter"]["gaps"] = {"type": "stop", "stopwords": [GAP]}
    analysis["analyzer"][TERMS] = {"type": "custom", "tokenizer": "whitespace", "filter": ["gaps"]}
    return {
        "number_of_shards": 1,
        **copies,
        "refresh_interval": "-1",
        "max_result_window": LARGEST_WINDOW,
        "mapping": {"nested_objects": {"limit": _NESTED_LIMIT}},
        "analysis": analysis,
    }


def index_mapping(meta: dict[str, Any], vectors: VectorKind | None) -> dict[str, Any]:
    """The mapping of a new index, of vectors or of words alone.

    Only ``shown`` and ``statistics`` are kept as they came; all else is only indexed.
    """
    return {
        "dynamic": "strict",
        "_meta": meta,
        "_source": {"includes": ["shown", "statistics"]},
        "properties": {
            "work": {"type": "long"},
            "version": {"type": "long"},
            "removed": {"type": "boolean"},
            "date": {"type": "integer"},
            **{name: {"type": "keyword"} for name in ("kind", "year", "theme", "country")},
            "organisation": {"type": "keyword"},
            "author": {"type": "text", "analyzer": OTHER_ANALYZER},
            "place": {"type": "text", "analyzer": OTHER_ANALYZER},
            "spelling": {
                "type": "text",
                "analyzer": TERMS,
                "index_options": "docs",
                "norms": False,
            },
            "written": _SORTED,
            "passage_count": {"type": "integer", "index": False},
            "languages": _nested({"language": {"type": "keyword"}, **_within_edition()}),
            "editions": _nested(_edition()),
            "passages": _nested(_passage()),
            "stamp": _SORTED,
            **({"meaning": _meaning(vectors)} if vectors else {}),
            "shown": {"type": "object", "enabled": False},
            "statistics": {"type": "object", "enabled": False},
        },
    }


def _edition() -> dict[str, Any]:
    return {
        **_visibility(),
        "order": {"type": "byte", "index": False},
        "language": {"type": "keyword"},
        "title_word": {"type": "keyword"},
        "title_start": {"type": "keyword"},
        "title_key": {"properties": dict.fromkeys((*CODES, OTHER), _SORTED)},
        "slices": _nested({**_visibility(), **dict.fromkeys(PARTS, _slice_text())}),
    }


def _passage() -> dict[str, Any]:
    return {
        **_place(),
        "key": {"type": "keyword", "doc_values": False},
        "file": {"type": "integer", "index": False},
        "locator": {"type": "integer", "index": False},
        "heading": {"type": "keyword", **_ENCODED},
        "text": _passage_text(),
    }


def _place() -> dict[str, Any]:
    """Which passage of a work it is, and who may see it."""
    return {
        **_within_edition(),
        "number": {"type": "integer", "index": False},
        "language": {"type": "keyword"},
        "edition": {"type": "keyword"},
    }


def _meaning(kind: VectorKind) -> dict[str, Any]:
    vector = {
        "type": "dense_vector",
        "dims": kind.dimensions,
        "similarity": "dot_product",
        "index_options": _VECTORS_INDEX,
    }
    properties = {
        **_place(),
        "work": {"type": "long"},
        "stamp": {"type": "keyword"},
        "vector": vector,
        "packed": {"type": "binary", "doc_values": True},
    }
    return {"dynamic": "strict", "properties": properties}


def _visibility() -> dict[str, Any]:
    return {
        "audience": {"type": "keyword"},
        "visible_from": {"type": "long"},
        "visible_until": {"type": "long"},
    }


def _within_edition() -> dict[str, Any]:
    """A file is seen only where its edition is: both audiences count, the times are of both."""
    return {**_visibility(), "edition_audience": {"type": "keyword"}}


def _nested(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "nested", "dynamic": "strict", "properties": properties}


def _slice_text() -> dict[str, Any]:
    return {"properties": {code: _slice_text_in(code) for code in (*CODES, OTHER)}}


def _slice_text_in(code: str) -> dict[str, Any]:
    if code not in LANGUAGES:
        return _analysed_by(OTHER_ANALYZER)
    fields = {
        "folded": _analysed_by(analyzer_name(code, "folded")),
        "stems": _analysed_by(analyzer_name(code, "stems"), index_options="freqs"),
    }
    return _text_in(code, fields)


def _passage_text() -> dict[str, Any]:
    return {
        "properties": {code: {**_passage_text_in(code), "store": True} for code in (*CODES, OTHER)}
    }


def _passage_text_in(code: str) -> dict[str, Any]:
    if code not in LANGUAGES:
        return _analysed_by(OTHER_ANALYZER)
    return _text_in(code, {"stems": _analysed_by(analyzer_name(code, "stems"))})


def _text_in(code: str, fields: dict[str, Any]) -> dict[str, Any]:
    if has_parts(code):
        # A field of their own: no phrase may run over the parts of a compound.
        parts = _analysed_by(analyzer_name(code, "analysed"), index_options="freqs")
        fields = {**fields, "parts": parts}
    return {**_analysed_by(analyzer_name(code, "analysed_query")), "fields": fields}


def _analysed_by(analyzer: str, **options: Any) -> dict[str, Any]:
    return {"type": "text", "analyzer": analyzer, **options}


@cache
def has_parts(code: str) -> bool:
    """Whether the analysis of a language takes compounds apart."""
    chains = LANGUAGES[code].chains
    return chains["analysed"] != chains["analysed_query"]
