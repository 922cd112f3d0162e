"""What may be somebody's is recognised, in any script; what is not, is not."""

from __future__ import annotations

import pytest

from insight.personal import may_be_personal, plain


@pytest.mark.parametrize(
    "text",
    [
        "ali.kaya@example.org",
        "write to ali @ example . org",
        "ＡＬＩ＠example.org",
        "10000000146",  # a Turkish identity number with right check digits
        "kimlik 100 000 001 46",
        "10000000145",  # mistyped: it is somebody's all the same
        "811228-9874",  # a Swedish personal number with a right check digit
        "19811228-9874",
        "811228+9874",
        "8112289874",
        "811288-9873",  # a coordination number
        "٨١١٢٢٨-٩٨٧٤",
        "۱۰۰۰۰۰۰۰۱۴۶",
        "0532 123 45 67",
        "+90 (532) 123 45 67",
        "00961 3 123 456",
        "+961/3/123456",
        "03-123456",
        "070-123 45 67",
        "08 - 12 34 56 78",
        "٠٥٣٢ ١٢٣ ٤٥ ٦٧",
        "0\u200b5\u200b3\u200b2\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7",
        "TR33 0006 1005 1978 6457 8413 26",
        "9783161484101",  # an ISBN has another check digit
    ],
)
def test_what_may_be_somebodys_is_recognised(text: str) -> None:
    assert may_be_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "waste collection",
        "strategic plan 2020-2024",
        "2014, 2015 ve 2016 raporları",
        "law 5393",
        "COVID-19",
        "ISBN 978-3-16-148410-0",
        "doi 10.1000/1234567",
        "الخطة الرئيسية ٢٠٢٤",
        "100 000",
        "5 @",
    ],
)
def test_ordinary_questions_are_not(text: str) -> None:
    assert not may_be_personal(text)


def test_questions_are_compared_in_one_spelling() -> None:
    assert plain("  İSTANBUL   Atık ") == "istanbul atık"
    assert plain("٢٠٢٤\u200f") == "2024"
