"""The message catalogues: gathering them from the sources, and checking that none is stale.

Gathering needs GNU gettext (``xgettext``, ``msgmerge``, ``msgfmt``).
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages

from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES

DOMAINS = ("django",)
IGNORED = [".venv", "var", "tests", "scripts", "node_modules", "demo"]
TRANSLATED = tuple(code for code in INTERFACE_CODES if code != DEFAULT_LANGUAGE)
# What a text is filled in with: %(name)s, %d, {name}, {}.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")

# A text's context, empty for most, and the text in English.
Key = tuple[str, str]


def gettext_is_installed() -> bool:
    """Whether GNU gettext's programs can be run."""
    return all(shutil.which(program) for program in ("xgettext", "msgmerge", "msgfmt"))


def gather(folder: Path) -> None:
    """Gather the interface's text from the sources into the catalogues of a folder."""
    for language in TRANSLATED:
        for domain in DOMAINS:
            _unite(catalogue(folder, language, domain))
    for domain in DOMAINS:
        call_command(
            _Gathering(folder),
            locale=list(TRANSLATED),
            domain=domain,
            ignore_patterns=IGNORED,
            add_location="file",
            no_obsolete=True,
            verbosity=0,
        )


def _unite(path: Path) -> None:
    """Leave one of each text, a translated one: merged branches may bring the same text twice."""
    if not path.exists():
        return
    po = polib.pofile(str(path))
    kept: dict[Key, polib.POEntry] = {}
    for entry in (entry for entry in po if not entry.obsolete):
        other = kept.get(key_of(entry))
        if other is None or (entry.translated() and not other.translated()):
            kept[key_of(entry)] = entry
    if len(kept) < len(po):
        po[:] = list(kept.values())
        po.save()


class _Gathering(makemessages.Command):
    """Django's command, for catalogues that may lie elsewhere than beside the sources.

    By itself it prefers the folder ``locale`` of the sources: a check would rewrite what it checks.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def find_files(self, root: str) -> list[makemessages.TranslatableFile]:
        files = super().find_files(root)
        self.locale_paths = [str(self.folder)]
        for file in files:
            file.locale_dir = str(self.folder)
        return files


def catalogue(folder: Path, language: str, domain: str) -> Path:
    """Where a catalogue lies."""
    return folder / language / "LC_MESSAGES" / f"{domain}.po"


def compile_catalogues(folder: Path, domains: Iterable[str] = DOMAINS) -> None:
    """Write each catalogue's compiled form beside it."""
    for language in TRANSLATED:
        for domain in domains:
            path = catalogue(folder, language, domain)
            if path.exists():
                polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def problems() -> Iterator[str]:
    """Everything that is wrong with the committed catalogues, a line each."""
    folder = Path(settings.LOCALE_PATHS[0])
    for language in TRANSLATED:
        for domain in DOMAINS:
            yield from catalogue_problems(catalogue(folder, language, domain))
    if gettext_is_installed():
        yield from _stale(folder)


def catalogue_problems(path: Path) -> Iterator[str]:
    """What is wrong with one catalogue and its compiled form, whatever the sources say."""
    if not path.exists():
        yield f"{path}: missing"
        return
    po = polib.pofile(str(path))
    for (_context, text), times in Counter(key_of(e) for e in po if not e.obsolete).items():
        if times > 1:
            yield f"{path}: {times} times: {text!r}"
    for entry in po.untranslated_entries():
        yield f"{path}: not translated: {entry.msgid!r}"
    for entry in po.fuzzy_entries():
        yield f"{path}: fuzzy: {entry.msgid!r}"
    for entry in po.translated_entries():
        if not _placeholders_agree(entry):
            yield f"{path}: other placeholders: {entry.msgid!r}"
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        yield f"{compiled}: missing"
    elif texts(polib.mofile(str(compiled))) != texts(po):
        yield f"{compiled}: older than its catalogue"


def _placeholders_agree(entry: polib.POEntry) -> bool:
    """Whether a translation is filled in with what its text is filled in with.

    A plural form may leave a name out: "one page" needs no number, nor does Arabic's dual.
    """
    if not entry.msgid_plural:
        return _placeholders(entry.msgstr) == _placeholders(entry.msgid)
    allowed = _placeholders(entry.msgid_plural)
    forms = [_placeholders(form) for form in entry.msgstr_plural.values()]
    by_place = [name for name in allowed if name.startswith("%") and "(" not in name]
    return forms[-1] == allowed and all(
        form <= allowed and all(form[name] == allowed[name] for name in by_place) for form in forms
    )


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text.replace("%%", "")))


def key_of(entry: polib._BaseEntry) -> Key:
    """What tells a text from the others of its catalogue."""
    return entry.msgctxt or "", entry.msgid


def texts(entries: polib._BaseFile) -> dict[Key, object]:
    """What a catalogue says: its translations (of a plural, by form) by context and text."""
    return {
        key_of(entry): entry.msgstr_plural or entry.msgstr
        for entry in entries
        if not entry.obsolete
    }


def _stale(folder: Path) -> Iterator[str]:
    """Texts of the sources that a catalogue lacks, and texts that no source has any more."""
    with tempfile.TemporaryDirectory(prefix="reslog-messages-") as name:
        fresh = Path(name)
        shutil.copytree(folder, fresh, dirs_exist_ok=True)
        gather(fresh)
        for language in TRANSLATED:
            for domain in DOMAINS:
                yield from _differences(folder, fresh, language, domain)


def _differences(folder: Path, fresh: Path, language: str, domain: str) -> Iterator[str]:
    path = catalogue(folder, language, domain)
    new = catalogue(fresh, language, domain)
    if not new.exists():
        return
    before = set(texts(polib.pofile(str(path)))) if path.exists() else set()
    after = set(texts(polib.pofile(str(new))))
    for _context, text in sorted(after - before):
        yield f"{path}: lacks {text!r}"
    for _context, text in sorted(before - after):
        yield f"{path}: no source has {text!r}"
