"""What runs beside the answers: warming up, counting, and forgetting old feedback."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from qa_bot.feedback.store import FeedbackStore
from qa_bot.originals import PageReader
from qa_bot.settings import Settings
from qa_bot.web.operation.metrics import Metrics
from qa_bot.web.operation.readiness import Readiness
from qa_bot.web.operation.watched import watched
from qa_bot.web.protocol import Bot
from qa_bot.web.request_queue import RequestQueue

log = logging.getLogger("qa_bot.web")

DAY = 24 * 3600.0  # seconds


class Operation:
    """The running of one server.

    Attributes:
        bot: the one to answer from: its questions are counted.
        queue: where the questions of all fronts are read.
        metrics, readiness: what ``/metrics`` and ``/readyz`` show.
        kept: where feedback goes; None when none is kept.
        reader: what draws pages of original files.
        beside: what else is to run from the server's start to its end.
    """

    def __init__(self, bot: Bot, settings: Settings) -> None:
        self.settings = settings
        self.queue = RequestQueue(seconds=settings.answer_seconds)
        self.metrics = Metrics()
        self.readiness = Readiness()
        self.kept = FeedbackStore.from_settings(settings)
        self.reader = PageReader()
        self.bot = watched(bot, settings, self.metrics)
        self.beside: list[Callable[[], AbstractAsyncContextManager[None]]] = []
        self._asked = bot
        self._ended = threading.Event()

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """What runs from the server's start to its end."""
        for work in (self._warm_up, self._forget):
            threading.Thread(target=work, daemon=True).start()
        try:
            async with AsyncExitStack() as stack:
                for other in self.beside:
                    await stack.enter_async_context(other())
                yield
        finally:
            self._ended.set()
            self.readiness.stop()
            self.reader.close()

    def _warm_up(self) -> None:
        # What is made of the speeches is made for each set of groups: signed-in people have some.
        groups = None if self.settings.access == "none" else ()
        self.readiness.warm_up(self._asked.seen_by(groups))

    def _forget(self) -> None:
        """Deletes feedback that is too old: now and every day."""
        if self.kept is None or not self.settings.feedback_days:
            return
        while not self._ended.is_set():
            try:
                gone = self.kept.expire(self.settings.feedback_days)
            except OSError as error:
                log.warning("old feedback cannot be deleted: %s", error)
            else:
                if gone:
                    log.info("deleted %d questions older than the set days", gone)
            self._ended.wait(DAY)
