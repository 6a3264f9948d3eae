"""Whether the server can answer: from the first warm question until it is told to stop."""

from __future__ import annotations

import logging
import threading
from typing import Literal

from qa_bot.web.protocol import Bot

log = logging.getLogger("qa_bot.web")

State = Literal["starting", "ready", "stopping"]
WARM_UP = "What is this speech about?"
AGAIN = 10.0  # seconds until a warm-up that failed is tried again


class Readiness:
    """The state of the server.

    Example:
        >>> from types import SimpleNamespace
        >>> ready = Readiness()
        >>> ready.warm_up(SimpleNamespace(ask=lambda question: None))
        >>> ready.state
        'ready'
        >>> ready.stop(); ready.state
        'stopping'
    """

    def __init__(self) -> None:
        self._warm = False
        self._stopping = threading.Event()

    @property
    def state(self) -> State:
        if self._stopping.is_set():
            return "stopping"
        return "ready" if self._warm else "starting"

    def warm_up(self, bot: Bot) -> None:
        """Asks one question, so that nobody waits for what is loaded by the first. Blocks."""
        while not self._stopping.is_set():
            try:
                bot.ask(WARM_UP)
            except Exception:
                log.exception("the bot cannot answer yet")
                self._stopping.wait(AGAIN)
            else:
                self._warm = True
                return

    def stop(self) -> None:
        """From now on no new question should come here."""
        self._stopping.set()
