"""What other parts of the site may listen to, without the search knowing them."""

from __future__ import annotations

from django.dispatch import Signal

searched = Signal()
"""A question was answered: the first page of its results is about to be shown.

Sent once for each first page, with filters or without, and not while the index cannot be asked.
Receivers get ``request``; ``query``, the ``search.asking.Asking`` with the parsed question and its
plan; ``hits``, those of the page (``search.engines.base.Hit``: work, languages, reasons);
``total``, how many works match; and ``language``, the code of the page's language.

It is sent robustly: what a receiver raises is logged, and the reader gets the page. A receiver
delays the page, so it writes little and waits for nothing.
"""
