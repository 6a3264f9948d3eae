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
Key = tuple[str, Groups]  # version of the index, and who asks
KEPT = 64  # sets of groups whose questions are remembered
PATIENCE = 0.3  # seconds that a request waits for them


class Starters:
    """Remembers the example questions of each set of groups, for the index in use.

    Example:
        >>> from types import SimpleNamespace
        >>> bot = SimpleNamespace(examples=lambda count: ["Who spoke?"], seen_by=lambda _: bot)
        >>> Starters(bot, most=6).get(None)
        ['Who spoke?']
    """

    def __init__(self, bot: Bot, most: int) -> None:
        self.bot = bot
        self.most = most
        self._found: OrderedDict[Key, Future[list[str]]] = OrderedDict()
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def get(self, groups: Groups) -> list[str]:
        """The questions for somebody in these groups; none while they are still looked for."""
        key = (str(getattr(getattr(self.bot, "index", None), "version", "")), groups)
        with self._lock:
            future = self._found.get(key)
            if future is None:
                future = self._found[key] = Future()
                threading.Thread(target=self._find, args=(key, future), daemon=True).start()
            self._found.move_to_end(key)
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
        try:
            return future.result(timeout=PATIENCE)
        except TooLateError:
            return []

    def _find(self, key: Key, future: Future[list[str]]) -> None:
        try:
            with self._one_at_a_time:
                future.set_result(self.bot.seen_by(key[1]).examples(self.most))
        except Exception:
            log.exception("no questions to begin with could be found")
            future.set_result([])
            with self._lock:  # the next request tries again
                self._found.pop(key, None)
