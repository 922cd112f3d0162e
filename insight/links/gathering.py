"""Which addresses published pages link to: in their texts, and as identifiers of their works."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.fields import RichTextField
from wagtail.models import Page

from insight.models import LinkCheck, LinkUse
from publications.models import Edition, WorkIdentifier

MAX_LENGTH = 2000
"""Longer addresses are left alone."""

AT_ONCE = 100
"""Pages that are read from the database at once."""


def gather_links() -> None:
    """Bring the table of links up to date with what is published; what is linked no more goes.

    Page by page, so that editors who save meanwhile need not wait.
    """
    published = Page.objects.live().filter(alias_of=None, depth__gt=1)
    keys = list(published.values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        for page in published.filter(pk__in=keys[start : start + AT_ONCE]).specific():
            _store(page, dict.fromkeys(links_of(page)))
    LinkUse.objects.exclude(page__in=published).delete()
    LinkCheck.objects.filter(uses=None).delete()


def links_of(page: Page) -> Iterator[str]:
    """The addresses outside the library that a page shows, without their fragments."""
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField):
            yield from _outside(_links_in(getattr(page, field.name) or ""))
    if isinstance(page, Edition):
        yield from _outside(map(_address, page.work.identifiers.all()))


def key_of(url: str) -> str:
    """What an address is known by in the table."""
    return hashlib.sha256(url.encode()).hexdigest()


@transaction.atomic
def _store(page: Page, urls: dict[str, None]) -> None:
    keys = {key_of(url): url for url in urls}
    fresh = [LinkCheck(key=key, url=url) for key, url in keys.items()]
    LinkCheck.objects.bulk_create(fresh, ignore_conflicts=True)
    LinkUse.objects.filter(page=page).exclude(link__key__in=keys).delete()
    links = LinkCheck.objects.filter(key__in=keys)
    LinkUse.objects.bulk_create(
        [LinkUse(link=link, page_id=page.pk) for link in links], ignore_conflicts=True
    )


def _outside(urls: Iterator[str] | map[str]) -> Iterator[str]:
    """Those of some addresses that are of the web and not our own."""
    own = urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc
    for url in urls:
        try:
            parts = urlsplit(url.strip())
        except ValueError:
            continue
        is_web = parts.scheme in ("http", "https") and parts.netloc
        if is_web and parts.netloc != own and len(url) <= MAX_LENGTH:
            yield urldefrag(url.strip()).url


def _address(identifier: WorkIdentifier) -> str:
    """The address that an identifier stands for, if any."""
    if identifier.scheme == WorkIdentifier.Scheme.DOI:
        return f"https://doi.org/{identifier.value}"
    return identifier.value


def _links_in(html: str) -> Iterator[str]:
    reader = _Links()
    reader.feed(html)
    reader.close()
    return iter(reader.found)


class _Links(HTMLParser):
    """Gathers where the links of a rich text lead; those to pages and files have no address."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]
