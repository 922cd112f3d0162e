"""How much a match counts: the same for every engine."""

from __future__ import annotations

PART_WEIGHTS = {"title": 3.0, "summary": 1.5, "facts": 1.0, "text": 1.0}
"""A word in the title says most about a work, one in the summary more than one of the text."""

ANALYSED = 1.0
"""The word as its language inflects it counts most."""

FOLDED = 0.7
"""The same letters without accents count less."""

CONCEPT = 0.4
"""A label of a concept that the words name counts less than the words themselves."""

LOOSE = 0.5
"""A part of a compound or a stem without accents counts least: it is often another word."""
