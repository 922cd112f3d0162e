"""From what a reader types to a plan."""

from __future__ import annotations

import pytest

from cms.languages import CODES
from search.plan import OTHER
from search.query import MAX_LENGTH, MAX_WORDS, ParsedClause, ParsedQuery, build_plan, parse


def phrase(text: str, field: str = "any", negative: bool = False) -> ParsedClause:
    return ParsedClause(text, field, negative)  # type: ignore[arg-type]


class TestParse:
    @pytest.mark.parametrize(
        "typed",
        [
            '"ana plan"', "“ana plan”", "”ana plan”", "„ana plan“", "„ana plan”", "«ana plan»",
            "« ana plan »", "»ana plan«", "‹ana plan›", "‘ana plan’", '“ana plan"',
        ],
    )  # fmt: skip
    def test_quotes_of_all_languages_make_a_phrase(self, typed: str) -> None:
        assert parse(f"göç {typed} su") == ParsedQuery(("göç", "su"), (phrase("ana plan"),))

    @pytest.mark.parametrize(
        ("typed", "clause"),
        [
            ("-atık", phrase("atık", negative=True)),
            ("−atık", phrase("atık", negative=True)),
            ('-"ana plan"', phrase("ana plan", negative=True)),
            ("title:göç", phrase("göç", "title")),
            ("TITLE:göç", phrase("göç", "title")),
            ("başlık:göç", phrase("göç", "title")),
            ("BAŞLIK:göç", phrase("göç", "title")),
            ("baslik:göç", phrase("göç", "title")),
            ("titel:plan", phrase("plan", "title")),
            ("عنوان:خطة", phrase("خطة", "title")),
            ("yazar:Ali", phrase("Ali", "author")),
            ("författare:Öberg", phrase("Öberg", "author")),
            ("forfattare:Öberg", phrase("Öberg", "author")),
            ("مؤلف:علي", phrase("علي", "author")),
            ("yer:Şişli", phrase("Şişli", "place")),
            ("plats:Lund", phrase("Lund", "place")),
            ("مكان:بيروت", phrase("بيروت", "place")),
            ('author:"Ayşe Yılmaz"', phrase("Ayşe Yılmaz", "author")),
            ("title:«ana plan»", phrase("ana plan", "title")),
            ("-title:göç", phrase("göç", "title", negative=True)),
            ('-place:"Beyrut"', phrase("Beyrut", "place", negative=True)),
            ("\u200fعنوان:خطة", phrase("خطة", "title")),
        ],
    )
    def test_clauses(self, typed: str, clause: ParsedClause) -> None:
        assert parse(f"su {typed} plan") == ParsedQuery(("su", "plan"), (clause,))

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ('"ana plan', ('"ana', "plan")),
            ('ana" plan', ('ana"', "plan")),
            ("l’eau d’été", ("l’eau", "d’été")),
            ("‘tis so", ("‘tis", "so")),
            ("- atık --", ("atık",)),
            ("--atık", ("--atık",)),
            ("title: göç", ("title", "göç")),
            ("title:", ("title",)),
            ("COVID-19 kent-köy", ("COVID-19", "kent-köy")),
            ("theme:göç", ("theme", "göç")),
            ("EU:s SKR:s", ("EU:s", "SKR:s")),
            ("10:30", ("10:30",)),
            ("https://example.org/a?b=c", ("https://example.org/a?b=c",)),
            ("a@example.org", ("a@example.org",)),
            ("AND göç OR (su)", ("AND", "göç", "OR", "(su)")),
            ("göç\x00su\ttab\u2028line", ("göç", "su", "tab", "line")),
            ("", ()),
            ("  \n ", ()),
            ('"" «» " "', ()),
            ("!? … ()", ()),
        ],
    )
    def test_what_is_no_syntax_is_plain_words(self, typed: str, words: tuple[str, ...]) -> None:
        assert parse(typed) == ParsedQuery(words)

    def test_a_quote_inside_a_word_opens_nothing(self) -> None:
        assert parse('12" pipe "ana plan"').words == ('12"', "pipe")

    def test_length_and_words_have_an_end(self) -> None:
        assert parse("göç " * 10).cut is False
        many = parse(" ".join(f"w{n}" for n in range(MAX_WORDS + 5)))
        assert (len(many.words), many.cut) == (MAX_WORDS, True)
        phrases = parse(" ".join(f'"a b c{n}"' for n in range(20)))
        assert (len(phrases.clauses), phrases.cut) == (MAX_WORDS // 3, True)
        long = parse("x" * (MAX_LENGTH + 1))
        assert (long.words, long.cut) == (("x" * MAX_LENGTH,), True)
        assert parse("x" * MAX_LENGTH + "   ").cut is False


def plan_of(text: str):  # type: ignore[no-untyped-def]
    return build_plan(parse(text), language="en", now=0)


class TestPlan:
    def test_each_word_is_analysed_in_all_languages(self) -> None:
        (word,) = plan_of("belediyelerin").words
        assert set(word.forms) == {*CODES, OTHER}
        assert word.forms["tr"].analysed == ((0, "belediye"),)
        assert word.forms["en"].analysed == ((0, "belediyelerin"),)
        assert word.forms[OTHER].folded == ((0, "belediyelerin"),)
        assert "belediye" in word.forms["tr"].stems

    @pytest.mark.parametrize(
        ("typed", "minimum"),
        [("a", 1), ("göç", 1), ("göç su", 2), ("göç su kamp", 3), ("göç su kamp okul", 3),
         ("göç su kamp okul plan", 4), ("w1 w2 w3 w4 w5 w6 w7 w8", 6), ("the göç", 1), ("", 0),
         ("the och", 2), ('"göç planı"', 0), ("göç -su", 1)],
    )  # fmt: skip
    def test_how_many_words_a_work_must_hold(self, typed: str, minimum: int) -> None:
        assert plan_of(typed).minimum == minimum

    def test_a_stop_word_of_any_language_is_not_required(self) -> None:
        words = {word.text: word.required for word in plan_of("the och ve göç").words}
        assert words == {"the": False, "och": False, "ve": False, "göç": True}

    def test_if_all_are_stop_words_all_are_required(self) -> None:
        assert all(word.required for word in plan_of("the och").words)

    def test_a_word_counts_once_whatever_its_case(self) -> None:
        assert [word.text for word in plan_of("Göç su göç SU").words] == ["Göç", "su"]
        assert [word.text for word in plan_of("läger lager").words] == ["läger", "lager"]

    def test_a_word_of_two_is_a_phrase_without_stems(self) -> None:
        (word,) = plan_of("COVID-19").words
        assert word.forms["en"].analysed == ((0, "covid"), (1, "19"))
        assert word.forms["en"].folded == ((0, "covid"), (1, "19"))
        assert word.forms["en"].stems == ()

    def test_swedish_letters_that_were_typed_are_not_folded_away_in_swedish(self) -> None:
        (word,) = plan_of("läger").words
        assert word.forms["sv"].folded == word.forms["sv"].stems == ()
        assert word.forms["sv"].analysed
        assert word.forms["tr"].folded == ((0, "lager"),)

    def test_phrases_keep_the_gaps_of_stop_words(self) -> None:
        (clause,) = plan_of('"cost of the service"').clauses
        assert [position for position, _ in clause.forms["en"].analysed] == [0, 3]
        assert [position for position, _ in clause.forms["en"].folded] == [0, 1, 2, 3]

    def test_a_phrase_that_begins_with_a_stop_word_begins_at_its_first_term(self) -> None:
        (clause,) = plan_of('"the cost of service"').clauses
        assert [position for position, _ in clause.forms["en"].analysed] == [0, 2]

    def test_choices_of_the_reader_are_carried(self) -> None:
        plan = build_plan(
            parse("-su"),
            language="tr",
            now=7,
            audiences=frozenset({"public", "x"}),
            filters={"kind": frozenset({"guidance"})},
            sort="title",
            offset=20,
            size=5,
        )
        assert (plan.language, plan.now, plan.sort, plan.offset, plan.size) == (
            "tr", 7, "title", 20, 5,
        )  # fmt: skip
        assert plan.filters == {"kind": frozenset({"guidance"})}
        assert plan.audiences == {"public", "x"}
        assert plan.clauses[0].negative
