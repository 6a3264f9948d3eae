"""Answers that are not of the kind that is asked for."""

from __future__ import annotations

import pytest

from qa_bot.reading.asked_for import lacks_amount, lacks_name


@pytest.mark.parametrize(
    ("question", "answer", "lacks"),
    [
        ("How many people were short of food?", "a large number", True),
        ("How many people were short of food?", "two hundred", False),
        ("At what minimum age may boys enlist?", "a suitable age", True),
        ("At what interest rate was it contracted?", "5%", False),
        ("What share voted?", "twothirds of the citizens", False),
        ("On what date was it signed?", "in March", False),
        ("What was said?", "nothing much", False),
    ],
)
def test_amounts(question: str, answer: str, lacks: bool) -> None:
    assert lacks_amount(question, answer) is lacks


@pytest.mark.parametrize(
    ("question", "answer", "lacks"),
    [
        ("Who was the judge?", "a district attorney", True),
        ("Who was the judge?", "Judge Fromentin", False),
        ("Which building, by name, was hit?", "the tallest", True),
        ("Which American banks joined the loan?", "foreign bankers", True),
        ("Which measures were taken?", "new taxes", False),
        ("How many of the people named were there?", "a few", False),
    ],
)
def test_names(question: str, answer: str, lacks: bool) -> None:
    assert lacks_name(question, answer, f"The words are: {answer}.") is lacks
    assert not lacks_name(question, answer.lower(), f"the words are: {answer}.".lower())
