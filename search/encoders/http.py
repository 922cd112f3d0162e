"""An encoder behind an address: any server that answers as OpenAI's ``/v1/embeddings`` does.

Ollama, vLLM, llama.cpp, Text Embeddings Inference, LocalAI and the hosted services do. The server
is not trusted: what it answers is limited in size, must have the shape that was asked for, and
holds finite numbers, or it counts as no answer.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import urllib3

from search.encoders.base import EncoderUnavailable, Vectors, normalised, readable

Role = Literal["query", "passage"]

BYTES_PER_NUMBER = 64
"""No number of a vector takes more in JSON; a longer answer is refused."""

CONNECTIONS = 4

_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)

# What the makers of each family of models tell to put before a text: (query, passage).
_FAMILIES = {
    "e5-": ("query: ", "passage: "),
    "nomic-embed": ("search_query: ", "search_document: "),
    "embeddinggemma": ("task: search result | query: ", "title: none | text: "),
    "mxbai-embed": ("Represent this sentence for searching relevant passages: ", ""),
}


@dataclass(frozen=True, slots=True)
class Server:
    """Where an embeddings server is and how it wants to be asked.

    ``url`` is the address of its API (``http://localhost:11434/v1``), to which ``/embeddings`` is
    added. A prefix of ``None`` is the one that the model's family asks for. ``input_types`` are
    the words for a query and a passage, for servers that take them in ``input_type``. Times are
    in seconds: a query that takes longer than ``query_timeout`` is given up.
    """

    url: str
    model: str
    dimensions: int
    key: str = field(default="", repr=False)
    query_prefix: str | None = None
    passage_prefix: str | None = None
    input_types: tuple[str, str] | None = None
    batch: int = 32
    timeout: float = 60.0
    query_timeout: float = 5.0

    def prefixes(self) -> tuple[str, str]:
        """What stands before a query and before a passage."""
        family = family_prefixes(self.model)
        query = family[0] if self.query_prefix is None else self.query_prefix
        passage = family[1] if self.passage_prefix is None else self.passage_prefix
        return query, passage


def family_prefixes(model: str) -> tuple[str, str]:
    """The prefixes for a query and a passage that a model's name calls for."""
    name = model.lower()
    if "e5-" in name and "instruct" in name:
        task = "Given a web search query, retrieve relevant passages that answer the query"
        return f"Instruct: {task}\nQuery: ", ""
    return next((pair for part, pair in _FAMILIES.items() if part in name), ("", ""))


class HttpEncoder:
    """Asks an embeddings server, a batch of texts at a time."""

    def __init__(self, server: Server) -> None:
        """Nothing is asked yet: the server need not be there when the site starts."""
        self._server = server
        self._url = f"{server.url.rstrip('/')}/embeddings"
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, block=False, retries=False)
        self.dimensions = server.dimensions
        self.name = _name(server)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See `search.encoders.base.Encoder`."""
        return self._encoded(texts, "passage", self._server.timeout)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """See `search.encoders.base.Encoder`."""
        return self._encoded(texts, "query", self._server.query_timeout)

    def _encoded(self, texts: Sequence[str], role: Role, timeout: float) -> Vectors:
        size = self._server.batch
        parts = [
            self._ask(texts[start : start + size], role, timeout)
            for start in range(0, len(texts), size)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), np.float32)

    def _ask(self, texts: Sequence[str], role: Role, timeout: float) -> Vectors:
        body = self._post(json.dumps(self._question(texts, role)).encode(), len(texts), timeout)
        try:
            found = _numbers(json.loads(body), len(texts))
        except _MALFORMED as error:
            raise self._unavailable(f"its answer is not what was asked for: {error}") from error
        if found.shape[1] != self.dimensions:
            raise self._unavailable(
                f"its vectors have {found.shape[1]} dimensions, SEARCH_ENCODER_DIMENSIONS says "
                f"{self.dimensions}. Correct the setting or the model, then rebuild the index"
            )
        return normalised(found)

    def _question(self, texts: Sequence[str], role: Role) -> dict[str, Any]:
        query_prefix, passage_prefix = self._server.prefixes()
        prefix = query_prefix if role == "query" else passage_prefix
        question: dict[str, Any] = {
            "model": self._server.model,
            "input": [prefix + readable(text) for text in texts],
            "encoding_format": "float",
        }
        if self._server.input_types:
            query_type, passage_type = self._server.input_types
            question["input_type"] = query_type if role == "query" else passage_type
        return question

    def _post(self, body: bytes, texts: int, timeout: float) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._server.key:
            headers["Authorization"] = f"Bearer {self._server.key}"
        limit = 65_536 + texts * self.dimensions * BYTES_PER_NUMBER
        try:
            response = self._pool.request(
                "POST",
                self._url,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(total=timeout),
                redirect=False,  # the key is for this server alone
                preload_content=False,
            )
            answer = _read(response, limit, time.monotonic() + timeout)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unavailable(f"it does not answer: {error}") from error
        if response.status != HTTPStatus.OK:
            said = answer[:300].decode("utf-8", "replace")
            raise self._unavailable(f"it answers {response.status}: {said}")
        return answer

    def _unavailable(self, reason: str) -> EncoderUnavailable:
        return EncoderUnavailable(f"The embeddings server {self._url}: {reason}.")


def _read(response: urllib3.BaseHTTPResponse, limit: int, ends: float) -> bytes:
    """The whole body; `HTTPError` if it is longer than ``limit`` or not there at ``ends``."""
    parts: list[bytes] = []
    left = limit
    while part := response.read1(min(left + 1, 65_536)):
        left -= len(part)
        if left < 0 or time.monotonic() > ends:
            response.close()
            raise urllib3.exceptions.HTTPError("the answer is too long or takes too long")
        parts.append(part)
    response.release_conn()
    return b"".join(parts)


def _numbers(answer: Any, texts: int) -> npt.NDArray[np.float32]:
    """The vectors in an answer, in the order of the texts; an exception where it has others."""
    rows: list[Any] = [None] * texts
    for place, entry in enumerate(answer["data"]):
        at = entry.get("index", place)
        if not 0 <= at < texts:
            raise ValueError(f"it has a vector for text {at} of {texts}")
        rows[at] = entry["embedding"]
    if any(not isinstance(row, list) for row in rows):
        raise ValueError(f"it has no vector for some of {texts} texts")
    found = np.array(rows, dtype=np.float32)
    if found.ndim != 2 or not np.isfinite(found).all() or not found.any(axis=1).all():
        raise ValueError("its vectors are not numbers, or are all zero")
    return found


def _name(server: Server) -> str:
    """The kind of vectors: model, size, and in short how texts are given to it."""
    how = json.dumps([*server.prefixes(), *(server.input_types or ())])
    digest = hashlib.sha256(how.encode()).hexdigest()[:6]
    return f"{server.model}/http-{server.dimensions}-{digest}"
