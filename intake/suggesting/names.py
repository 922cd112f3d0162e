"""Names of the network in a text: organisations, places and countries, in any language's form.

The glossary's matcher reads them: it knows endings (``Mezitli Belediyesi’nin``), prefixes
(``وبلدية``) and missing accents.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cms.languages import CODES
from cms.names import Names
from intake.suggesting.found import Found, Source, around
from intake.suggesting.text import FileText, Part
from network.models import Country, Organisation, Place
from search.analysis import words_of
from search.query.concepts import Labels, Matcher
from search.query.parser import ParsedQuery

MAX_PLACES = 5
OFTEN = 2
"""A place or a country counts that is named so often, or on the first pages."""

SHARE = 0.2
"""A country counts that is named this often in comparison with the most frequent one."""


@dataclass(slots=True)
class Mentions:
    """Where a name stands in a file: how often, and first."""

    count: int = 0
    part: Part | None = None
    quote: str = ""
    front: bool = False
    parts: set[int] = field(default_factory=set)

    def add(self, part: Part, quote: str, *, front: bool) -> None:
        """Count one more."""
        self.count += 1
        self.front = self.front or front
        self.parts.add(part.number)
        if self.part is None:
            self.part, self.quote = part, quote


def find_names(file: FileText, *, practice: bool) -> list[Found]:
    """Publishers, places and countries; for a good practice its municipality too."""
    organisations = list(Organisation.objects.select_related("place"))
    mentions = _mentions(file, organisations)
    named = [one for one in organisations if f"o{one.pk}" in mentions]
    found = [*_publishers(file, named, mentions), *_places(named, mentions)]
    if practice:
        found += _municipality(named, mentions)
    return [*found, *_countries(named, mentions)]


def _publishers(
    file: FileText, named: Iterable[Organisation], mentions: Mapping[str, Mentions]
) -> list[Found]:
    """Organisations of the network that the first or the last page names, but municipalities.

    A municipality is mostly what a work is about; one that publishes has a section of its own.
    """
    imprint = {part.number for part in file.ends(2, 1)}
    return [
        _found("publishers", one.pk, mentions[f"o{one.pk}"])
        for one in named
        if one.kind != Organisation.Kind.MUNICIPALITY and mentions[f"o{one.pk}"].parts & imprint
    ]


def _places(named: Iterable[Organisation], mentions: Mapping[str, Mentions]) -> list[Found]:
    """Places that are named, by themselves or by their municipality; the most frequent ones."""
    counted: dict[int, Mentions] = {}
    for key, found in mentions.items():
        if key.startswith("p"):
            counted[int(key[1:])] = found
    for one in named:
        if one.place_id and one.kind == Organisation.Kind.MUNICIPALITY:
            counted.setdefault(one.place_id, mentions[f"o{one.pk}"])
    often = {pk: found for pk, found in counted.items() if found.count >= OFTEN or found.front}
    chosen = sorted(often, key=lambda pk: -often[pk].count)[:MAX_PLACES]
    return [_found("places", pk, often[pk]) for pk in chosen]


def _municipality(named: Iterable[Organisation], mentions: Mapping[str, Mentions]) -> list[Found]:
    towns = [one for one in named if one.kind == Organisation.Kind.MUNICIPALITY]
    best = max(towns, key=lambda one: mentions[f"o{one.pk}"].count, default=None)
    return [_found("municipality", best.pk, mentions[f"o{best.pk}"])] if best else []


def _countries(named: Iterable[Organisation], mentions: Mapping[str, Mentions]) -> list[Found]:
    """Countries that are named, or whose organisations are."""
    counted: dict[str, int] = defaultdict(int)
    first: dict[str, Mentions] = {}
    pairs = [(key[1:], found) for key, found in mentions.items() if key.startswith("c")]
    pairs += [(one.country_id, mentions[f"o{one.pk}"]) for one in named if one.country_id]
    for code, found in pairs:
        counted[code] += found.count
        first.setdefault(code, found)
    least = max(OFTEN, SHARE * max(counted.values(), default=0))
    codes = [code for code in counted if counted[code] >= least or first[code].front]
    return [_found("countries", code, first[code]) for code in codes]


def _found(name: str, key: int | str, mentions: Mentions) -> Found:
    return Found(name, key, Source.TEXT, mentions.part, mentions.quote)


def _mentions(file: FileText, organisations: Iterable[Organisation]) -> dict[str, Mentions]:
    """What is named where, by ``o``, ``p`` or ``c`` and the key of the row."""
    labels = {f"o{one.pk}": _labels(one.names, _acronyms(one)) for one in organisations}
    labels |= {f"p{place.pk}": _labels(place.names) for place in Place.objects.all()}
    labels |= {f"c{land.pk}": _labels(land.names) for land in Country.objects.all()}
    matcher = Matcher(labels)
    found: dict[str, Mentions] = defaultdict(Mentions)
    front = {part.number for part in file.front(2)}
    for part in file.parts:
        for key, (start, end) in _named_in(part, matcher):
            if _is_name(part.text[start:end], labels[key]):
                quote = around(part.text, start, end)
                found[key].add(part, quote, front=part.number in front)
    return dict(found)


def _named_in(part: Part, matcher: Matcher) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each name in a part: its key and its place."""
    spans = list(words_of(part.text))
    for name in matcher.find(ParsedQuery(tuple(word for word, _, _ in spans))):
        yield name.slug, (spans[name.start][1], spans[name.end - 1][2])


def _is_name(typed: str, labels: Labels) -> bool:
    """Whether a single word is written as a name: ``Sida``, not ``side``; ``SALAR``, not ``salar``.

    Endings, prefixes and accents do not matter, and a heading may be in capitals. Names of several
    words are sure enough.
    """
    if len(typed.split()) > 1:
        return True
    bare = _bare(typed)
    names = [_bare(label) for texts in labels.values() for label in texts]
    return any(name in bare or (bare.isupper() and name.upper() == bare) for name in names)


def _bare(text: str) -> str:
    """A text without accents."""
    parts = unicodedata.normalize("NFKD", text.replace("ı", "i"))
    return "".join(char for char in parts if not unicodedata.combining(char))


def _acronyms(organisation: Organisation) -> list[str]:
    return [text.strip() for text in organisation.acronyms.split(",") if text.strip()]


def _labels(names: Names, short: Iterable[str] = ()) -> Labels:
    """A name in each language; acronyms are read as words of every language."""
    return {code: tuple(filter(None, (names.get(code, ""), *short))) for code in CODES}
