"""Asking the worker to do something, without asking twice.

The queue only makes things happen soon. What is to be done stands in our own tables, so a task
that is lost or runs twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db import connection, transaction
from django_tasks.base import Task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult


def enqueue_missing(task: Task, calls: Iterable[tuple[Any, ...]]) -> int:
    """Enqueue those calls of a task that do not wait in the queue already; says how many."""
    queued = _queued(task)
    count = 0
    for arguments in calls:
        key = json.dumps(arguments)
        if key not in queued:
            queued.add(key)
            task.enqueue(*arguments)
            count += 1
    return count


def others_wait(task: Task) -> bool:
    """Whether tasks of a higher priority wait in the queue: a long one then gives way."""
    if not isinstance(task.get_backend(), DatabaseBackend):
        return False
    return DBTaskResult.objects.ready().filter(priority__gt=task.priority).exists()


def _queued(task: Task) -> set[str]:
    """The arguments of a task's calls that wait, as JSON."""
    if not isinstance(task.get_backend(), DatabaseBackend):
        return set()
    waiting = DBTaskResult.objects.ready().filter(task_path=task.module_path)
    return {json.dumps(row["args"]) for row in waiting.values_list("args_kwargs", flat=True)}


def enqueue_on_commit(task: Task) -> None:
    """Enqueue a task without arguments once the transaction commits, if it does not wait already.

    However often it is asked for in a transaction, the queue is asked once. A failure is
    logged, never raised: the sweep asks again.
    """
    request = _request(task)
    if not any(function is request for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(request, robust=True)


@cache
def _request(task: Task) -> Callable[[], None]:
    """The same function each time for a task, so that it can be recognised."""

    def request() -> None:
        enqueue_missing(task, [()])

    return request
