"""What is wrong with the concepts of a file, by themselves and beside the glossary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from cms.languages import BY_CODE
from glossary.exchange.entries import Entry


def merged(entries: Sequence[Entry], stored: Mapping[str, Entry]) -> dict[str, Entry]:
    """The concepts of a file as they will be: what the file is silent about stays.

    Two concepts are related to each other: a link holds if either states it, and goes if the
    file speaks of the links of one of them and neither states it.
    """
    related = _related_after(entries, stored)
    return {
        entry.slug: _merge(entry, stored.get(entry.slug), tuple(sorted(related[entry.slug])))
        for entry in entries
    }


def check(entries: Sequence[Entry], stored: Mapping[str, Entry]) -> None:
    """Complain in each entry's row about what cannot be stored, and remark what may surprise."""
    after = {**stored, **merged(entries, stored)}
    for entry in entries:
        if not any(names.preferred for names in after[entry.slug].names.values()):
            entry.row.complain(_("The concept has no preferred label in any language."))
        _check_targets(entry, after)
    _complain_about_rings(entries, after)
    _remark_shared_labels(entries, after)


def _merge(entry: Entry, before: Entry | None, related: tuple[str, ...]) -> Entry:
    if before is None:
        before = Entry(entry.row, entry.slug)
    return replace(
        entry,
        names={**before.names, **entry.names},
        is_theme=bool(before.is_theme) if entry.is_theme is None else entry.is_theme,
        broader=(before.broader or "") if entry.broader is None else entry.broader,
        related=related,
        exact_matches=(
            before.exact_matches or () if entry.exact_matches is None else entry.exact_matches
        ),
    )


def _related_after(entries: Sequence[Entry], stored: Mapping[str, Entry]) -> dict[str, set[str]]:
    stated = _pairs(entries)
    covered = {entry.slug for entry in entries if entry.related is not None}
    kept = {pair for pair in _pairs(stored.values()) if covered.isdisjoint(pair)}
    related: dict[str, set[str]] = defaultdict(set)
    for one, other in stated | kept:
        related[one].add(other)
        related[other].add(one)
    return related


def _pairs(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    """The related concepts, each pair once; none with itself."""
    return {
        (min(entry.slug, other), max(entry.slug, other))
        for entry in entries
        for other in entry.related or ()
        if other != entry.slug
    }


def _check_targets(entry: Entry, after: Mapping[str, Entry]) -> None:
    row = entry.links_row
    for target in entry.targets:
        if target == entry.slug:
            row.complain(_("The concept is a neighbour of itself."))
        elif target not in after:
            row.complain(
                _("“%(slug)s” is no concept of this file or of the glossary.") % {"slug": target}
            )
    if after[entry.slug].is_theme and after[entry.slug].broader:
        row.complain(_("A theme has no broader concept."))


def _complain_about_rings(entries: Iterable[Entry], after: Mapping[str, Entry]) -> None:
    for entry in entries:
        slug, seen = after[entry.slug].broader, {entry.slug}
        while slug and slug not in seen:
            seen.add(slug)
            slug = after[slug].broader if slug in after else ""
        if slug == entry.slug and len(seen) > 1:
            entry.links_row.complain(_("The chain of broader concepts comes back to itself."))


def _remark_shared_labels(entries: Iterable[Entry], after: Mapping[str, Entry]) -> None:
    """Remark labels that several concepts have: a search for one finds them all."""
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for slug, entry in after.items():
        for language, text in labels_of(entry):
            named[language, text.casefold()].add(slug)
    for entry in entries:
        for language, text in labels_of(entry):
            if others := named[language, text.casefold()] - {entry.slug}:
                entry.row.remark(
                    _("“%(text)s” (%(language)s) is a label of %(concepts)s too.")
                    % {
                        "text": text,
                        "language": BY_CODE[language].name,
                        "concepts": ", ".join(sorted(others)[:3]),
                    }
                )


def labels_of(entry: Entry) -> Iterable[tuple[str, str]]:
    """Every label of an entry, with its language."""
    for language, names in entry.names.items():
        for text in (names.preferred, *names.alternatives):
            if text:
                yield language, text
