"""Following a search, on the page of its results."""

from __future__ import annotations

from django import template

from search.address import Address
from search.feed import feed_url

register = template.Library()


@register.filter
def feed(address: Address) -> str:
    """The address of a search's feed: ``{{ address|feed }}``."""
    return feed_url(address)
