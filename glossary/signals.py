"""What the glossary tells others."""

from __future__ import annotations

from django.dispatch import Signal

concepts_changed = Signal()
"""Labels of stored concepts were written in bulk, without a signal for each: ``concepts`` are
the keys of the concepts. Sent in the transaction of the change."""
