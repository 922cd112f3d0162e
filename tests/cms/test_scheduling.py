"""What runs by the clock."""

from __future__ import annotations

import datetime
import os
import tempfile
import time
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cms.jobs import prune_sessions, prune_tasks, publish_scheduled
from cms.leases import take
from cms.models import JobRun
from cms.scheduling import Job, all_jobs, run_due_jobs, run_job
from publications.jobs import prune_temporary_folders, sweep_readings
from publications.models import Publication
from search.indexing import outbox
from search.jobs import look_at_index
from search.models import OutboxEntry
from search.tasks import mend_index
from tests.library import Library, pdf_bytes

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


def job(name: str, runs: list[str], every: datetime.timedelta = MINUTE) -> Job:
    """A job that notes that it ran."""
    return Job(name, every, lambda: runs.append(name))


def failing(name: str) -> Job:
    """A job that always fails."""
    return Job(name, MINUTE, lambda: 1 / 0)


def let_time_pass(time: datetime.timedelta) -> None:
    for run in JobRun.objects.all():
        run.started_at -= time
        run.save()


def test_a_job_runs_when_it_is_due_and_not_before() -> None:
    runs: list[str] = []
    jobs = (job("often", runs), job("seldom", runs, 60 * MINUTE))
    run_due_jobs(jobs)
    run_due_jobs(jobs)
    assert runs == ["often", "seldom"]
    let_time_pass(MINUTE)
    assert run_due_jobs(jobs) == ["often"]


def test_a_job_that_fails_stops_no_other_and_says_why() -> None:
    runs: list[str] = []
    run_due_jobs((failing("bad"), job("good", runs)))
    assert runs == ["good"]
    bad, good = JobRun.objects.get(name="bad"), JobRun.objects.get(name="good")
    assert "ZeroDivisionError" in bad.error
    assert bad.failed_at
    assert bad.succeeded_at is None
    assert good.succeeded_at
    assert good.error == ""


def test_a_failure_is_forgotten_after_a_success_and_the_last_success_kept() -> None:
    runs: list[str] = []
    run_due_jobs((job("one", runs),))
    success = JobRun.objects.get().succeeded_at
    let_time_pass(MINUTE)
    run_due_jobs((failing("one"),))
    assert JobRun.objects.get().succeeded_at == success
    assert JobRun.objects.get().error
    let_time_pass(MINUTE)
    run_due_jobs((job("one", runs),))
    assert JobRun.objects.get().error == ""


def test_two_schedulers_do_not_run_a_job_at_once() -> None:
    runs: list[str] = []
    lease = take("job: one", 60)
    assert not run_job(job("one", runs))
    lease.release()
    assert run_job(job("one", runs))
    assert not run_job(job("one", runs)), "the other was quicker"
    assert runs == ["one"]


def test_every_job_of_the_site_succeeds(library: Library) -> None:
    run_due_jobs()
    errors = {run.name: run.error for run in JobRun.objects.all() if run.error}
    assert errors == {}
    assert {run.name for run in JobRun.objects.all() if run.succeeded_at} == {
        job.name for job in all_jobs()
    }


def test_every_app_lists_its_own_jobs() -> None:
    names = {job.name for job in all_jobs()}

    assert {"publish scheduled", "sweep readings", "reconcile"} <= names
    assert len(names) == len(all_jobs())


def test_a_page_is_published_when_its_time_has_come(library: Library) -> None:
    page = library.edition(go_live_at=timezone.now() + datetime.timedelta(hours=1))
    publish_scheduled()
    assert not Publication.objects.get(pk=page.pk).live
    revision = page.revisions.latest("created_at")
    past = (timezone.now() - datetime.timedelta(minutes=1)).isoformat()
    revision.content["go_live_at"] = revision.approved_go_live_at = past
    revision.save()
    OutboxEntry.objects.all().delete()
    publish_scheduled()
    assert Publication.objects.get(pk=page.pk).live
    assert outbox.due_works(10) == [page.work_id]


def test_a_page_is_taken_back_when_its_time_is_up(library: Library) -> None:
    page = library.edition()
    past = timezone.now() - datetime.timedelta(minutes=1)
    Publication.objects.filter(pk=page.pk).update(expire_at=past)
    OutboxEntry.objects.all().delete()
    publish_scheduled()
    assert not Publication.objects.get(pk=page.pk).live
    assert outbox.due_works(10) == [page.work_id]


def test_the_sweep_asks_for_what_waits_and_asks_once(library: Library, settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    library.edition()
    document = library.document(pdf_bytes("x"), "x.pdf")
    DBTaskResult.objects.all().delete()
    for _turn in range(2):
        sweep_readings()
        outbox.sweep()
    waiting = {(row.task_path, *row.args_kwargs["args"]) for row in DBTaskResult.objects.all()}
    assert DBTaskResult.objects.count() == 2
    assert waiting == {
        ("search.tasks.drain_outbox",),
        ("publications.tasks.read_document", document.pk),
    }


def test_the_worker_is_asked_for_an_index_only_if_none_can_be_used(
    settings, tmp_path: Path
) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    look_at_index()
    assert [row.task_path for row in DBTaskResult.objects.all()] == ["search.tasks.mend_index"]
    assert mend_index.func() == "rebuilt"
    assert mend_index.func() == "nothing to do"
    DBTaskResult.objects.all().delete()
    look_at_index()
    assert not DBTaskResult.objects.exists()


def test_old_tasks_are_removed_also_those_whose_worker_died() -> None:
    now = timezone.now()
    rows = {}
    for name, status, age in (
        ("old", TaskResultStatus.SUCCESSFUL, 3),
        ("new", TaskResultStatus.SUCCESSFUL, 0),
        ("died", TaskResultStatus.RUNNING, 2),
        ("running", TaskResultStatus.RUNNING, 0),
        ("waiting", TaskResultStatus.READY, 30),
    ):
        moment = now - datetime.timedelta(days=age)
        rows[name] = DBTaskResult.objects.create(
            status=status,
            args_kwargs={"args": [], "kwargs": {}},
            task_path="search.tasks.drain_outbox",
            backend_name="default",
            run_after=moment,
            started_at=moment,
            finished_at=moment if status == TaskResultStatus.SUCCESSFUL else None,
            exception_class_path="",
            traceback="",
        ).pk
    prune_tasks()
    left = set(DBTaskResult.objects.values_list("pk", flat=True))
    assert left == {rows["new"], rows["running"], rows["waiting"]}


def test_sessions_whose_time_is_up_are_removed() -> None:
    for key, days in (("old", -1), ("new", 1)):
        end = timezone.now() + datetime.timedelta(days=days)
        Session.objects.create(session_key=key, session_data="", expire_date=end)
    prune_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["new"]


def test_folders_of_killed_readers_are_removed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    for name, days in (("extraction-old", 2), ("extraction-new", 0), ("other", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
        moment = time.time() - days * 86_400
        os.utime(tmp_path / name, (moment, moment))
    prune_temporary_folders()
    assert {path.name for path in tmp_path.iterdir()} == {"extraction-new", "other"}
