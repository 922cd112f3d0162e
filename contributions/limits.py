"""How much one reader may send in a day, without keeping who they are.

An address is hashed with a key of the day, together with what it does. The key is thrown away
with the day; the address itself is never written down. The counts stand in the database, so
that all processes share them.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from cms.addresses import client_address
from contributions.models import DayCount, DayKey

IPV6_NETWORK = 64
"""Bits of an IPv6 address that tell one reader's network from another's."""


def within_limit(request: HttpRequest, what: str, limit: int) -> bool:
    """Count something that a reader does; whether it is at most the ``limit``-th time today."""
    return _take(f"{what} {_network(client_address(request))}", limit)


def within_total(what: str, limit: int) -> bool:
    """Count something that anybody does; whether it is at most the ``limit``-th time today."""
    return _take(what, limit)


def forget_past_days() -> None:
    """Throw away the keys and counts of the days before today."""
    today = timezone.localdate()
    DayCount.objects.filter(day__lt=today).delete()
    DayKey.objects.filter(day__lt=today).delete()


def _take(what: str, limit: int) -> bool:
    day = timezone.localdate()
    with transaction.atomic():
        key, _ = DayKey.objects.get_or_create(day=day, defaults={"key": secrets.token_hex(32)})
        token = hmac.new(bytes.fromhex(key.key), what.encode(), hashlib.sha256).hexdigest()
        DayCount.objects.bulk_create([DayCount(day=day, token=token)], ignore_conflicts=True)
        rows = DayCount.objects.filter(day=day, token=token, count__lt=limit)
        return bool(rows.update(count=F("count") + 1))


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
