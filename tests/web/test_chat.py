"""What the chat does with what a browser sends, step by step."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBot, corpus
from selectolax.lexbor import LexborHTMLParser

from qa_bot.feedback.store import FeedbackStore
from qa_bot.schema import Answer, Document, Filters
from qa_bot.settings import Settings
from qa_bot.web import asking
from qa_bot.web.asking import Asked, Message, steps
from qa_bot.web.i18n import words_for
from qa_bot.web.request_queue import RequestQueue

ASKED = "what did IOM commit to as Network secretariat?"
ENGLISH = words_for("en")


def said(question: str, turns: list[dict[str, Any]] | None = None, **more: object) -> Asked:
    return Asked.from_text(json.dumps({"question": question, "turns": turns or [], **more}))


def shown(bot: FakeBot, asked: Asked, kept: FeedbackStore | None = None) -> list[list[Message]]:
    return list(steps(asked, bot, Settings(), ENGLISH, RequestQueue(), kept))


def record(messages: list[Message]) -> dict[str, Any]:
    """The turn that the last answer carries."""
    page = LexborHTMLParser(messages[-1]["content"])
    return json.loads(base64.b64decode(page.css_first(".qa-record").text()))


def test_question_is_shown_at_once_then_its_answer() -> None:
    first, last = shown(FakeBot(), said(ASKED))
    assert [m["role"] for m in first] == ["user", "assistant"]
    assert "qa-reading" in first[1]["content"]
    assert "qa-quote" in last[1]["content"]
    assert record(last)["question"] == ASKED


def test_earlier_turns_come_back_and_are_the_history() -> None:
    bot = FakeBot()
    turn = record(shown(bot, said(ASKED))[-1])
    last = shown(bot, said("And what else on migration?", [turn]))[-1]
    text = bot.ask(ASKED).text
    assert bot.asked[1][1] == [(ASKED, text)]
    assert len(last) == 4
    assert text in LexborHTMLParser(last[1]["content"]).css_first(".qa-words").text()


def test_asking_again_leans_only_on_what_came_before() -> None:
    bot = FakeBot()
    turn = record(shown(bot, said(ASKED))[-1])
    shown(bot, said("Why?", [turn, turn], before=1, rewrite=False, ignore=["speaker:x"]))
    assert len(bot.asked[-1][1]) == 1
    assert bot.options[-1] == {"ignore": ["speaker:x"], "rewrite": False}


def test_filters_reach_the_bot_and_the_turn() -> None:
    bot = FakeBot()
    wanted = {"speaker": "Laura", "date_from": "2018", "documents": [corpus()[0].id]}
    turn = record(shown(bot, said(ASKED, filters=wanted))[-1])
    assert bot.asked[-1][2] == Filters(
        speaker="Laura", date_from="2018", documents=(corpus()[0].id,)
    )
    assert turn["filters"] == wanted


def test_a_date_that_is_none_is_said_so() -> None:
    (only,) = shown(FakeBot(), said(ASKED, filters={"date_from": "2018-13"}))
    assert "qa-problem" in only[0]["content"]


@pytest.mark.parametrize("question", ["   ", "\n", "x" * 20_000])
def test_what_is_no_question_gets_a_plain_message(question: str) -> None:
    bot = FakeBot()
    (only,) = shown(bot, said(question))
    assert not bot.asked
    assert [m["role"] for m in only] == ["assistant"]
    assert "qa-problem" in only[0]["content"]
    assert len(only[0]["content"]) < 1000


def test_a_bug_is_an_apology_with_a_number_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    last = shown(FakeBot(), said("boom now"))[-1]
    content = last[-1]["content"]
    assert "secret" not in content
    assert caplog.records[-1].args[0] in content
    assert "qa-record" not in content


def test_questions_that_find_nothing_are_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    bot = FakeBot()
    turn = record(shown(bot, said(ASKED), store)[-1])
    assert store.entries() == []
    nothing = "What is the price of cheese on the moon?"
    shown(bot, said(nothing, [turn]), store)
    (missed,) = store.entries()
    assert (missed.kind, missed.question) == ("not found", nothing)
    assert missed.history == ((ASKED, bot.ask(ASKED).text),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 100_000,
        '{"question": 5, "turns": {"a": 1}, "before": true, "ignore": 3}',
        '{"turns": [null, 1, [], {}, {"question": "q"}], "filters": "all"}',
        '{"filters": {"speaker": {"$ne": ""}}, "number": "1; drop"}',
    ],
)
def test_nonsense_from_a_browser_asks_for_nothing(text: str) -> None:
    asked = Asked.from_text(text)
    assert asked == Asked()
    assert shown(FakeBot(), asked) == [[]]


def test_progress_shows_only_when_reading_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.05)
    monkeypatch.setattr(asking, "STEP", 0.05)
    seen = threading.Event()

    class Slow(FakeBot):
        def ask(self, *args: Any, progress: Callable[..., None], **named: Any) -> Answer:
            progress("retrieve", 1, 1)
            progress("read", 3, 12)
            seen.wait(10)
            return super().ask(*args, **named)

    said_so = []
    for messages in steps(said(ASKED), Slow(), Settings(), ENGLISH, RequestQueue()):
        said_so.append(messages[-1]["content"])
        if "<progress" in messages[-1]["content"]:
            seen.set()
    assert "<progress" not in said_so[0]
    page = LexborHTMLParser(said_so[1])
    assert page.css_first("progress").attributes == {"max": "12", "value": "3"}
    assert "3 of 12" in page.css_first(".qa-progress").text()
    assert "qa-quote" in said_so[-1]


class Endless(FakeBot):
    """Reads until nobody waits any more, telling its progress all the time."""

    def ask(self, question: str, *args: Any, progress: Callable[..., None], **named: Any) -> Answer:
        if question == ASKED:
            return super().ask(question, *args, progress=progress, **named)
        for done in range(20_000):
            progress("read", done, 20_000)
            time.sleep(0.005)
        raise AssertionError("nobody left")


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_stop_frees_the_place_of_a_question_and_of_those_that_wait() -> None:
    queue = RequestQueue(at_once=1, waiting=1)
    bot = Endless()
    shown = [steps(said(f"Who is {n}?"), bot, Settings(), ENGLISH, queue) for n in range(2)]
    for messages in shown:
        next(messages)  # the question is shown
        next(messages)  # it is read, or waits
    assert (queue.reading, queue.waiting) == (1, 1)
    busy = list(steps(said("Who else?"), bot, Settings(), ENGLISH, queue))[-1][-1]["content"]
    assert "Too many questions are waiting" in LexborHTMLParser(busy).text()
    shown[1].close()
    until(lambda: queue.waiting == 0)
    shown[0].close()
    until(lambda: queue.reading == 0)
    assert (
        "qa-quote" in list(steps(said(ASKED), bot, Settings(), ENGLISH, queue))[-1][-1]["content"]
    )
    assert [question for question, _, _ in bot.asked] == [ASKED]


def test_an_answer_that_takes_too_long_is_given_up_in_plain_words() -> None:
    queue = RequestQueue(at_once=1, waiting=0, seconds=0.2)
    last = list(steps(said("Who?"), Endless(), Settings(), ENGLISH, queue))[-1][-1]["content"]
    assert "took too long" in LexborHTMLParser(last).text()
    until(lambda: queue.reading == 0)


def test_a_person_sees_nothing_of_a_speech_they_lost_sight_of() -> None:
    secret = Document(id="secret", title="Plan", groups=("board",), text="The plan is buckwheat.")
    bot = FakeBot([*corpus(), secret])
    turn = record(shown(bot, said("What is the plan buckwheat?"))[-1])
    assert "buckwheat" in shown(bot, said("", [turn]))[-1][1]["content"]
    (again,) = shown(bot.seen_by(()), said("", [turn]))
    assert "The plan is" not in again[1]["content"]
    assert "is&#32;buckwheat" not in again[1]["content"]
    assert "qa-lost" in again[1]["content"]
