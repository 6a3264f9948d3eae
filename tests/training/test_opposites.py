"""Questions turned into their opposite."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qa_bot_training.data import Example, Gold
from qa_bot_training.negatives import NegativeMaker
from qa_bot_training.opposites import OPPOSITES, opposite


def every(question: str, passage: str = "") -> set[str | None]:
    return {opposite(question, passage, random.Random(seed)) for seed in range(40)}


def test_one_word_is_turned_at_a_time() -> None:
    assert every("Which was the largest city before the war?") == {
        "Which was the smallest city before the war?",
        "Which was the largest city after the war?",
        "Which was the largest city before the peace?",
    }


def test_a_passage_with_both_words_may_answer_either_question() -> None:
    passage = "The largest session was in Rome, the smallest in Lima."
    assert every("Where was the largest session?", passage) == {None}
    assert every("Where was the largest session?", "It was in Rome.") == {
        "Where was the smallest session?"
    }


@pytest.mark.parametrize(
    "question",
    [
        "How old is the school?",
        "Which 5-year-old spoke?",
        "Northern Ireland joined when?",
        "When did the New York office move?",
        "Where did they meet?",
    ],
)
def test_measures_names_and_plain_words_stay(question: str) -> None:
    assert every(question) == {None}


def test_a_negation_goes_in_and_comes_out() -> None:
    assert every("Who is not a member?") == {"Who is a member?"}
    assert every("Which member isn't heard?") == {"Which member is heard?"}
    assert every("Why can't birds fly?") == every("Who won’t go?") == {None}
    # In only now and then: the word alone must not come to mean "no answer".
    assert every("Who is a member?") == {"Who is not a member?", None}


@given(st.text(alphabet="abz'n t?", max_size=60), st.text(max_size=60), st.integers(0, 5))
def test_any_text_gives_another_question_or_none(question: str, passage: str, seed: int) -> None:
    made = opposite(question, passage, random.Random(seed))
    assert made is None or made != question


def test_the_table_works_both_ways() -> None:
    assert all(word in OPPOSITES[other] for word, others in OPPOSITES.items() for other in others)
    assert not any(word in others for word, others in OPPOSITES.items())


def test_the_made_example_is_unanswerable_and_keeps_its_passage() -> None:
    row = Example("1", "Who spoke after Bob?", "Ann spoke.", (Gold("Ann", 0),), "Talks", "")
    made = NegativeMaker([[row]]).make("opposite", row, 0, random.Random(0))
    assert made is not None and made.is_impossible
    assert (made.question, made.context) == ("Who spoke before Bob?", row.context)
