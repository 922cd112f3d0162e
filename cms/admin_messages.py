"""What the admin says that the libraries' own catalogues leave in English.

Wagtail and the libraries round it bring catalogues that are not complete in our languages. What
they lack stands in ``locale/admin``, apart from the texts of our own sources, and nothing else
does: what a library has learnt to say itself goes from there when the catalogues are gathered.

Where an own text has the same words, Django answers with ours: it does not count as lacking.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import django
import polib
from django.apps import apps
from django.conf import settings

from cms import messages
from cms.messages import TRANSLATED, Key, catalogue

# The admin's pages, and its scripts.
DOMAINS = ("django", "djangojs")
DJANGO = Path(django.__file__).parent / "conf" / "locale"


def gather(folder: Path) -> None:
    """Make the catalogues of a folder hold exactly what is lacking; translations there are kept."""
    for language in TRANSLATED:
        for domain in DOMAINS:
            path = catalogue(folder, language, domain)
            wanted = missing(language, domain)
            if wanted:
                _write(path, language, wanted)
            else:
                path.unlink(missing_ok=True)
                path.with_suffix(".mo").unlink(missing_ok=True)
    messages.compile_catalogues(folder, DOMAINS)


def problems(folder: Path) -> Iterator[str]:
    """Everything that is wrong with the catalogues of a folder, a line each."""
    for language in TRANSLATED:
        for domain in DOMAINS:
            path = catalogue(folder, language, domain)
            wanted = set(missing(language, domain))
            held = set(messages.texts(polib.pofile(str(path)))) if path.exists() else set()
            for _context, text in sorted(wanted - held):
                yield f"{path}: lacks {text!r}"
            for _context, text in sorted(held - wanted):
                yield f"{path}: no longer lacking: {text!r}"
            if path.exists():
                yield from messages.catalogue_problems(path)


def missing(language: str, domain: str) -> dict[Key, polib.POEntry]:
    """The libraries' texts that neither they nor our own catalogues have in a language."""
    ours = catalogue(Path(settings.LOCALE_PATHS[0]), language, domain)
    known = set(messages.texts(polib.pofile(str(ours)))) if ours.exists() else set()
    for folder in _libraries().values():
        known |= _translated(catalogue(folder, language, domain).with_suffix(".mo"))
    return {key: entry for key, entry in _texts(domain).items() if key not in known}


def _libraries() -> dict[str, Path]:
    """The folders of catalogues that are not ours, by the app's name, Django's own last."""
    found = {
        config.name: Path(config.path) / "locale"
        for config in apps.get_app_configs()
        if Path(config.path).parent != settings.BASE_DIR
    }
    return {name: folder for name, folder in found.items() if folder.is_dir()} | {"django": DJANGO}


def _texts(domain: str) -> dict[Key, polib.POEntry]:
    """Every text of the libraries, with the library's name as its occurrence."""
    found: dict[Key, polib.POEntry] = {}
    for name, folder in _libraries().items():
        for path in _sources(folder, domain):
            for entry in polib.pofile(str(path)):
                if not entry.obsolete:
                    entry.occurrences = [(name, "")]
                    found.setdefault((entry.msgctxt or "", entry.msgid), entry)
    return found


def _sources(folder: Path, domain: str) -> list[Path]:
    """Catalogues that name a library's texts: the English one, or all where it ships none."""
    english = catalogue(folder, "en", domain)
    return [english] if english.exists() else sorted(folder.glob(f"*/LC_MESSAGES/{domain}.po"))


def _translated(compiled: Path) -> set[Key]:
    """What a library's catalogue has as Django loads it: fuzzy and empty texts are not in there."""
    if not compiled.exists():
        return set()
    return {
        (entry.msgctxt or "", entry.msgid)
        for entry in polib.mofile(str(compiled))
        if (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)
    }


def _write(path: Path, language: str, wanted: dict[Key, polib.POEntry]) -> None:
    held = messages.texts(polib.pofile(str(path))) if path.exists() else {}
    header = polib.mofile(str(catalogue(DJANGO, language, "django").with_suffix(".mo"))).metadata
    po = polib.POFile(wrapwidth=78)
    po.header = "What the libraries lack; `make messages` says which texts those are."
    po.metadata = {
        "Project-Id-Version": "RESLOG Library",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        # Django keeps catalogues of other plural rules apart, and scripts know one rule only.
        "Plural-Forms": header["Plural-Forms"],
    }
    forms = int(header["Plural-Forms"].split("nplurals=")[1].split(";")[0])
    for key, entry in wanted.items():
        po.append(_entry(entry, held.get(key), forms))
    path.parent.mkdir(parents=True, exist_ok=True)
    po.save(str(path))


def _entry(source: polib.POEntry, held: object, forms: int) -> polib.POEntry:
    """A text of a library with the translation held for it, or none."""
    entry = polib.POEntry(
        msgctxt=source.msgctxt,
        msgid=source.msgid,
        msgid_plural=source.msgid_plural,
        comment=source.comment,
        occurrences=source.occurrences,
        flags=[flag for flag in source.flags if flag.endswith("-format")],
    )
    if source.msgid_plural:
        given = held if isinstance(held, dict) else {}
        entry.msgstr_plural = {index: given.get(index, "") for index in range(forms)}
    else:
        entry.msgstr = held if isinstance(held, str) else ""
    return entry
