"""What is marked in a sentence, what shares one, and what stands under which heading."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.display import marks, sections, sentences, split
from qa_bot.schema import Answer, Citation, DocumentInfo, Group

SENTENCE = "“One two three.”"


def cited(quote: str = "two", start: int = 105, document: str = "a", **more: object) -> Citation:
    low, high = 100, 100 + len(SENTENCE)
    info = DocumentInfo(document)
    made = Citation(quote, start, start + len(quote), SENTENCE, low, high, info, None, 1.0, 0.9)
    return replace(made, **more)  # type: ignore[arg-type]


def shown(*citations: Citation) -> list[tuple[str, bool]]:
    (sentence,) = sentences(citations)
    return list(sentence.pieces)


def test_the_quotation_is_marked_where_no_words_are() -> None:
    assert shown(cited()) == [("“One ", False), ("two", True), (" three.”", False)]


def test_decisive_words_are_marked_instead() -> None:
    marked = cited(SENTENCE, 100, marks=((101, 104), (109, 114)))
    assert [text for text, mark in shown(marked) if mark] == ["One", "three"]


def test_a_whole_sentence_without_marks_has_none() -> None:
    for quote, start in ((SENTENCE, 100), ("One two three", 101), ("One two three.", 101)):
        assert shown(cited(quote, start)) == [(SENTENCE, False)]


def test_marks_that_overlap_touch_or_leave_the_sentence() -> None:
    marked = cited(marks=((90, 102), (101, 104), (104, 106), (112, 999), (110, 108), (300, 400)))
    assert marks([marked]) == ((100, 106), (112, 116))


@given(st.lists(st.tuples(st.integers(80, 140), st.integers(80, 140)), max_size=6))
def test_whatever_the_marks_the_sentence_is_whole(places: list[tuple[int, int]]) -> None:
    pieces = shown(cited(marks=tuple(places)))
    assert "".join(text for text, _ in pieces) == SENTENCE
    assert all(text for text, _ in pieces)
    assert all(one[1] != other[1] for one, other in pairwise(pieces))


def test_quotations_of_one_sentence_share_it() -> None:
    three, one = cited("three", 109), cited("One", 101)
    (sentence,) = sentences([three, one])
    assert sentence.citations == (one, three)
    assert [text for text, mark in sentence.pieces if mark] == ["One", "three"]


def answer(*citations: Citation, **more: object) -> Answer:
    return replace(Answer("q", "q", True, "", 0.9, citations=citations), **more)  # type: ignore[arg-type]


def test_lists_stand_speech_by_speech_other_kinds_as_they_come() -> None:
    a, b, c = (cited(document=name, sentence_start=n) for n, name in enumerate("aba"))
    of_exact = sections(answer(a, b, c))
    assert [s.document and s.document.id for s in of_exact] == ["a", "b"]
    (overview,) = sections(answer(a, b, c, kind="overview"))
    assert [s.document.id for s in overview.sentences] == ["a", "b", "a"]
    assert sections(answer(kind="overview")) == ()


def test_groups_come_with_their_labels_and_the_ungrouped_last() -> None:
    a, b, c = (cited(document=name) for name in "abc")
    groups = (Group("B", (b,)), Group("", (a,)), Group("none", ()))
    found = sections(answer(a, b, c, kind="evidence", groups=groups))
    assert [(s.label, s.sentences[0].document.id) for s in found] == [
        ("B", "b"), ("", "a"), ("", "c")
    ]  # fmt: skip


def test_the_first_stand_open_under_the_same_headings() -> None:
    a, b, c = (cited(document=name) for name in "abc")
    groups = (Group("A", (a, b)), Group("C", (c,)))
    first, others = split(sections(answer(a, b, c, kind="evidence", groups=groups)), 1)
    assert [(s.label, len(s.sentences)) for s in first] == [("A", 1)]
    assert [(s.label, len(s.sentences)) for s in others] == [("A", 1), ("C", 1)]
