"""The search index from the command line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.leases import LeaseLost, LeaseTaken
from cms.models import JobRun
from publications.models import Reading
from search.engine import get_engine
from search.engines.base import EngineError, EngineUnavailable
from search.health import index_state
from search.indexing import check, outbox
from search.indexing.drain import drain
from search.indexing.rebuild import RebuildFailed, rebuild
from search.records import SCHEMA_VERSION

WAIT_SECONDS = 120.0
"""How long a command waits for the worker to let go of the index."""


class Command(BaseCommand):
    """``search_index rebuild|sync|check|status``."""

    help = "Rebuild the search index, bring it up to date, check and repair it, or describe it."

    def add_arguments(self, parser: CommandParser) -> None:
        """One word says what to do."""
        what = parser.add_subparsers(
            dest="what", required=True, metavar="rebuild|sync|check|status"
        )
        what.add_parser("rebuild", help="Build a new index; the old one serves until it is done.")
        what.add_parser("sync", help="Write what waits in the outbox now.")
        checking = what.add_parser(
            "check", help="Find and repair missing, stale and extra works. 0 if all is well."
        )
        checking.add_argument(
            "--dry-run", action="store_true", help="Only report; 1 if something is wrong."
        )
        what.add_parser("status", help="Describe the index and what waits.")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        """Do what was asked for; what prevents it is said with a way out."""
        with _errors_told():
            if what == "check":
                self._check(dry_run=options["dry_run"])
            else:
                {"rebuild": self._rebuild, "sync": self._sync, "status": self._status}[what]()

    def _rebuild(self) -> None:
        began = time.monotonic()
        progress = _ProgressLine(self)
        rebuilt = rebuild(progress)
        progress.end()
        seconds = time.monotonic() - began
        self.stdout.write(f"Built an index of {rebuilt.works} works in {seconds:.0f} s.")
        for work, error in rebuilt.failed.items():
            self.stderr.write(f"Work {work} is not in it: {error}")
        if rebuilt.failed:
            raise CommandError(f"{len(rebuilt.failed)} works could not be indexed.")

    def _sync(self) -> None:
        drained = drain(wait=WAIT_SECONDS, retries=True)
        self.stdout.write(f"{drained.written} works written.")
        self._fail_for(drained.failed)

    def _check(self, *, dry_run: bool) -> None:
        if dry_run:
            found, failed = check.compare(wait=WAIT_SECONDS), 0
        else:
            found, drained = check.repair(wait=WAIT_SECONDS)
            failed = drained.failed
        self.stdout.write(
            f"Missing: {len(found.missing)}, stale: {len(found.stale)}, "
            f"extra: {len(found.extra)}, waiting in the outbox: {found.waiting}."
        )
        if found.works and dry_run:
            raise CommandError("Run `manage.py search_index check` to repair.", returncode=1)
        if found.works:
            self.stdout.write(f"Repaired {len(found.works)} works.")
        self._fail_for(failed)

    def _fail_for(self, failed: int) -> None:
        if failed:
            errors = outbox.backlog().failed
            lines = [f"  work {work}: {error}" for work, error in errors.items()]
            raise CommandError("\n".join([f"{failed} works could not be indexed:", *lines]))

    def _status(self) -> None:
        self.stdout.write(f"Engine: {settings.SEARCH_ENGINE} ({index_state()})")
        try:
            status = get_engine().status()
        except EngineUnavailable as error:
            self.stdout.write(f"Index: {error}")
        else:
            self.stdout.write(
                f"Index: {status.name}, schema {status.schema_version} "
                f"(this site: {SCHEMA_VERSION}), {status.size_bytes / 1e6:.1f} MB\n"
                f"Works: {status.works}\nPassages: {status.passages}"
            )
        self._describe_waiting()

    def _describe_waiting(self) -> None:
        waiting = outbox.backlog()
        unread = Reading.objects.filter(state__in=["waiting", "reading"]).count()
        self.stdout.write(
            f"Outbox: {waiting.entries} changes of {waiting.works} works, "
            f"the oldest {waiting.oldest_seconds} s old\nFiles to read: {unread}"
        )
        for work, error in waiting.failed.items():
            self.stdout.write(f"  work {work}: {error}")
        for job in JobRun.objects.all():
            self.stdout.write(f"Job {job.name}: {_describe(job)}")


def _describe(job: JobRun) -> str:
    success = f"{job.succeeded_at:%Y-%m-%d %H:%M:%S} UTC" if job.succeeded_at else "never"
    failure = f"; failed at {job.failed_at:%H:%M:%S}: {job.error}" if job.error else ""
    return f"last success {success}{failure}"


@contextmanager
def _errors_told() -> Iterator[None]:
    """What prevents a command, as a message a person can act on."""
    try:
        yield
    except LeaseTaken as error:
        raise CommandError(
            f"{error} If it was killed on another machine, wait a minute."
        ) from error
    except (LeaseLost, EngineError, RebuildFailed) as error:
        raise CommandError(str(error)) from error


class _ProgressLine:
    """``n of m works, time left``: one line that is written over, or a line now and then."""

    def __init__(self, command: BaseCommand) -> None:
        self._out = command.stdout
        self._tty = self._out.isatty()
        self._began = self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last < (0.2 if self._tty else 5) and done < total:
            return
        self._last = now
        left = (now - self._began) / done * (total - done) if done else 0
        text = f"{done} of {total} works"
        if done and done < total:
            text += f", about {_duration(left)} left"
        self._out.write(f"\r\x1b[K{text}" if self._tty else text, ending="" if self._tty else "\n")
        self._out.flush()

    def end(self) -> None:
        """Go to the next line."""
        if self._tty:
            self._out.write("")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
