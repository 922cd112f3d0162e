"""What a file changes in the glossary, said or done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cms.languages import BY_CODE
from glossary.exchange.checking import merged
from glossary.exchange.entries import Entry, Names
from glossary.models import Concept, ExactMatch, Label


@dataclass(frozen=True, slots=True)
class Change:
    """A concept after and before an import; ``before`` is missing where it is new."""

    after: Entry
    before: Entry | None

    @property
    def is_change(self) -> bool:
        """Whether the import changes anything of it."""
        return self.before is None or any(self.differences())

    def differences(self) -> Iterator[str]:
        """What is different, one line each; nothing for a new concept."""
        if self.before is None:
            return
        before, after = self.before, self.after
        for language, names in after.names.items():
            known = before.names.get(language, Names())
            if names.preferred != known.preferred:
                yield _says(BY_CODE[language].name, known.preferred, names.preferred)
            yield from _sets(BY_CODE[language].name, known.alternatives, names.alternatives)
        if after.is_theme != before.is_theme:
            yield _("becomes a theme") if after.is_theme else _("is no theme any more")
        if after.broader != before.broader:
            yield _says(_("broader concept"), before.broader or "", after.broader or "")
        yield from _sets(_("related concepts"), before.related or (), after.related or ())
        yield from _sets(
            _("other vocabularies"), before.exact_matches or (), after.exact_matches or ()
        )


def changes(entries: Sequence[Entry], stored: Mapping[str, Entry]) -> list[Change]:
    """What storing these concepts changes, in their order; nothing is written."""
    after = merged(entries, stored)
    return [Change(after[entry.slug], stored.get(entry.slug)) for entry in entries]


def store(entries: Sequence[Entry], stored: Mapping[str, Entry]) -> list[Change]:
    """Write concepts that were checked, all or none; gives what was changed.

    New concepts are made in bulk. Labels of those that exist are saved one by one, so that
    what follows concepts hears of them.
    """
    wanted = [change for change in changes(entries, stored) if change.is_change]
    with transaction.atomic():
        new = [change.after for change in wanted if change.before is None]
        Concept.objects.bulk_create(
            Concept(slug=entry.slug, is_theme=bool(entry.is_theme)) for entry in new
        )
        concepts = Concept.objects.in_bulk(field_name="slug")
        Label.objects.bulk_create(
            label for entry in new for label in _labels(concepts[entry.slug], entry)
        )
        for change in wanted:
            if change.before is not None:
                _change_labels(concepts[change.after.slug], change.after, change.before)
        _store_broader(wanted, concepts)
        _store_related(wanted, concepts)
        _store_matches(wanted, concepts)
    return wanted


def _labels(concept: Concept, entry: Entry) -> Iterator[Label]:
    for language, names in entry.names.items():
        kinds = [(Label.Kind.PREFERRED, names.preferred)] if names.preferred else []
        kinds += [(Label.Kind.ALTERNATIVE, text) for text in names.alternatives]
        for kind, text in kinds:
            yield Label(concept=concept, language=language, kind=kind, text=text)


def _change_labels(concept: Concept, after: Entry, before: Entry) -> None:
    """Take away labels that went, add those that came; the others stay the same rows."""
    wanted = {_key(label): label for label in _labels(concept, after)}
    for label in Label.objects.filter(concept=concept):
        if wanted.pop(_key(label), None) is None:
            label.delete()
    for label in wanted.values():
        label.save()
    if after.is_theme != before.is_theme:
        concept.is_theme = bool(after.is_theme)
        concept.save(update_fields=["is_theme"])


def _key(label: Label) -> tuple[str, str, str]:
    return label.language, str(label.kind), label.text


def _store_broader(wanted: Iterable[Change], concepts: Mapping[str, Concept]) -> None:
    moved = []
    for change in wanted:
        if (change.before.broader if change.before else "") != change.after.broader:
            concept = concepts[change.after.slug]
            concept.broader = concepts[change.after.broader] if change.after.broader else None
            moved.append(concept)
    Concept.objects.bulk_update(moved, ["broader"], batch_size=500)


def _store_related(wanted: Iterable[Change], concepts: Mapping[str, Concept]) -> None:
    """Write both directions of each pair; the other side need not be in the file."""
    through = Concept.related.through
    came: set[tuple[int, int]] = set()
    for change in wanted:
        concept = concepts[change.after.slug]
        after = set(change.after.related or ())
        before = set((change.before.related if change.before else None) or ())
        if gone := [concepts[slug] for slug in before - after]:
            concept.related.remove(*gone)
        for slug in after - before:
            came |= {(concept.pk, concepts[slug].pk), (concepts[slug].pk, concept.pk)}
    through.objects.bulk_create(
        (through(from_concept_id=one, to_concept_id=other) for one, other in sorted(came)),
        ignore_conflicts=True,
    )


def _store_matches(wanted: Iterable[Change], concepts: Mapping[str, Concept]) -> None:
    came = []
    for change in wanted:
        concept = concepts[change.after.slug]
        after = change.after.exact_matches or ()
        before = (change.before.exact_matches if change.before else None) or ()
        if gone := set(before) - set(after):
            ExactMatch.objects.filter(concept=concept, uri__in=gone).delete()
        came += [ExactMatch(concept=concept, uri=uri) for uri in after if uri not in before]
    ExactMatch.objects.bulk_create(came)


def _says(name: str, before: str, after: str) -> str:
    return f"{name}: {f'“{before}”' if before else '—'} → {f'“{after}”' if after else '—'}"


def _sets(name: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    """One line on the values that came and went, if any did."""
    came, gone = dict.fromkeys(after), dict.fromkeys(before)
    signs = [f"+ “{value}”" for value in came if value not in gone]
    signs += [f"− “{value}”" for value in gone if value not in came]
    if signs:
        yield f"{name}: {', '.join(signs)}"
