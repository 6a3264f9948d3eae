"""One question of the chat, from what the browser sent to the messages it shows.

The browser sends a text of JSON with the question, the filters and the conversation so far; see
:class:`Asked`. All of it is checked here: nothing is shown that was not read from the speeches the
person may see.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import wait
from contextlib import closing
from dataclasses import dataclass, field

from pydantic import ValidationError

from qa_bot.errors import QABotError
from qa_bot.feedback.store import FeedbackStore
from qa_bot.schema import Answer
from qa_bot.settings import Settings
from qa_bot.understanding.question import checked_question
from qa_bot.web import render
from qa_bot.web.i18n import Words
from qa_bot.web.protocol import Bot
from qa_bot.web.request_queue import BusyError, Progress, RequestQueue
from qa_bot.web.turns import ChatTurn, Controls, answer_of, loads, turn_of, turns_in

log = logging.getLogger("qa_bot.web")

PATIENCE = 0.5  # seconds without an answer before the progress shows
STEP = 0.25  # seconds between two reports of progress
NEXT = 3  # questions suggested after an answer
LONGEST_PAGE = 1_500_000  # characters of messages; older turns are left out beyond it

Message = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """What a browser asks for, checked.

    Attributes:
        question: empty when only the conversation is to be shown.
        turns: the conversation so far; the question comes after them.
        before: how many of them the question leans on.
        controls: the filters set on the page.
        ignore: keys of chips that were taken away.
        rewrite: False when the question is to be taken as it stands.
        number: tells the browser's requests apart.
    """

    question: str = ""
    turns: tuple[ChatTurn, ...] = ()
    before: int = 0
    controls: Controls = field(default_factory=Controls)
    ignore: tuple[str, ...] = ()
    rewrite: bool = True
    number: int = 0

    @classmethod
    def from_text(cls, text: str) -> Asked:
        """What the JSON asks for; parts that make no sense count as not said.

        Example:
            >>> Asked.from_text('{"question": "Why?", "turns": "no list"}').question
            'Why?'
        """
        said = loads(text or "")
        if not isinstance(said, dict):
            return cls()
        turns = turns_in(said.get("turns"))
        before, number = said.get("before"), said.get("number")
        ignore = said.get("ignore")
        try:
            controls = Controls.model_validate(said.get("filters") or {})
        except ValidationError:
            controls = Controls()
        return cls(
            question=said["question"] if isinstance(said.get("question"), str) else "",
            turns=turns,
            before=min(max(before, 0), len(turns)) if type(before) is int else len(turns),
            controls=controls,
            ignore=tuple(key[:1000] for key in ignore[:20] if isinstance(key, str))
            if isinstance(ignore, list)
            else (),
            rewrite=said.get("rewrite") is not False,
            number=number if type(number) is int else 0,
        )


def steps(
    asked: Asked,
    bot: Bot,
    settings: Settings,
    w: Words,
    queue: RequestQueue,
    kept: FeedbackStore | None = None,
) -> Generator[list[Message]]:
    """The conversation with the question in it, then with its answer.

    A question that finds nothing goes into ``kept``: it tells which speeches are missing, which a
    greeting does not. Closing this gives up the question.

    Args:
        bot: as the asking person sees it.
        queue: reads the question.
    """
    answers = [answer_of(turn, bot) for turn in asked.turns]
    so_far = _messages(asked.turns, answers, bot, w)
    if not asked.question:
        yield so_far
        return
    try:
        question = checked_question(asked.question, settings.max_question_chars)
        filters = asked.controls.filters()
    except QABotError as error:
        yield [*so_far, _bot(render.error(error))]
        return
    so_far.append({"role": "user", "content": render.question(question)})
    yield [*so_far, _bot(render.reading(w))]
    leaning = answers[: asked.before]
    history = [(given.understood, given.text) for given, _ in leaning]

    def ask(progress: Progress) -> Answer:
        return bot.ask(
            question,
            history,
            filters,
            ignore=asked.ignore,
            progress=progress,
            rewrite=asked.rewrite,
        )

    try:
        with closing(_Reading(queue, ask)) as reading:
            for done, total in reading:
                yield [*so_far, _bot(render.reading(w, done, total))]
            given = reading.answer
        following = bot.next_questions(given, history, NEXT)
    except QABotError as error:
        yield [*so_far, _bot(render.error(error))]
        return
    except (BusyError, TimeoutError) as error:
        said = w.busy if isinstance(error, BusyError) else w.too_long
        yield [*so_far, _bot(render.failure(said))]
        return
    except Exception:
        number = secrets.token_hex(6)
        log.exception("question %s failed", number)
        hint = w.failed_hint.format(request_id=number)
        yield [*so_far, _bot(render.failure(w.failed, hint))]
        return
    if kept is not None and not given.found and not given.note:
        kept.keep("not found", question, history=history)
    turn = turn_of(given, asked.controls, asked.ignore, asked.rewrite, following)
    yield [*so_far, _bot(render.answer(given, w, turn, title=titles(bot)))]


class _Reading:
    """A question being read in another thread: iterates over (done, total) passages while it is,
    but not before ``PATIENCE`` is over.

    Raises:
        BusyError: too many questions are waiting.
        TimeoutError: while iterating: the answer takes too long.
    """

    def __init__(self, queue: RequestQueue, ask: Callable[[Progress], Answer]) -> None:
        self._at = (0, 0)
        self._until = time.monotonic() + queue.seconds
        self._place = queue.take(ask, self._report)
        self.close = self._place.leave

    def _report(self, stage: str, done: int, total: int) -> None:
        if stage == "read":
            self._at = (done, total)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        pause = PATIENCE
        while not self._place.future.done():
            left = self._until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not wait([self._place.future], min(pause, left)).done:
                yield self._at
            pause = STEP

    @property
    def answer(self) -> Answer:
        return self._place.future.result()


def titles(bot: Bot) -> Callable[[str], str]:
    """Names speeches for people."""

    def title(document_id: str) -> str:
        try:
            return bot.document(document_id).title or document_id
        except QABotError:
            return document_id

    return title


def _messages(
    turns: tuple[ChatTurn, ...], answers: list[tuple[Answer, int]], bot: Bot, w: Words
) -> list[Message]:
    """Gradio's messages for the turns, as many of the last ones as one page can take."""
    messages: list[Message] = []
    room = LONGEST_PAGE
    for turn, (given, lost) in zip(reversed(turns), reversed(answers), strict=True):
        shown = render.answer(given, w, turn, lost, titles(bot))
        room -= len(shown)
        if room < 0 and messages:
            break
        messages += [_bot(shown), {"role": "user", "content": render.question(turn.question)}]
    return messages[::-1]


def _bot(shown: str) -> Message:
    return {"role": "assistant", "content": shown}
