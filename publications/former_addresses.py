"""Addresses of works and files that were joined or split: they lead to where these are now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import reverse

from publications.models import Edition, MovedFile, Work

_MOST_MOVES = 20

View = Callable[..., HttpResponseBase]


def follow_moves(view: View) -> View:
    """Where a view finds nothing, send the reader on to where it went, if it went somewhere."""

    @wraps(view)
    def wrapped(request: HttpRequest, work: int, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, work=work, **kwargs)
        except Http404:
            now = _now(work, kwargs.get("number"))
            if now is None or request.resolver_match is None:
                raise
            address = kwargs | dict(zip(("work", "number"), now, strict=False))
            url = reverse(request.resolver_match.view_name, kwargs=address)
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)

    return wrapped


def _now(work: int, number: int | None) -> tuple[int, ...] | None:
    place: tuple[int, ...] = (work,) if number is None else (work, number)
    for _move in range(_MOST_MOVES):
        following = _next_file(*place) if number is not None else _next_work(place[0])
        if following is None:
            break
        place = following
    return place if place[0] != work else None


def _next_work(work: int) -> tuple[int] | None:
    into = Work.objects.filter(pk=work).values_list("joined_into", flat=True).first()
    return (into,) if into else None


def _next_file(work: int, number: int) -> tuple[int, int] | None:
    return (
        MovedFile.objects.filter(work=work, number=number)
        .values_list("now_work", "now_number")
        .first()
    )


def split_off_edition(work: int, slug: str, language: str) -> Edition | None:
    """The edition that had this address before it became a work of its own."""
    if not slug:
        return None
    editions = Edition.objects.real().live().filter(work__split_from=work, slug=slug)
    return editions.filter(locale__language_code=language).first()
