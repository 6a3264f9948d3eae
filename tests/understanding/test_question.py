"""What counts as a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.errors import QuestionError
from qa_bot.understanding.question import checked_question, quoted


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\x00\x01", "?!", "🎉🎉", "​"])
def test_nothing_to_read(question: str) -> None:
    with pytest.raises(QuestionError):
        checked_question(question, 100)


def test_too_long_says_how_long() -> None:
    with pytest.raises(QuestionError, match="20,000"):
        checked_question("a" * 20_000, 1000)


@pytest.mark.parametrize(
    "question", ["<script>alert(1)</script>", "ما هو الميثاق العالمي؟", "who? 🎉", "¿Qué?"]
)
def test_any_words_are_a_question(question: str) -> None:
    assert checked_question(question, 100) == question


@given(st.text(max_size=200))
def test_one_line_without_control_characters(question: str) -> None:
    try:
        checked = checked_question(question, 200)
    except QuestionError:
        return
    assert checked == " ".join(checked.split())
    assert any(c.isalnum() for c in checked)
    checked.encode("utf-8")


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ('Who said "ripple effect"?', ("ripple effect",)),
        ("Who said “ripple effect”?", ("ripple effect",)),
        ("Who said „ripple effect“?", ("ripple effect",)),
        ("Qui a dit « ripple effect » ?", ("ripple effect",)),
        ('What is meant by "a risk to be minimized."?', ("a risk to be minimized",)),
        ('"one" and "two" and "one"', ("one", "two")),
        ('an open " quotation', ()),
        ('"?!" and ""', ()),
        ("the migrants' and Thompson's 'own' words", ()),
        ('a 5"x7" print', ()),
    ],
)
def test_what_is_quoted(question: str, phrases: tuple[str, ...]) -> None:
    assert quoted(question) == phrases
