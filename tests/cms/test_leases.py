"""Leases: one holder at a time, whatever happens to it."""

from __future__ import annotations

import datetime
import subprocess
import sys
from contextlib import suppress

import pytest
from django.db import transaction
from django.utils import timezone

from cms.leases import Held, LeaseLost, LeaseTaken, _machine, hold, is_held, take
from cms.models import Lease

pytestmark = pytest.mark.django_db


def taken(name: str = "writer") -> Held:
    held = take(name, 60)
    assert held is not None
    return held


def let_time_pass(held: Held) -> None:
    past = timezone.now() - datetime.timedelta(seconds=1)
    Lease.objects.filter(name=held.name).update(until=past)


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_one_holds_a_lease_until_it_is_released() -> None:
    held = taken()
    assert take("writer", 60) is None
    assert is_held("writer")
    held.release()
    assert not is_held("writer")
    assert take("writer", 60) is not None


def test_leases_of_other_names_do_not_matter() -> None:
    taken("writer")
    assert take("rebuild", 60) is not None


def test_a_lease_whose_time_is_up_is_free() -> None:
    let_time_pass(taken())
    assert not is_held("writer")
    assert take("writer", 60) is not None


def test_renewing_holds_it_longer() -> None:
    held = taken()
    let_time_pass(held)
    held.renew()
    assert take("writer", 60) is None


def test_a_slow_holder_finds_out_that_another_took_it() -> None:
    slow = taken()
    let_time_pass(slow)
    quick = taken()
    with pytest.raises(LeaseLost):
        slow.renew()
    with pytest.raises(LeaseLost), transaction.atomic():
        slow.confirm()
    slow.release()
    assert is_held("writer"), "releasing what one lost leaves the other's alone"
    with transaction.atomic():
        quick.confirm()


def test_a_holder_that_was_slow_keeps_it_if_nobody_took_it() -> None:
    held = taken()
    let_time_pass(held)
    with transaction.atomic():
        held.confirm()


def test_a_dead_process_of_this_machine_holds_nothing() -> None:
    taken()
    Lease.objects.update(holder=f"{_machine()}:{dead_pid()}:x")
    assert take("writer", 60) is not None


def test_of_another_machine_nobody_knows_who_is_dead() -> None:
    taken()
    Lease.objects.update(holder=f"elsewhere:{dead_pid()}:x")
    assert take("writer", 60) is None


def test_hold_releases_also_after_an_error() -> None:
    with suppress(ZeroDivisionError), hold("writer", 60):
        assert is_held("writer")
        raise ZeroDivisionError
    assert not is_held("writer")


def test_hold_waits_and_then_says_who_is_in_the_way() -> None:
    taken()
    with pytest.raises(LeaseTaken, match="writer"), hold("writer", 60, wait=0.1):
        pass


def test_asking_for_a_taken_lease_writes_nothing(django_assert_num_queries) -> None:
    taken()
    with django_assert_num_queries(1):
        assert take("writer", 60) is None
