"""What a file changes in the glossary, said or done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from cms.languages import BY_CODE
from glossary.exchange.checking import merged
from glossary.exchange.entries import Entry, Names
from glossary.models import Concept, ExactMatch, Label
from glossary.signals import concepts_changed


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
    """Write concepts that were checked, all or none, in bulk; gives what was changed."""
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
        _change_stored([change for change in wanted if change.before is not None], concepts)
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


def _change_stored(wanted: Sequence[Change], concepts: Mapping[str, Concept]) -> None:
    """Change the labels of concepts that exist, and whether they are themes."""
    changed = {concepts[change.after.slug]: change.after for change in wanted}
    stored: dict[int, list[Label]] = defaultdict(list)
    for label in Label.objects.filter(concept__in=changed).order_by("pk"):
        stored[label.concept_id].append(label)
    steps = _LabelSteps()
    for concept, after in changed.items():
        steps.add(stored[concept.pk], _labels(concept, after))
        concept.is_theme = bool(after.is_theme)
    steps.run()
    Concept.objects.bulk_update(changed, ["is_theme"], batch_size=500)
    if changed:
        concepts_changed.send(sender=Concept, concepts=[concept.pk for concept in changed])


@dataclass(slots=True)
class _LabelSteps:
    """What turns stored labels into those wanted: few rows go, most get another text."""

    gone: list[int] = field(default_factory=list)
    renamed: list[Label] = field(default_factory=list)
    came: list[Label] = field(default_factory=list)

    def add(self, stored: Iterable[Label], wanted: Iterable[Label]) -> None:
        """The steps for one concept; a label keeps its row, its language and its kind."""
        missing = {(*_kind(label), label.text): label for label in wanted}
        unused: dict[tuple[str, str], list[Label]] = defaultdict(list)
        for label in stored:
            if missing.pop((*_kind(label), label.text), None) is None:
                unused[_kind(label)].append(label)
        for label in missing.values():
            if rows := unused[_kind(label)]:
                row = rows.pop(0)
                row.text = label.text
                self.renamed.append(row)
            else:
                self.came.append(label)
        self.gone += [label.pk for rows in unused.values() for label in rows]

    def run(self) -> None:
        """Make room before what comes."""
        Label.objects.filter(pk__in=self.gone).delete()
        Label.objects.bulk_update(self.renamed, ["text"], batch_size=500)
        Label.objects.bulk_create(self.came)


def _kind(label: Label) -> tuple[str, str]:
    return label.language, str(label.kind)


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
