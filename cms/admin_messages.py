"""What the admin says that the libraries' own catalogues leave in English.

Wagtail and the libraries round it bring catalogues that are not complete in our languages. What
they lack stands in ``locale/admin``, apart from the texts of our own sources, and nothing else
does: what a library has learnt to say itself goes from there when the catalogues are gathered.

A translation of theirs that misleads can be corrected there too: a translator's comment quotes it
("Instead of: …"), and the correction goes when the library says something else.

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
from cms.messages import TRANSLATED, Key, catalogue, key_of

# The admin's pages, and its scripts.
DOMAINS = ("django", "djangojs")
INSTEAD = "Instead of: "
DJANGO = Path(django.__file__).parent / "conf" / "locale"


def gather(folder: Path) -> None:
    """Make the catalogues of a folder hold exactly what is lacking; translations there are kept."""
    for language in TRANSLATED:
        for domain in DOMAINS:
            path = catalogue(folder, language, domain)
            wanted = missing(language, domain) | _corrected(path, language, domain)
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
            wanted = {*missing(language, domain), *_corrected(path, language, domain)}
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
    known |= set(_said(language, domain))
    return {key: entry for key, entry in _texts(domain).items() if key not in known}


def _corrected(path: Path, language: str, domain: str) -> dict[Key, polib.POEntry]:
    """The texts that a catalogue corrects, as long as a library says what the comment quotes."""
    if not path.exists():
        return {}
    said, known = _said(language, domain), _texts(domain)
    quoted = {
        key_of(entry): _bare(_even(entry.tcomment).removeprefix(INSTEAD))
        for entry in polib.pofile(str(path))
        if entry.tcomment.startswith(INSTEAD)
    }
    return {key: known[key] for key, quote in quoted.items() if _bare(said.get(key, "")) == quote}


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
                    found.setdefault(key_of(entry), entry)
    return found


def _sources(folder: Path, domain: str) -> list[Path]:
    """Catalogues that name a library's texts: the English one, or all where it ships none."""
    english = catalogue(folder, "en", domain)
    return [english] if english.exists() else sorted(folder.glob(f"*/LC_MESSAGES/{domain}.po"))


def _said(language: str, domain: str) -> dict[Key, str]:
    """What the libraries say as Django loads it: fuzzy and empty texts are not in there."""
    said: dict[Key, str] = {}
    for folder in _libraries().values():
        compiled = catalogue(folder, language, domain).with_suffix(".mo")
        for entry in polib.mofile(str(compiled)) if compiled.exists() else ():
            forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
            if all(forms):
                said.setdefault(key_of(entry), _even(" | ".join(forms)))
    return said


def _even(text: str) -> str:
    """A text with single spaces: a catalogue's comments are broken into lines."""
    return " ".join(text.split())


def _bare(text: str) -> str:
    """A text without spaces: a comment's lines are also broken behind hyphens."""
    return "".join(text.split())


def _write(path: Path, language: str, wanted: dict[Key, polib.POEntry]) -> None:
    held = {key_of(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
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


def _entry(source: polib.POEntry, held: polib.POEntry | None, forms: int) -> polib.POEntry:
    """A text of a library with the translation held for it, or none."""
    entry = polib.POEntry(
        msgctxt=source.msgctxt,
        msgid=source.msgid,
        msgid_plural=source.msgid_plural,
        msgstr=held.msgstr if held else "",
        comment=source.comment,
        tcomment=_even(held.tcomment) if held else "",
        occurrences=source.occurrences,
        flags=[flag for flag in source.flags if flag.endswith("-format")],
    )
    if source.msgid_plural:
        given = held.msgstr_plural if held else {}
        entry.msgstr_plural = {index: given.get(index, "") for index in range(forms)}
    return entry
