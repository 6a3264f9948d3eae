"""What the chat does with a question, step by step."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeBot

from qa_bot.evaluation.feedback import FeedbackStore
from qa_bot.settings import Settings
from qa_bot.web.chat import KEPT_TURNS, Turn, _ask, _dislike
from qa_bot.web.words import words_for

ENGLISH = words_for("en")
ASKED = "what did IOM commit to as Network secretariat?"


def steps(bot: FakeBot, question: str, turns: tuple[Turn, ...] = ()) -> list[tuple]:
    return list(_ask(bot, Settings(), ENGLISH, question, turns))


def test_question_is_shown_at_once_then_its_answer() -> None:
    first, last = steps(FakeBot(), ASKED)
    assert [m["role"] for m in first[0]] == ["user", "assistant"]
    assert ENGLISH.reading in first[0][1]["content"]
    assert first[1] == ""  # the box is emptied
    assert "qa-quote" in last[0][1]["content"]
    assert last[2] == (Turn(ASKED, ASKED, FakeBot().ask(ASKED).text, last[0][1]["content"]),)


def test_earlier_turns_are_the_history() -> None:
    bot = FakeBot()
    turns = steps(bot, ASKED)[-1][2]
    last = steps(bot, "And what else on migration?", turns)[-1]
    assert bot.asked[-1][1] == [(ASKED, turns[0].answer)]
    assert len(last[0]) == 4


@pytest.mark.parametrize("question", ["", "   ", "\n", "x" * 20_000])
def test_what_is_no_question_gets_a_plain_message_and_stays_in_the_box(question: str) -> None:
    bot = FakeBot()
    (only,) = steps(bot, question)
    assert not bot.asked
    assert [m["role"] for m in only[0]] == ["assistant"]
    assert "qa-problem" in only[0][0]["content"]
    assert len(only[0][0]["content"]) < 1000
    assert only[1] != ""


def test_a_bug_is_an_apology_with_a_number_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    last = steps(FakeBot(), "boom now")[-1]
    shown = last[0][-1]["content"]
    assert "secret" not in shown
    assert last[1] == "boom now"  # can be asked again
    number = caplog.records[-1].args[0]
    assert number in shown
    assert last[2] == ()


def test_long_conversations_keep_their_end() -> None:
    old = tuple(Turn(f"q{i}", f"q{i}", "a", "<p>a</p>") for i in range(KEPT_TURNS))
    kept = steps(FakeBot(), ASKED, old)[-1][2]
    assert len(kept) == KEPT_TURNS
    assert kept[-1].question == ASKED
    assert kept[0].question == "q1"


def test_questions_that_find_nothing_or_are_disliked_are_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    bot = FakeBot()
    turns = list(_ask(bot, Settings(), ENGLISH, ASKED, (), store))[-1][2]
    assert store.entries() == []
    nothing = "What is the price of cheese on the moon?"
    list(_ask(bot, Settings(), ENGLISH, nothing, turns, store))
    _dislike(store, turns, 1)
    _dislike(store, turns, 99)  # a message that is not there
    missed, disliked = store.entries()
    assert (missed.kind, missed.question) == ("not found", nothing)
    assert missed.history == ((ASKED, turns[0].answer),)
    assert (disliked.kind, disliked.question, disliked.answer) == (
        "thumbs down",
        ASKED,
        turns[0].answer,
    )
