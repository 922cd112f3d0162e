"""The parts of addresses that are made of titles."""

from __future__ import annotations

from django.utils.text import slugify
from wagtail.coreutils import string_to_ascii
from wagtail.models import Page

from publications.models.editions import RESERVED_SLUG

MAX_SLUG = 80


def free_slug(parent: Page, title: str, name: str) -> str:
    """A part of the address from the title in Latin letters, not taken below ``parent``.

    ``name`` serves where nothing of the title is left.
    """
    words = slugify(string_to_ascii(title)) or slugify(string_to_ascii(name)) or "work"
    base = words[:MAX_SLUG].rsplit("-", 1)[0] if len(words) > MAX_SLUG else words
    taken = set(parent.get_children().values_list("slug", flat=True)) | {RESERVED_SLUG}
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
