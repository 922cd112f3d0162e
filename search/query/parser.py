"""The syntax of a query: quotes, ``-word`` and field words.

Nothing is an error. What cannot be read as syntax (an unbalanced quote, a lone minus, an
unknown field) is read as plain words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from search.analysis import fold
from search.plan import OTHER, FieldWord

MAX_LENGTH = 400
"""Characters of a query that are read: longer than any title, short enough to analyse at once."""

MAX_WORDS = 32
"""Words of a query that are read, those in phrases included; each costs the engine a lookup."""

_FIELD_NAMES: dict[FieldWord, str] = {
    "title": "title başlık titel titre عنوان العنوان",
    "author": "author yazar författare auteur مؤلف المؤلف",
    "place": "place yer plats lieu مكان المكان",
}
"""How readers of each language write the field words."""

_CLOSING = {
    '"': '"“”',
    "“": '”“"',
    "”": '”"',
    "„": '“”"',
    "«": "»",
    "»": "«»",
    "‹": "›",
    "‘": "’",
}
"""Opening quotation marks of our languages, each with the marks that close it."""

_MINUS = "-−"
_MARKS = re.compile(f"[{''.join(_CLOSING)}]|(?<!\\w)[{_MINUS}]|:(?=\\s|$)|(?<=\\w):(?=\\w)")
_COMMAS = ",;،؛"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

# A colon before one of these is Swedish spelling (`EU:s`), not an unknown field.
_COLON_ENDING = re.compile("[snat]|e|e[nrt]s?|[ao]r|na|ns|ts|are|arna|erna", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedClause:
    """A phrase, a field word or an excluded word, as typed."""

    text: str
    field: FieldWord = "any"
    negative: bool = False


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a reader typed, taken apart. ``cut`` says that the end of it was not read.

    ``breaks`` are the indexes of words that do not continue the one before them, because a
    clause or a comma stands between; two queries that differ in them alone are the same.
    """

    words: tuple[str, ...] = ()
    clauses: tuple[ParsedClause, ...] = ()
    cut: bool = False
    breaks: frozenset[int] = field(default=frozenset(), compare=False)


def _folded(name: str) -> str:
    return " ".join(token.term for token in fold(name, OTHER))


_FIELDS: dict[str, FieldWord] = {
    _folded(name): field for field, names in _FIELD_NAMES.items() for name in names.split()
}


def parse(text: str) -> ParsedQuery:
    """Take a query apart; never fails."""
    cleaned = _INVISIBLE.sub("", _CONTROL.sub(" ", text))
    reader = _Reader(cleaned[:MAX_LENGTH])
    while reader.skip_space() and reader.left > 0:
        reader.read()
    cut = len(cleaned.rstrip()) > MAX_LENGTH or reader.left < 0 or reader.skip_space()
    # A break before the first word, or behind the last, separates nothing.
    breaks = frozenset(range(1, len(reader.words))) & reader.breaks
    return ParsedQuery(tuple(reader.words), tuple(reader.clauses), cut, breaks)


def plain_query(text: str) -> ParsedQuery:
    """A text that is no query, all of it as words: a headline's quotes ask for no phrase."""
    return parse(_MARKS.sub(" ", text))


def _split_at_colon(word: str) -> tuple[str, ...]:
    """An unknown field word and its value as two words; analysis keeps letters with a colon."""
    name, colon, value = word.partition(":")
    if not colon or not name.isalpha() or value[:1] == "/" or _COLON_ENDING.fullmatch(value):
        return (word,)
    return (name, value)


class _Reader:
    """Reads a query from left to right, one word, phrase or field word at a time.

    ``left`` is how many more words are read; below zero when there were more.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.left = MAX_WORDS
        self.words: list[str] = []
        self.clauses: list[ParsedClause] = []
        self.breaks: set[int] = set()

    def skip_space(self) -> bool:
        """Go to the next sign; whether there is one."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def read(self) -> None:
        negative = self._minus()
        field = self._field()
        phrase = self._quoted()
        if phrase is not None:
            self._add(phrase, field, negative, clause=True)
        else:
            for word in _split_at_colon(self._word()):
                self._add(word, field, negative, clause=negative or field != "any")

    def _add(self, text: str, field: FieldWord, negative: bool, *, clause: bool) -> None:
        if not any(sign.isalnum() for sign in text):
            return
        self.left -= len(text.split())
        if self.left < 0:
            return
        if clause:
            self.clauses.append(ParsedClause(text, field, negative))
            self.breaks.add(len(self.words))
            return
        self.words.append(text)
        if text[-1] in _COMMAS:
            self.breaks.add(len(self.words))

    def _minus(self) -> bool:
        """Whether a minus stands right before a word or phrase; if so, step over it."""
        following = self.text[self.at + 1 : self.at + 2]
        if self.text[self.at] not in _MINUS or following in _MINUS or following.isspace():
            return False
        self.at += 1
        return True

    def _field(self) -> FieldWord:
        """The field word that stands here with its value behind it; if so, step over it."""
        name = re.match(r"\w{1,20}:(?=\S)", self.text[self.at :])
        field = _FIELDS.get(_folded(name.group()), "any") if name else "any"
        if name and field != "any":
            self.at += name.end()
        return field

    def _quoted(self) -> str | None:
        """The text between quotation marks that begin here, if they are closed."""
        closing = _CLOSING.get(self.text[self.at])
        if closing is None:
            return None
        # ’ is an apostrophe too: as a closing mark it must end its word.
        end = re.compile(f"[{closing}]" if closing != "’" else r"’(?!\w)")
        found = end.search(self.text, self.at + 1)
        if found is None:
            return None
        phrase = self.text[self.at + 1 : found.start()]
        self.at = found.end()
        return phrase.strip()

    def _word(self) -> str:
        """The characters up to the next space."""
        start = self.at
        while self.at < len(self.text) and not self.text[self.at].isspace():
            self.at += 1
        return self.text[start : self.at]
