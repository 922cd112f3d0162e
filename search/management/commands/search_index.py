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
from cms.progress import ProgressLine
from publications.models import Reading
from search.encoder import loaded_encoder
from search.encoders.base import EncoderUnavailable
from search.engine import get_engine
from search.engines.base import EngineError, EngineUnavailable, VectorKind
from search.health import index_state
from search.indexing import check, encoding, outbox
from search.indexing.drain import drain
from search.indexing.encoding import kind_of
from search.indexing.rebuild import RebuildFailed, Rebuilt, rebuild
from search.records import SCHEMA_VERSION

WAIT_SECONDS = 120.0
"""How long a command waits for the worker to let go of the index."""


class Command(BaseCommand):
    """``search_index rebuild|sync|encode|check|status``."""

    help = "Rebuild the search index, bring it up to date, check and repair it, or describe it."

    def add_arguments(self, parser: CommandParser) -> None:
        """One word says what to do."""
        what = parser.add_subparsers(
            dest="what", required=True, metavar="rebuild|sync|encode|check|status"
        )
        what.add_parser("rebuild", help="Build a new index; the old one serves until it is done.")
        what.add_parser("sync", help="Write what waits in the outbox now.")
        what.add_parser(
            "encode", help="Give passages the vectors they lack now; what was done is kept."
        )
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
                getattr(self, f"_{what}")()

    def _rebuild(self) -> None:
        began = time.monotonic()
        progress = ProgressLine(self.stdout, "works")
        rebuilt = rebuild(progress)
        progress.end()
        seconds = time.monotonic() - began
        self.stdout.write(f"Built an index of {rebuilt.works} works in {seconds:.0f} s.")
        self.stdout.write(_describe_vectors(rebuilt))
        for work, error in rebuilt.failed.items():
            self.stderr.write(f"Work {work} is not in it: {error}")
        if rebuilt.failed:
            raise CommandError(f"{len(rebuilt.failed)} works could not be indexed.")

    def _sync(self) -> None:
        drained = drain(wait=WAIT_SECONDS, retries=True)
        self.stdout.write(f"{drained.written} works written.")
        self._fail_for(drained.failed)

    def _encode(self) -> None:
        began = time.monotonic()
        progress = ProgressLine(self.stdout, "passages")
        works = encoding.encode_works(lambda: False, progress, wait=WAIT_SECONDS)
        progress.end()
        seconds = time.monotonic() - began
        self.stdout.write(f"{works} works got their vectors in {seconds:.0f} s.")
        self._sync()

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
            self._describe_encoding(status.vectors)
        self._describe_waiting()

    def _describe_encoding(self, vectors: VectorKind | None) -> None:
        loaded = loaded_encoder()
        name = loaded.encoder.name if loaded.encoder else "none"
        self.stdout.write(f"Encoder: {name} (SEARCH_ENCODER={settings.SEARCH_ENCODER})")
        for problem in loaded.problems:
            self.stdout.write(f"  {problem}")
        held = f"{vectors.encoder}, {vectors.dimensions} numbers each" if vectors else "none"
        passages, missing = encoding.passages_and_missing()
        share = (passages - missing) / passages if vectors and passages else 0
        self.stdout.write(f"Vectors: {held}; {share:.0%} of the passages have them")
        if loaded.encoder and vectors != kind_of(loaded.encoder):
            self.stdout.write(f"  {encoding.OtherEncoder(loaded.encoder, vectors)}")
        elif missing and vectors:
            state = encoding.encoding_state()
            waits = f" Tried again at {state.next_try:%H:%M:%S} UTC." if state.next_try else ""
            self.stdout.write(f"  {missing} passages wait to be encoded. {state.problem}{waits}")

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
    except (
        LeaseLost,
        EngineError,
        RebuildFailed,
        EncoderUnavailable,
        encoding.OtherEncoder,
    ) as error:
        raise CommandError(str(error)) from error


def _describe_vectors(rebuilt: Rebuilt) -> str:
    if rebuilt.vectors is None:
        return "It holds no vectors: search goes by words and concepts."
    if not rebuilt.without_vector:
        return f"Its {rebuilt.passages} passages have vectors of {rebuilt.vectors.encoder}."
    return (
        f"{rebuilt.without_vector} of its {rebuilt.passages} passages have no vector of "
        f"{rebuilt.vectors.encoder} yet: the worker encodes them in the background; "
        "`manage.py search_index encode` does it now."
    )
