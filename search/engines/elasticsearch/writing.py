"""Writing documents: in bulks of bounded size, sent again until all are in or time is up."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson

from search.engines.base import EngineUnavailable, VectorKind
from search.engines.elasticsearch.client import Budget, Client
from search.engines.elasticsearch.documents import documents
from search.engines.elasticsearch.errors import item_error, item_may_succeed_again
from search.records import Passage, Record

BULK_BYTES = 4_000_000
"""A bulk is sent when it is so large; only a work without its vectors may make a larger one."""

PORTION_CHARACTERS = 20_000_000
"""So much text of a rebuild is in memory at once; a byte of a vector counts as a character."""

_SENDERS = 3
"""Threads that make and send bulks: one makes documents while two wait for Elasticsearch."""

_OLDER_THAN_HELD = 409
_DONE = frozenset({200, 201, _OLDER_THAN_HELD})
_REMOVED = _DONE | {404}


@dataclass(frozen=True, slots=True)
class Target:
    """An index to be written to: by its name or ``alias``, and the vectors that it holds."""

    index: str
    vectors: VectorKind | None
    alias: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """A document of a work to be written or removed, with its lines in a bulk."""

    work: int
    lines: tuple[bytes, ...]
    removes: bool = False

    @classmethod
    def writing(cls, record: Record, identity: str, document: Mapping[str, Any]) -> Operation:
        """What writes one of the documents of a record."""
        header = {"index": _versioned(identity, record.version)}
        return cls(record.work, (_json(header), _json(document)))

    @classmethod
    def removing(cls, work: int, identity: str, version: int) -> Operation:
        """What removes a document that is not newer than some version."""
        return cls(work, (_json({"delete": _versioned(identity, version)}),), removes=True)

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(map(len, self.lines))

    def is_done(self, status: int) -> bool:
        """Whether an answer of this status leaves nothing to be done."""
        return status in (_REMOVED if self.removes else _DONE)


def newest(records: Iterable[Record]) -> list[Record]:
    """Of several records of a work the one that would remain."""
    kept: dict[int, Record] = {}
    for record in records:
        held = kept.get(record.work)
        if held is None or record.version >= held.version:
            kept[record.work] = record
    return list(kept.values())


def portions(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Records in portions that fit in memory."""
    portion: list[Record] = []
    size = 0
    for record in records:
        portion.append(record)
        size += _characters(record)
        if size >= PORTION_CHARACTERS:
            yield portion
            portion, size = [], 0
    yield portion


def send(client: Client, target: Target, records: Iterable[Record]) -> None:
    """Write records, no two of one work, in several bulks at once.

    Raises `RecordRefused` for a document that the index cannot take, `EngineUnavailable` when
    the rest cannot be written in time; what was written stays, and may be written again.
    """
    waiting = deque(records)

    def keep_sending() -> None:
        try:
            for bulk in _bulks(waiting, target.vectors):
                send_bulk(client.writing("writing"), target, bulk)
        finally:
            waiting.clear()  # after an error the other threads stop too

    with ThreadPoolExecutor(min(_SENDERS, len(waiting)) or 1) as pool:
        for sender in [pool.submit(keep_sending) for _ in range(_SENDERS)]:
            sender.result()


def _bulks(waiting: deque[Record], vectors: VectorKind | None) -> Iterator[list[Operation]]:
    """What writes the waiting records, in bulks that are large enough."""
    bulk: list[Operation] = []
    size = 0
    for operation in _operations(waiting, vectors):
        bulk.append(operation)
        size += operation.size
        if size >= BULK_BYTES:
            yield bulk
            bulk, size = [], 0
    if bulk:
        yield bulk


def _operations(waiting: deque[Record], vectors: VectorKind | None) -> Iterator[Operation]:
    """What writes the next records, as long as there are some: each work before its passages."""
    while True:
        try:
            record = waiting.popleft()
        except IndexError:
            return
        for identity, document in documents(record, vectors):
            yield Operation.writing(record, identity, document)


def send_bulk(budget: Budget, target: Target, bulk: list[Operation]) -> None:
    """Send a bulk, and again what had no room or lost its index to a swap."""
    while bulk:
        answer = _ask(budget, target, bulk)
        failed = [
            (operation, result)
            for operation, item in zip(bulk, answer["items"], strict=True)
            for result in item.values()
            if not operation.is_done(result["status"])
        ]
        for operation, result in failed:
            if not item_may_succeed_again(result["status"], result["error"]):
                raise item_error(result["error"], f"work {operation.work}")
        bulk = [operation for operation, _ in failed]
        if bulk and not budget.pause():
            raise EngineUnavailable(f"Elasticsearch does not take documents: {failed[0][1]}")


def _ask(budget: Budget, target: Target, bulk: list[Operation]) -> dict[str, Any]:
    lines: list[Any] = [line for one in bulk for line in one.lines]
    answer: dict[str, Any] = budget.ask(
        lambda es: es.bulk(index=target.index, operations=lines, require_alias=target.alias)
    )
    return answer


def _versioned(identity: str, version: int) -> dict[str, Any]:
    # Of equal versions the later replaces, an older one is refused: so a bulk may be sent again,
    # and several writers end with the newest.
    return {"_id": identity, "version": version, "version_type": "external_gte"}


def _characters(record: Record) -> int:
    return sum(
        len(passage.text) + _vector_bytes(passage)
        for edition in record.editions
        for text in (edition.body, *(file.passages for file in edition.files))
        for passage in text
    )


def _vector_bytes(passage: Passage) -> int:
    meaning = passage.meaning
    return len(meaning.vector) + len(meaning.sentences) if meaning else 0


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # half of a character, of a damaged file
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")
