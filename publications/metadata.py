"""What machines read on a work's page: reference managers, search engines, messengers.

Highwire Press and Dublin Core tags let a reference manager take a work whole; JSON-LD of
schema.org says in which languages it exists; OpenGraph gives a shared link its title.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from cms.dates import partial_iso
from cms.names import name_in
from publications.citing import Item
from publications.models import Edition, Work, WorkOrganisation

_LOCALES = {"en": "en_GB", "tr": "tr_TR", "sv": "sv_SE", "ar": "ar_AR", "fr": "fr_FR"}
"""OpenGraph's names of the languages."""

_LICENCES = {
    Work.Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    Work.Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Work.Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Work.Licence.CC_BY_NC: "https://creativecommons.org/licenses/by-nc/4.0/",
    Work.Licence.CC_BY_NC_ND: "https://creativecommons.org/licenses/by-nc-nd/4.0/",
}

_SCRIPT_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@dataclass(frozen=True, slots=True)
class MetaTag:
    """A tag of a page's head; ``attribute`` is ``name``, or ``property`` for OpenGraph."""

    attribute: str
    key: str
    content: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Full addresses of what a reader may see of a work; empty where there is none.

    ``editions`` are those of the work by language, this one's too; ``files`` those of its files
    with their media types.
    """

    edition: str
    permanent: str
    cover: str
    editions: Mapping[str, str]
    files: Sequence[tuple[str, str]]


def meta_tags(edition: Edition, item: Item, addresses: Addresses) -> list[MetaTag]:
    """The tags of a page's head, those without a value left out."""
    tags = [
        *(MetaTag("name", key, value) for key, value in _highwire(edition, item, addresses)),
        *(MetaTag("name", key, value) for key, value in _dublin_core(edition, item, addresses)),
        *(MetaTag("property", key, value) for key, value in _open_graph(edition, addresses)),
    ]
    return [tag for tag in tags if tag.content]


def _highwire(edition: Edition, item: Item, addresses: Addresses) -> Iterator[tuple[str, str]]:
    work = edition.work
    yield "citation_title", edition.title
    yield from (("citation_author", author) for author in work.authors)
    date = partial_iso(work.date, work.date_precision)
    yield "citation_publication_date", date.replace("-", "/")
    yield "citation_publisher", item.get("publisher", "")
    yield "citation_language", edition.language
    yield "citation_isbn", item.get("ISBN", "")
    yield "citation_doi", item.get("DOI", "")
    yield "citation_abstract_html_url", addresses.edition
    for url, media_type in addresses.files:
        if media_type == "application/pdf":
            yield "citation_pdf_url", url


def _dublin_core(edition: Edition, item: Item, addresses: Addresses) -> Iterator[tuple[str, str]]:
    work = edition.work
    yield "DC.title", edition.title
    yield from (("DC.creator", author) for author in work.authors)
    yield "DC.date", partial_iso(work.date, work.date_precision)
    yield "DC.publisher", item.get("publisher", "")
    yield "DC.language", edition.language
    yield "DC.description", edition.summary
    yield "DC.type", "Text"
    yield from (("DC.subject", theme.label(edition.language)) for theme in work.themes.all())
    yield "DC.identifier", addresses.permanent
    yield "DC.rights", _LICENCES.get(Work.Licence(work.licence), "") if work.licence else ""


def _open_graph(edition: Edition, addresses: Addresses) -> Iterator[tuple[str, str]]:
    yield "og:type", "article"
    yield "og:title", edition.title
    yield "og:description", edition.summary
    yield "og:url", addresses.edition
    yield "og:image", addresses.cover
    yield "og:locale", _LOCALES.get(edition.language, "")
    for code in addresses.editions:
        if code != edition.language:
            yield "og:locale:alternate", _LOCALES.get(code, "")


def json_ld(
    edition: Edition, others: Iterable[Edition], item: Item, addresses: Addresses
) -> SafeString:
    """The work as schema.org's ``CreativeWork``, ready to stand in a script element."""
    text = json.dumps(_creative_work(edition, others, item, addresses), ensure_ascii=False)
    return mark_safe(text.translate(_SCRIPT_ESCAPES))  # noqa: S308 - nothing can end the element


def _creative_work(
    edition: Edition, others: Iterable[Edition], item: Item, addresses: Addresses
) -> dict[str, Any]:
    work = edition.work
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Report" if edition.kind == "publication" else "Article",
        "@id": addresses.edition,
        "url": addresses.edition,
        "identifier": addresses.permanent,
        "name": edition.title,
        "headline": edition.title,
        "abstract": edition.summary,
        "inLanguage": edition.language,
        "datePublished": partial_iso(work.date, work.date_precision),
        "author": list(map(_author, work.authors, item.get("author", []))),
        "publisher": _organisations(work, WorkOrganisation.Role.PUBLISHER, edition.language),
        "about": [theme.label(edition.language) for theme in work.themes.all()],
        "spatialCoverage": [name_in(row.names, edition.language) for row in work.countries.all()],
        "license": _LICENCES.get(Work.Licence(work.licence)) if work.licence else None,
        "image": addresses.cover,
        "isAccessibleForFree": True,
        "encoding": _encodings(addresses),
        "workTranslation": _translations(others, addresses),
    }
    return {name: value for name, value in described.items() if value}


def _encodings(addresses: Addresses) -> list[dict[str, str]]:
    return [
        {"@type": "MediaObject", "contentUrl": url, "encodingFormat": media_type}
        for url, media_type in addresses.files
    ]


def _translations(others: Iterable[Edition], addresses: Addresses) -> list[dict[str, str]]:
    return [
        {
            "@type": "CreativeWork",
            "@id": addresses.editions[other.language],
            "name": other.title,
            "inLanguage": other.language,
        }
        for other in others
    ]


def _author(name: str, parts: Mapping[str, str]) -> dict[str, str]:
    """A person, where the name could be taken apart as one; otherwise a body."""
    return {"@type": "Organization" if "literal" in parts else "Person", "name": name}


def _organisations(work: Work, role: str, language: str) -> list[dict[str, str]]:
    return [
        {"@type": "Organization", "name": name_in(row.names, language)}
        for row in work.organisations_as(role)
    ]
