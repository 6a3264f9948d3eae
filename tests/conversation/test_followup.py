"""Follow-up questions are made self-contained; other questions are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.conversation import understand

FUND = [("What is the start-up fund for?", "support the implementation")]
PERSON = [("Who gave the closing remarks?", "Laura Thompson")]


@pytest.mark.parametrize(
    ("history", "question", "understood"),
    [
        (FUND, "What does it include?", "What does the start-up fund include?"),
        (FUND, "And what does it require?", "What does the start-up fund require?"),
        (FUND, "and in Geneva?", "What is the start-up fund for in Geneva?"),
        (FUND, "What is its purpose?", "What is the start-up fund’s purpose?"),
        (FUND, "What about the network?", "What is the network for?"),
        (PERSON, "What position did she hold?", "What position did Laura Thompson hold?"),
        (PERSON, "What was her role?", "What was Laura Thompson’s role?"),
    ],
)
def test_follow_ups(history: list[tuple[str, str]], question: str, understood: str) -> None:
    result = understand(question, history)
    assert result.question == understood
    assert result.changed


@pytest.mark.parametrize(
    "question",
    [
        "What is the Global Mayoral Forum?",
        "Is there a start-up fund?",
        "What did IOM say about its role?",
        "Who said that IOM will stick to its DNA?",
        "Which regional approaches were mentioned?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert understand(question, PERSON).question == question


def test_without_history_nothing_changes() -> None:
    assert understand("What does it include?").changed is False


@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80))))
def test_any_text_is_survived(question: str, history: list[tuple[str, str]]) -> None:
    assert isinstance(understand(question, history).question, str)
