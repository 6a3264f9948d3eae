"""Dates in questions: what is read as one, what it restricts, and what no speech has."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.schema import DocumentInfo, Filters, valid_date
from qa_bot.text.names import plain_words
from qa_bot.understanding.dates import dates_in
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.query import Query, read_query
from qa_bot.understanding.restrictions import read_scope

TODAY = date(2019, 1, 15)  # a Tuesday


def found(text: str) -> list[tuple[str, str]]:
    return [(d.start, d.end) for d in dates_in(text, plain_words(text), TODAY)]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("9.10.2018", "2018-10-09", "2018-10-09"),
        ("13/9/2018", "2018-09-13", "2018-09-13"),
        ("9/13/2018", "2018-09-13", "2018-09-13"),
        ("2018/10/09", "2018-10-09", "2018-10-09"),
        ("October 9th, 2018", "2018-10-09", "2018-10-09"),
        ("the 9th of October 2018", "2018-10-09", "2018-10-09"),
        ("10 Sept. 2018", "2018-09-10", "2018-09-10"),
        ("9 octobre 2018", "2018-10-09", "2018-10-09"),
        ("9 de octubre de 2018", "2018-10-09", "2018-10-09"),
        ("1er août 2018", "2018-08-01", "2018-08-01"),
        ("2018-10", "2018-10", "2018-10"),
        ("2016/17", "2016", "2017"),
        ("2010-11", "2010", "2011"),
        ("autumn 2018", "2018-09", "2018-11"),
        ("the spring of 1968", "1968-03", "1968-05"),
        ("winter 2018", "2018-12", "2019-02"),
        ("automne 2018", "2018-09", "2018-11"),
        ("the 1960s", "1960", "1969"),
        ("the 1960's", "1960", "1969"),
        ("les années 1960", "1960", "1969"),
        ("between the 1920s and 1935", "1920", "1935"),
        ("depuis 2015", "2015", ""),
        ("entre 2001 et 2005", "2001", "2005"),
        ("desde 2001 hasta 2005", "2001", "2005"),
        ("antes de 2018", "", "2017"),
        ("from 2015 onwards", "2015", ""),
        ("before autumn 2018", "", "2018-08"),
        ("last year", "2018", "2018"),
        ("since last year", "2018", ""),
        ("this month", "2019-01", "2019-01"),
        ("last month", "2018-12", "2018-12"),
        ("last week", "2019-01-07", "2019-01-13"),
        ("yesterday", "2019-01-14", "2019-01-14"),
        ("l'année dernière", "2018", "2018"),
    ],
)
def test_what_is_a_date(text: str, start: str, end: str) -> None:
    assert found(text) == [(start, end)]


@pytest.mark.parametrize(
    "text",
    [
        "31.2.2017 9.13", "the 2030s", "the last year of the war", "his last year", "1.5.2",
        "the fall of the wall", "room 12/13", "this yearly report", "in the sixties", "spring",
    ],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert found(text) in ([], [("2017", "2017")])


PIECES = (
    "9 10 2018 1500 31 2 the of last year this in between and since before up to spring winter "
    "1960s ' s . / - October may 0 ١٢ é"
)
_PIECES = st.lists(st.sampled_from(re.findall(r"\S+", PIECES)), max_size=14)


@given(_PIECES, st.sampled_from(["", " "]), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_whatever_is_typed_gives_dates_that_exist(pieces: list[str], gap: str, day: date) -> None:
    text = gap.join(pieces)
    words = plain_words(text)
    at = -1
    for made in dates_in(text, words, day):
        assert at < made.first <= made.last < len(words)
        at = made.last
        assert made.start or made.end
        for bound in (made.start, made.end, made.other):
            assert not bound or valid_date(bound)


HALL = Entities(
    [
        DocumentInfo("oct", title="Remarks in the hall", speaker="Ida Berg", date="2018-10-09"),
        DocumentInfo("sep", title="Remarks in the hall", speaker="Ida Berg", date="2018-09-10"),
        DocumentInfo("may", title="Remarks in the hall", speaker="Ida Berg", date="2018-05-20"),
        DocumentInfo("old", title="Remarks in the hall", speaker="Bo Lund", date="1962"),
    ]
)


def read(question: str, entities: Entities = HALL) -> Query:
    return read_query(question, entities, Filters(), ignore=(), typed=())


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Where is the bell, according to the speech of 9.10.2018?", ["oct"]),
        ("Where is the bell, according to the speech of 5/20/2018?", ["may"]),
        ("Where is the bell, according to the speech of 10/9/2018?", ["oct", "sep"]),
        ("Where is the bell, according to speeches in autumn 2018?", ["oct", "sep"]),
        ("What was promised in the 1960s?", ["old"]),
        ("What did Lund's 1962 address promise?", ["old"]),
        ("What did the speeches from 2018 onwards promise?", ["may", "oct", "sep"]),
    ],
)
def test_dates_leave_their_speeches(question: str, left: list[str]) -> None:
    query = read(question)
    assert query.allowed is not None
    assert sorted(query.allowed.documents) == left
    assert not query.unmatched


@pytest.mark.parametrize(
    "question",
    [
        "Where is the bell, according to the speech of 10 October 2018?",
        "Where is the bell, according to the 2015 speech?",
        "What did Ida Berg say in 2015?",
        "What was said between 2001 and 2005?",
        "What did Berg's speech of last week promise?",
        "What do the speeches of the 1950s promise?",
    ],
)
def test_a_date_that_no_speech_has_leaves_nothing(question: str) -> None:
    query = read(question)
    assert query.allowed is None
    assert query.chips
    assert all(chip.empty for chip in query.chips if chip.field.startswith("date"))


@pytest.mark.parametrize(
    "question",
    [
        "What happened in 1929?",
        "What was promised last week?",
        "What was decided at the 2015 conference?",
        "How many came before 1950?",
    ],
)
def test_a_date_that_may_be_told_of_is_told_to_have_none(question: str) -> None:
    query = read(question)
    assert not query.restrictions
    assert query.unmatched
    assert all(chip.empty for chip in query.unmatched)
    keys = [chip.key for chip in query.unmatched]
    assert not read_scope(question, HALL, ignore=keys).unmatched


@pytest.mark.parametrize(
    "question",
    [
        "What is the 2030 Agenda?",
        "What caused the crisis of 1929?",
        "What does the Act of 1917 say?",
        "What will be done by 2050?",
        "What will happen in 2050?",
        "How did last year's budget change?",
        "What was the last year of his term like?",
    ],
)
def test_a_year_inside_a_subject_is_no_restriction(question: str) -> None:
    query = read(question)
    assert not query.restrictions
    assert not query.unmatched
    assert query.question == question


def test_speeches_of_unknown_date_may_be_of_any() -> None:
    undated = Entities([DocumentInfo("a", speaker="Ida Berg"), *HALL.documents])
    query = read("What did Ida Berg say in 2015?", undated)
    assert [chip.field for chip in query.chips] == ["speaker"]
    assert [chip.key for chip in query.unmatched] == ["date_from:2015", "date_to:2015"]
