"""The bot over the newest index: added speeches are there without a restart of the server."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Collection
from itertools import count
from typing import Any, cast

from qa_bot.bot import QABot
from qa_bot.errors import QABotError
from qa_bot.index import open_index
from qa_bot.index.versions import read_current
from qa_bot.web.corpus_watch import CorpusWatch, State
from qa_bot.web.protocol import Bot

log = logging.getLogger("qa_bot.web")

LOOK_EVERY = 15.0  # seconds; a look reads one small file
CORPUS_EVERY = 4  # looks; one at the corpus asks for the size and time of each file
MOST_VIEWS = 8  # sets of groups, those that asked last, that a new version is made ready for


def live(bot: QABot) -> Bot:
    """``bot`` for a server: a newer index is taken over within ``LOOK_EVERY`` seconds."""
    newest = LiveBot(bot)
    newest.watch()
    return cast(Bot, newest)


class LiveBot:
    """Answers from the newest version of the index that can be opened whole.

    ``qa-bot index`` writes a version beside the old one and switches a pointer. This looks at the
    pointer now and then, opens what it finds, and only then lets new questions have it; a question
    in flight ends with the version that it began with. A version that cannot be opened is named in
    the log and the old one stays.

    Example:
        >>> bot = LiveBot(QABot.open())                                 # doctest: +SKIP
        >>> bot.look()                                                  # doctest: +SKIP
        False
        >>> bot.ask("Where was the dialogue held?").found               # doctest: +SKIP
        True
    """

    def __init__(self, bot: QABot) -> None:
        self._bot = bot
        self._refused = ""
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._corpus = CorpusWatch(bot.settings)
        self._views: OrderedDict[tuple[str, ...] | None, None] = OrderedDict()

    def watch(self, every: float = LOOK_EVERY) -> None:
        """Look for a new version every so many seconds, in the background, until :meth:`close`."""
        threading.Thread(target=self._watch, args=(every,), name="index", daemon=True).start()

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()

    def look(self) -> bool:
        """Take over a version that is newer than the one in use; whether there was one."""
        bot = self._bot
        try:
            version, manifest = read_current(bot.settings.index)
            if (version, manifest) == (bot.index.version, bot.index.record):
                return False
            index = open_index(bot.settings, check_corpus=False, embedder=bot.retriever.embedder)
            newer = bot.over(index)
            self._warm_up(newer)
        except QABotError as error:
            said = f"{error.message} {error.hint}".strip()
            if said != self._refused:
                log.warning("the index in use stays %s: %s", bot.index.version, said)
                self._refused = said
            return False
        self._bot = newer
        bot.retire()
        log.info(
            "index %s is in use: %d speeches, %d passages",
            index.version,
            len(index.documents),
            len(index.passages),
        )
        return True

    def seen_by(self, groups: Collection[str] | None) -> Bot:
        """The bot of the version in use, as somebody in these groups sees it."""
        with self._lock:
            view = None if groups is None else tuple(sorted(groups))
            self._views[view] = None
            self._views.move_to_end(view)
            if len(self._views) > MOST_VIEWS:
                self._views.popitem(last=False)
        return self._bot.seen_by(groups)

    def _warm_up(self, newer: QABot) -> None:
        """What is set up at the first question is set up now, as those who asked lately see it."""
        newer.search("Who speaks?")
        with self._lock:
            views = list(self._views)
        for groups in views or [None]:
            seen = newer.seen_by(groups)
            _ = seen.entities, seen.spelling

    @property
    def corpus_state(self) -> State:
        """Whether the speeches on the disk are those of the index: "current", "changed" since it
        was built, or being indexed ("indexing")."""
        return self._corpus.state

    def _watch(self, every: float) -> None:
        for number in count():
            if self._stop.wait(every):
                return
            try:
                if number % CORPUS_EVERY == 0:
                    self._corpus.look(self._bot.index)
                self.look()
            except Exception:
                log.exception("looking for new speeches failed; the next look is in %g s", every)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bot, name)
