"""What engines say of vectors that do not fit."""

from __future__ import annotations

OTHER_SIZE = (
    "The encoder %s gives vectors of %s numbers, the search index has %s: it searches by words. "
    "Rebuild it with `manage.py search_index rebuild`."
)
