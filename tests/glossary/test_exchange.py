"""The glossary in and out: nothing lost on the way, everything wrong with a file said."""

from __future__ import annotations

from typing import Any

import pytest

from glossary.exchange.entries import Entry
from glossary.exchange.stored import stored_entries

pytestmark = pytest.mark.django_db


def contents() -> dict[str, Any]:
    """Everything the glossary holds, to compare."""
    return {slug: facts(entry) for slug, entry in stored_entries().items()}


def facts(entry: Entry) -> Any:
    names = {
        code: (texts.preferred, sorted(texts.alternatives)) for code, texts in entry.names.items()
    }
    return names, entry.is_theme, entry.broader, entry.related, entry.exact_matches
