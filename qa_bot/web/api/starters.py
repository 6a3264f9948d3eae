"""Questions to begin with, found in the background: it takes asking the bot many questions."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict

from qa_bot.web.protocol import Bot

log = logging.getLogger("qa_bot.web")

Groups = tuple[str, ...] | None
Key = tuple[str, Groups]  # version of the index, and who asks
KEPT = 64  # sets of groups whose questions are remembered
PATIENCE = 0.3  # seconds that a request waits for them


class Starters:
    """Remembers the example questions of each set of groups, for the index in use.

    Fewer than wanted are looked for again: while people ask there is no time to find them.

    Example:
        >>> from types import SimpleNamespace
        >>> bot = SimpleNamespace(examples=lambda count: ["Who spoke?"], seen_by=lambda _: bot)
        >>> Starters(bot, most=6).get(None)
        ['Who spoke?']
    """

    def __init__(self, bot: Bot, most: int) -> None:
        self.bot = bot
        self.most = most
        self._found: OrderedDict[Key, list[str]] = OrderedDict()
        self._sought: set[Key] = set()
        self._changed = threading.Condition()
        self._one_at_a_time = threading.Lock()

    def get(self, groups: Groups) -> list[str]:
        """The questions for somebody in these groups; none while they are still looked for."""
        key = (str(getattr(getattr(self.bot, "index", None), "version", "")), groups)
        with self._changed:
            if len(self._found.get(key, ())) < self.most and key not in self._sought:
                self._sought.add(key)
                threading.Thread(target=self._find, args=(key,), daemon=True).start()
            if key not in self._found:
                self._changed.wait_for(lambda: key not in self._sought, timeout=PATIENCE)
            else:
                self._found.move_to_end(key)
            return self._found.get(key, [])

    def _find(self, key: Key) -> None:
        found: list[str] = []
        try:
            with self._one_at_a_time:
                found = self.bot.seen_by(key[1]).examples(self.most)
        except Exception:
            log.exception("no questions to begin with could be found")
        with self._changed:
            self._sought.remove(key)
            if found:
                self._found[key] = found
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
            self._changed.notify_all()
