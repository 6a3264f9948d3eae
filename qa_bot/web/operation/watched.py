"""A bot whose questions are counted and, if the settings say so, written down."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import Any, cast

from qa_bot.errors import DocumentNotFoundError, QuestionError
from qa_bot.schema import Answer, Filters
from qa_bot.settings import Settings
from qa_bot.web.operation.logs import fields
from qa_bot.web.operation.metrics import Metrics
from qa_bot.web.protocol import Bot, GoneError

log = logging.getLogger("qa_bot.questions")


def watched(bot: Bot, settings: Settings, metrics: Metrics) -> Bot:
    """``bot``, for every front of the server: it answers the same and is counted."""
    return cast(Bot, _Watched(bot, settings.log_questions and not settings.keep_nothing, metrics))


class _Watched:
    def __init__(self, bot: Bot, words: bool, metrics: Metrics) -> None:
        self._bot = bot
        self._words = words
        self._metrics = metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bot, name)

    def seen_by(self, groups: Collection[str] | None) -> _Watched:
        return _Watched(self._bot.seen_by(groups), self._words, self._metrics)

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        filters: Filters | None = None,
        **options: Any,
    ) -> Answer:
        try:
            answer = self._bot.ask(question, history, filters, **options)
        except GoneError:
            self._note("abandoned", question)
            raise
        except Exception as error:
            if not isinstance(error, (QuestionError, DocumentNotFoundError)):  # the asker's own
                self._note("error", question, error=type(error).__name__)
            raise
        self._note("found" if answer.found else "not_found", question, dict(answer.seconds))
        return answer

    def _note(
        self, outcome: str, question: str, seconds: dict[str, float] | None = None, **more: Any
    ) -> None:
        self._metrics.question(outcome, seconds)
        values = {"outcome": outcome, **more}
        if seconds:
            values["ms"] = round(seconds.get("total", 0.0) * 1000, 1)
        if self._words:
            values["question"] = question
        log.info("question", extra=fields(**values))
