"""Questions to begin with, found in the background: it takes asking the bot many questions."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLateError

from qa_bot.web.protocol import Bot

log = logging.getLogger("qa_bot.web")

Groups = tuple[str, ...] | None
KEPT = 64  # sets of groups whose questions are remembered
PATIENCE = 0.3  # seconds that a request waits for them


class Starters:
    """Remembers the example questions of each set of groups.

    Example:
        >>> from types import SimpleNamespace
        >>> bot = SimpleNamespace(examples=lambda count: ["Who spoke?"], seen_by=lambda _: bot)
        >>> Starters(bot, most=6).get(None)
        ['Who spoke?']
    """

    def __init__(self, bot: Bot, most: int) -> None:
        self.bot = bot
        self.most = most
        self._found: OrderedDict[Groups, Future[list[str]]] = OrderedDict()
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def get(self, groups: Groups) -> list[str]:
        """The questions for somebody in these groups; none while they are still looked for."""
        with self._lock:
            future = self._found.get(groups)
            if future is None:
                future = self._found[groups] = Future()
                threading.Thread(target=self._find, args=(groups, future), daemon=True).start()
            self._found.move_to_end(groups)
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
        try:
            return future.result(timeout=PATIENCE)
        except TooLateError:
            return []

    def _find(self, groups: Groups, future: Future[list[str]]) -> None:
        try:
            with self._one_at_a_time:
                future.set_result(self.bot.seen_by(groups).examples(self.most))
        except Exception:
            log.exception("no questions to begin with could be found")
            future.set_result([])
            with self._lock:  # the next request tries again
                self._found.pop(groups, None)
