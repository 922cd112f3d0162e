"""Talking to Elasticsearch: where it is, how long to wait, and when to ask again."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import orjson
from elastic_transport import ApiResponseMeta
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.serializer import (
    CompatibilityModeJsonSerializer,
    CompatibilityModeNdjsonSerializer,
)

from search.engines.base import EngineUnavailable
from search.engines.elasticsearch.errors import (
    CLIENT_ERRORS,
    is_missing,
    may_succeed_again,
    unavailable,
)

_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 2.0
_LEAST_SECONDS = 0.01
"""With less time left a request is not sent."""

_READING_TRIES = 4
_WRITING_TRIES = 10
"""How often a request is sent: a write waits for a cluster to choose another primary (seconds),
a reader for a connection to be made anew or a swap (a tenth of a second); so does a write for an
index that is missing."""

_MERGE_SECONDS = 300.0
"""Elasticsearch goes on merging when nobody waits for it any longer."""

Request = Callable[[Elasticsearch], Any]

_answer_ends: ContextVar[float] = ContextVar("answer_ends", default=math.inf)
"""When the time of the answer that a reader waits for is over, by the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where Elasticsearch is, as whom we ask, and how long we wait.

    ``urls`` are the nodes; requests go to each in turn and pass by one that fails. ``ca`` is the
    file of the authority that signed their certificates. ``user`` and ``password``, or
    ``api_key``, where security is on. ``search_seconds`` is all the time that a reader waits for an
    answer, repeated requests included; ``write_seconds`` all that a write may take,
    ``write_attempt_seconds`` one request of it.
    """

    urls: tuple[str, ...]
    ca: str | None = None
    user: str | None = None
    password: str | None = None
    api_key: str | None = None
    search_seconds: float = 1.5
    write_seconds: float = 50.0
    write_attempt_seconds: float = 15.0

    def __post_init__(self) -> None:
        if not self.urls:
            raise ValueError("Elasticsearch needs at least one URL.")
        if self.api_key and self.user:
            raise ValueError("Elasticsearch takes a user and password or an API key, not both.")
        if self.user and self.password is None:
            raise ValueError(f"Elasticsearch needs the password of {self.user}.")


class Client:
    """A client for any number of threads; after a fork each process has one of its own."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._lock = Lock()
        self._process = 0
        self._elasticsearch: Elasticsearch | None = None

    @contextmanager
    def one_answer(self) -> Iterator[None]:
        """Within the context all reading shares the time of one answer to a reader."""
        ends = time.monotonic() + self.connection.search_seconds
        token = _answer_ends.set(min(ends, _answer_ends.get()))
        try:
            yield
        finally:
            _answer_ends.reset(token)

    def reading(self, doing: str) -> Budget:
        """The time of one answer to a reader, or what is left of it (see `one_answer`)."""
        seconds = self.connection.search_seconds
        ends = min(time.monotonic() + seconds, _answer_ends.get())
        # A node that hangs must leave time to ask another; with one node there is none.
        attempt = seconds if len(self.connection.urls) == 1 else seconds / 2
        return Budget(self, doing, ends, attempt, _READING_TRIES)

    def writing(self, doing: str) -> Budget:
        """The time of one write."""
        ends = time.monotonic() + self.connection.write_seconds
        return Budget(self, doing, ends, self.connection.write_attempt_seconds, _WRITING_TRIES)

    def merging(self, doing: str) -> Budget:
        """The time of one request that may take minutes, and is not sent again."""
        return Budget(self, doing, time.monotonic() + _MERGE_SECONDS, _MERGE_SECONDS, 1)

    def elasticsearch(self) -> Elasticsearch:
        """The client of this process; it asks once, for we decide when to ask again."""
        with self._lock:
            if self._elasticsearch is None or self._process != os.getpid():
                self._process = os.getpid()
                self._elasticsearch = _connect(self.connection)
            return self._elasticsearch


class Budget:
    """Time and tries for one or several requests, repeated while they may succeed.

    ``ends`` is the moment, by the monotonic clock, at which the time is over.
    """

    def __init__(
        self, client: Client, doing: str, ends: float, attempt_seconds: float, tries: int
    ) -> None:
        self._client = client
        self._doing = doing
        self._attempt_seconds = attempt_seconds
        self.ends = ends
        self._pause = _FIRST_PAUSE_SECONDS
        self._tries = tries

    def ask(self, request: Request) -> Any:
        """The body of an answer. Raises `EngineUnavailable`, never an error of the client."""
        while True:
            try:
                return request(self._with_timeout()).body
            except CLIENT_ERRORS as error:
                if is_missing(error):
                    self._tries = min(self._tries, _READING_TRIES)
                if not may_succeed_again(error) or not self.pause():
                    raise unavailable(error, self._doing) from error

    def ask_several(self, request: Request) -> list[Any]:
        """The answers of a multi-search; an error in one of them is one of all."""

        def checked(elasticsearch: Elasticsearch) -> Any:
            answer = request(elasticsearch)
            for one in answer["responses"]:
                if "error" in one:
                    raise ApiError(str(one["error"]), _meta(answer, one["status"]), one)
            return answer

        return list(self.ask(checked)["responses"])

    def pause(self) -> bool:
        """Wait before asking again, longer each time; False when no time or try is left."""
        self._tries -= 1
        if self._tries <= 0 or self._left() < self._pause + _LEAST_SECONDS:
            return False
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
        return True

    def _left(self) -> float:
        return self.ends - time.monotonic()

    def _with_timeout(self) -> Elasticsearch:
        left = self._left()
        if left < _LEAST_SECONDS:
            raise EngineUnavailable(f"Elasticsearch did not answer in time while {self._doing}.")
        client = self._client.elasticsearch()
        return client.options(request_timeout=min(left, self._attempt_seconds), max_retries=0)


class _Fast:
    """A question has a thousand terms and an answer a megabyte of vectors."""

    def json_dumps(self, data: Any) -> bytes:
        return orjson.dumps(data)

    def json_loads(self, data: bytes) -> Any:
        return orjson.loads(data)


class _FastJson(_Fast, CompatibilityModeJsonSerializer):
    pass


class _FastLines(_Fast, CompatibilityModeNdjsonSerializer):
    pass


def _meta(answer: Any, status: int) -> ApiResponseMeta:
    """What an answer of its own with this status would have said of itself."""
    return replace(answer.meta, status=status)


def _connect(connection: Connection) -> Elasticsearch:
    options: dict[str, Any] = {
        "retry_on_timeout": False,
        "serializers": {one.mimetype: one for one in (_FastJson(), _FastLines())},
    }
    if connection.api_key:
        options["api_key"] = connection.api_key
    elif connection.user:
        options["basic_auth"] = (connection.user, connection.password or "")
    if connection.ca:
        options["ca_certs"] = connection.ca
    return Elasticsearch(list(connection.urls), **options)
