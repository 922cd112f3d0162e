"""Writing documents: in bulks of bounded size, sent again until all are in or time is up."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from search.engines.base import EngineUnavailable, VectorKind
from search.engines.elasticsearch.client import Budget, Client
from search.engines.elasticsearch.documents import work_document
from search.engines.elasticsearch.errors import item_error, item_may_succeed_again
from search.records import Passage, Record

BULK_BYTES = 1_000_000
"""A bulk is sent when it is so large; a larger work goes alone."""

PORTION_CHARACTERS = 20_000_000
"""So much text of a rebuild is in memory at once; a byte of a vector counts as a character."""

_SENDERS = 3
"""Threads that make and send bulks: one makes documents while two wait for Elasticsearch."""

_OLDER_THAN_HELD = 409


@dataclass(frozen=True, slots=True)
class Target:
    """An index to be written to: by its name or ``alias``, and the vectors that it holds."""

    index: str
    vectors: VectorKind | None
    alias: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """A document to be written, as a bulk takes it."""

    work: int
    header: bytes
    document: bytes

    @classmethod
    def of(cls, record: Record, vectors: VectorKind | None) -> Operation:
        """What writes a record to an index of some vectors or of none."""
        # Of equal versions the later replaces, an older one is refused: so a bulk may be sent
        # again, and several writers end with the newest.
        header = {
            "_id": str(record.work),
            "version": record.version,
            "version_type": "external_gte",
        }
        return cls(record.work, _json({"index": header}), _json(work_document(record, vectors)))


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
            while bulk := _next_bulk(waiting, target.vectors):
                _send_bulk(client.writing("writing"), target, bulk)
        finally:
            waiting.clear()  # after an error the other threads stop too

    with ThreadPoolExecutor(min(_SENDERS, len(waiting)) or 1) as pool:
        for sender in [pool.submit(keep_sending) for _ in range(_SENDERS)]:
            sender.result()


def _next_bulk(waiting: deque[Record], vectors: VectorKind | None) -> list[Operation]:
    """The next records that together are large enough; none at the end."""
    bulk: list[Operation] = []
    size = 0
    while size < BULK_BYTES:
        try:
            record = waiting.popleft()
        except IndexError:
            break
        operation = Operation.of(record, vectors)
        bulk.append(operation)
        size += len(operation.document)
    return bulk


def _send_bulk(budget: Budget, target: Target, bulk: list[Operation]) -> None:
    """Send a bulk, and again what had no room or lost its index to a swap."""
    while bulk:
        answer = _ask(budget, target, bulk)
        failed = [
            (operation, result)
            for operation, item in zip(bulk, answer["items"], strict=True)
            if (result := item["index"])["status"] not in (200, 201, _OLDER_THAN_HELD)
        ]
        for operation, result in failed:
            if not item_may_succeed_again(result["status"], result["error"]):
                raise item_error(result["error"], f"work {operation.work}")
        bulk = [operation for operation, _ in failed]
        if bulk and not budget.pause():
            raise EngineUnavailable(f"Elasticsearch does not take documents: {failed[0][1]}")


def _ask(budget: Budget, target: Target, bulk: list[Operation]) -> dict[str, Any]:
    lines: list[Any] = [line for one in bulk for line in (one.header, one.document)]
    answer: dict[str, Any] = budget.ask(
        lambda es: es.bulk(index=target.index, operations=lines, require_alias=target.alias)
    )
    return answer


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
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
