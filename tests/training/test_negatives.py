"""Made unanswerable examples: never holding the answer, always the same for one seed."""

from __future__ import annotations

import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qa_bot_training.data import Example, Gold
from qa_bot_training.negatives import NegativeMaker, holds_answer, mentions, without_answer

from qa_bot.evaluation.text_metrics import normalise
from tests.training.conftest import speeches

WORDS = ["river", "River", "mill", "the", "a", "old", "Stone.", "1999", "bridge,", "-"]


@st.composite
def collections(draw: st.DrawFn) -> list[Example]:
    """A few passages over very few words, so that answers often recur in other passages."""
    rows = []
    for number in range(draw(st.integers(2, 7))):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=12))
        context = " ".join(words)
        begin = draw(st.integers(0, len(words) - 1))
        end = draw(st.integers(begin, len(words) - 1))
        text = " ".join(words[begin : end + 1])
        start = len(" ".join(words[:begin])) + (1 if begin else 0)
        question = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)))
        title = draw(st.sampled_from(["", "mills"]))
        rows.append(Example(str(number), question, context, (Gold(text, start),), title, ""))
    return rows


@settings(max_examples=60)
@given(collections(), st.sampled_from(["sibling", "bm25"]), st.integers(0, 5))
def test_other_passages_never_hold_the_answer(rows: list[Example], kind: str, seed: int) -> None:
    maker = NegativeMaker([rows])
    for row in rows:
        made = maker.make(kind, row, 0, random.Random(seed))
        if made is None:
            continue
        assert made.is_impossible
        assert made.question == row.question
        assert made.context in {other.context for other in rows} - {row.context}
        for gold in row.answers:
            wanted = normalise(gold.text)
            if wanted:
                assert f" {wanted} " not in f" {normalise(made.context)} "
            else:
                assert gold.text.lower() not in made.context.lower()


def test_sibling_shares_the_title() -> None:
    rows = speeches(4, seed=0)
    titles = {row.context: row.title for row in rows}
    maker = NegativeMaker([rows])
    made = [maker.make("sibling", row, 0, random.Random(1)) for row in rows]
    assert all(m is not None and titles[m.context] == m.title for m in made)


def test_bm25_prefers_passages_that_share_words() -> None:
    rows = [
        Example("1", "Who built the stone bridge?", "Ann built it.", (Gold("Ann", 0),), "", ""),
        Example("2", "-", "The stone bridge is long.", (Gold("long", 20),), "", ""),
        Example("3", "-", "Cats sleep.", (Gold("Cats", 0),), "", ""),
    ]
    made = NegativeMaker([rows]).make("bm25", rows[0], 0, random.Random(0))
    assert made is not None
    assert made.context == "The stone bridge is long."


def test_swap_changes_one_name_for_another_of_its_kind() -> None:
    row = Example(
        "1",
        "What did Burke say of Ireland in 1790?",
        "In 1790 Burke wrote of Ireland, and later, in 1797, of Gladstone and of France.",
        (Gold("wrote", 14),),
        "Burke",
        "",
    )
    maker = NegativeMaker([[row]])
    questions = set()
    for seed in range(30):
        made = maker.make("swap", row, 0, random.Random(seed))
        assert made is not None and made.is_impossible and made.context == row.context
        questions.add(made.question)
    assert "What did Burke say of Ireland in 1797?" in questions
    assert "What did Burke say of France in 1790?" in questions
    assert row.question not in questions


def test_swap_needs_a_name_that_the_passage_mentions() -> None:
    row = Example("1", "Who met Ada Kay?", "Bob met her in Rome.", (Gold("Bob", 0),), "", "")
    assert NegativeMaker([[row]]).make("swap", row, 0, random.Random(0)) is None


def test_a_number_inside_another_is_not_mentioned() -> None:
    row = Example(
        "1", "Who came 5 times?", "Ann came in 1950, and 7 went.", (Gold("Ann", 0),), "", ""
    )
    assert NegativeMaker([[row]]).make("swap", row, 0, random.Random(0)) is None
    assert mentions("Ann came 5 times in 1950.", "5")
    assert not mentions("Ann came 2,500 times.", "500")


def test_long_answer_in_other_words_counts_as_held() -> None:
    answer = "regional dialogue between neighbouring governments and civil society"
    assert holds_answer("Civil society and governments held a regional dialogue.", [answer])
    assert not holds_answer("Civil engineers met governments.", [answer])


def test_scripts_without_spaces_hold_their_answers() -> None:
    assert holds_answer("中国的首都是北京,在北方。", ["北京"])
    assert not holds_answer("中国的首都是北京,在北方。", ["上海"])
    assert not holds_answer("The cathedral stood.", ["cat"])


@pytest.mark.parametrize("kind", ["sibling", "bm25", "swap"])
def test_same_seed_same_negative(kind: str) -> None:
    rows = speeches(5, seed=2)
    first, second = NegativeMaker([rows]), NegativeMaker([rows])
    for row in rows:
        assert first.make(kind, row, 0, random.Random(row.id)) == second.make(
            kind, row, 0, random.Random(row.id)
        )


def test_cutting_takes_the_sentences_that_answer() -> None:
    text = "Ann sang. The fair was held. It rained. Bob danced in the rain."
    row = Example("1", "Who danced?", text, (Gold("Bob", text.index("Bob")),), "", "")
    assert without_answer(row) == "Ann sang. The fair was held. It rained."
    # An answer over two sentences takes both; one sentence alone is no passage.
    long = dataclasses.replace(row, answers=(Gold("It rained. Bob", text.index("It")),))
    assert without_answer(long) == "Ann sang. The fair was held."
    again = dataclasses.replace(row, context=text + " Bob went home. All slept.")
    assert without_answer(again) is None
    assert without_answer(dataclasses.replace(row, context="Ann sang. Bob danced.")) is None


@settings(max_examples=60)
@given(collections())
def test_what_is_left_after_a_cut_never_holds_the_answer(rows: list[Example]) -> None:
    for row in rows:
        rest = without_answer(row)
        assert rest is None or not holds_answer(rest, [gold.text for gold in row.answers])
