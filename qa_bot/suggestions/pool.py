"""Questions that are known to be answered: to begin with, and to go on with after an answer.

A pool is filled in the background, from the first time that somebody wants a question: candidates
made from the speeches' sentences are asked one by one, and those are kept that the bot answers from
the very sentence they were made from. The work is bounded whatever the size of the corpus, stands
still while somebody's question is being answered, and pauses between two questions as long as the
last one took, so that people who ask are hardly slowed down. Choosing from the pool asks nothing:
it takes well under a millisecond.
"""

from __future__ import annotations

import atexit
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from weakref import WeakMethod

from qa_bot.schema import Answer, Document, DocumentInfo
from qa_bot.suggestions.candidates import Candidate, candidates
from qa_bot.text.lexicon import content

log = logging.getLogger(__name__)

DOCUMENTS = 24  # looked at before anybody asks, evenly spread over the corpus
TRIED = 72  # questions asked before anybody asks
TRIED_OF_ONE = 12  # questions about one document
TRIED_IN_ALL = 600
SURE = 0.3  # least confidence of a question that is kept
LONGEST_ANSWER = 300  # characters
PATIENCE = 60.0  # seconds that `first` waits at most
PAUSE = 2.0  # longest pause between two questions, in seconds


@dataclass(frozen=True)
class Suggestion:
    """A question and where it is answered.

    Attributes:
        documents: ids of the document whose words it is made of and of those that answer it: to
            be shown only to somebody who may see them all.
        start, end: the sentence it was made from.
        said: the answer's quotations.
    """

    question: str
    documents: frozenset[str]
    document: str
    start: int
    end: int
    said: tuple[str, ...]
    confidence: float
    promise: int


class Asking(Protocol):
    """What the pool asks its questions of: a bot that sees all documents."""

    def ask(
        self, question: str, *, progress: Callable[[str, int, int], None] | None = None
    ) -> Answer: ...

    def document(self, document_id: str) -> Document: ...

    @property
    def documents(self) -> Sequence[DocumentInfo]: ...


class Pool:
    """The suggestions of one bot. All methods may be called from many threads.

    Example:
        >>> pool = Pool(bot)                                            # doctest: +SKIP
        >>> pool.first(2, {"opening", "closing"})                       # doctest: +SKIP
        ['What has IOM been given?', 'What did the Global Fund note?']
    """

    def __init__(self, bot: Asking) -> None:
        self._bot = bot
        self._kept: list[Suggestion] = []
        self._queue: deque[Candidate] = deque()
        self._seen: set[str] = set()  # documents whose candidates were made
        self._tried = 0
        self._waiting = 0
        self._people = 0  # whose questions are being answered right now
        self._idle = False  # everything in the queue was tried
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._stop = threading.Event()

    @contextmanager
    def standing_aside(self) -> Iterator[None]:
        """No question of the pool is worked on inside this, unless it is the pool's own.

        Example:
            >>> with pool.standing_aside():                             # doctest: +SKIP
            ...     answer = bot.ask("Where was the dialogue held?")
        """
        if threading.current_thread() is self._thread:
            yield
            return
        with self._changed:
            self._people += 1
        try:
            yield
        finally:
            with self._changed:
                self._people -= 1
                if not self._people:
                    self._changed.notify_all()

    def first(self, count: int, allowed: Collection[str], wait: float = PATIENCE) -> list[str]:
        """Questions to begin with, spread over documents and subjects.

        Args:
            allowed: ids of the documents that may be used.
            wait: seconds to wait until there are enough; fewer, or none, come back after that.
        """
        self._start()
        allowed = frozenset(allowed)  # made once, and not while others wait for the lock
        until = time.monotonic() + wait
        with self._changed:
            self._waiting += 1
            try:
                while True:
                    chosen = _spread(_allowed(self._kept, allowed), count)
                    left = until - time.monotonic()
                    if len(chosen) >= count or self._idle or self._stop.is_set() or left <= 0:
                        return [suggestion.question for suggestion in chosen]
                    self._changed.wait(left)
            finally:
                self._waiting -= 1

    def next(
        self,
        answer: Answer,
        history: Sequence[tuple[str, str]],
        count: int,
        allowed: Collection[str],
    ) -> list[str]:
        """Questions near an answer that were neither asked nor answered yet; never waits.

        Near: made from the passages that were found for the question, then from the cited document
        close to the cited words, then from other documents.
        """
        self._start()
        for citation in answer.citations:
            self._want(citation.document.id)
        allowed = frozenset(allowed)
        with self._changed:
            kept = _allowed(self._kept, allowed)
        asked = {_plain(q) for q, _ in history} | {_plain(answer.question)}
        asked.add(_plain(answer.understood))
        said = " ".join([answer.text, *(text for _, text in history)])
        fresh = [
            (_nearness(suggestion, answer), suggestion)
            for suggestion in kept
            if _plain(suggestion.question) not in asked
            and not all(quote in said for quote in suggestion.said)
        ]
        fresh.sort(key=lambda pair: (-pair[0], pair[1].document, pair[1].start))
        return [s.question for s in _different((s for _, s in fresh), count)]

    def stop(self, *, wait: bool = True) -> None:
        """End the work in the background; what was found stays.

        Args:
            wait: until a question in hand has been left off, which may take a run of the model.
        """
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        thread = self._thread
        if wait and thread is not None and thread is not threading.current_thread():
            thread.join(timeout=10)

    def _start(self) -> None:
        with self._changed:
            if self._thread is not None or self._stop.is_set():
                return
            self._thread = threading.Thread(target=self._fill, name="suggestions", daemon=True)
            self._thread.start()
        stop = WeakMethod(self.stop)

        def at_exit() -> None:  # a model must not run while the interpreter goes down
            if (method := stop()) is not None:
                method()

        atexit.register(at_exit)

    def _want(self, document: str) -> None:
        """Try questions about this document before others."""
        with self._changed:
            if document in self._seen or self._tried >= TRIED_IN_ALL:
                return
            self._seen.add(document)
        made = candidates(self._bot.document(document))[:TRIED_OF_ONE]
        with self._changed:
            self._queue.extendleft(reversed(made))
            self._idle = False
            self._changed.notify_all()

    def _fill(self) -> None:
        try:
            self._gather()
            while not self._stop.is_set():
                with self._changed:
                    while not self._queue and not self._stop.is_set():
                        self._idle = True
                        self._changed.notify_all()
                        self._changed.wait()
                    if self._stop.is_set():
                        return
                    candidate = self._queue.popleft()
                self._let_people_go_first()
                began = time.monotonic()
                self._try(candidate)
                if not self._waiting:
                    self._stop.wait(min(PAUSE, time.monotonic() - began))
        except _StoppedError:
            pass
        except Exception:
            log.exception("no more questions to suggest could be found")
        finally:
            with self._changed:
                self._idle = True
                self._changed.notify_all()

    def _let_people_go_first(self, *_: object) -> None:
        """Wait until nobody's question is being answered: also between two runs of the model.

        Raises:
            _StoppedError: nobody wants what the question in hand would bring any more.
        """
        with self._changed:
            while self._people and not self._stop.is_set():
                self._changed.wait()
        if self._stop.is_set():
            raise _StoppedError

    def _gather(self) -> None:
        """Candidates of documents evenly spread over the corpus, one document after the other."""
        ids = [info.id for info in self._bot.documents]
        step = max(1, -(-len(ids) // DOCUMENTS))
        groups = []
        for document in ids[::step]:
            if self._stop.is_set():
                return
            with self._changed:
                if document in self._seen:
                    continue
                self._seen.add(document)
            groups.append(candidates(self._bot.document(document))[:TRIED])
        in_turn = [
            group[place]
            for place in range(max(map(len, groups), default=0))
            for group in groups
            if place < len(group)
        ]
        with self._changed:
            self._queue.extend(in_turn[:TRIED])

    def _try(self, candidate: Candidate) -> None:
        self._tried += 1
        answer = self._bot.ask(candidate.question, progress=self._let_people_go_first)
        if not answers(answer, candidate):
            return
        cited = frozenset(citation.document.id for citation in answer.citations)
        suggestion = Suggestion(
            candidate.question,
            cited | {candidate.document},
            candidate.document,
            candidate.start,
            candidate.end,
            tuple(citation.quote for citation in answer.citations),
            answer.confidence,
            candidate.promise,
        )
        with self._changed:
            self._kept.append(suggestion)
            self._changed.notify_all()


class _StoppedError(Exception):
    """Ends a question of the pool's own, through the progress that its bot reports."""


def answers(answer: Answer, candidate: Candidate) -> bool:
    """Whether the bot answers a candidate surely, from its own sentence, with something new."""
    if not answer.found or answer.confidence < SURE or len(answer.text) > LONGEST_ANSWER:
        return False
    asked = set(re.findall(r"\w+", candidate.question.casefold()))
    if all(word in asked for word in re.findall(r"\w+", answer.text.casefold())):
        return False
    return any(
        citation.document.id == candidate.document
        and citation.start < candidate.end
        and candidate.start < citation.end
        for citation in answer.citations
    )


def _allowed(kept: Iterable[Suggestion], allowed: frozenset[str]) -> list[Suggestion]:
    return [suggestion for suggestion in kept if suggestion.documents <= allowed]


def _plain(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.casefold()))


def _nearness(suggestion: Suggestion, answer: Answer) -> float:
    """0..3: the score of the found passage it stands in, and how close to the cited words."""
    near = 0.0
    for hit in answer.passages:
        inside = hit.start < suggestion.end and suggestion.start < hit.end
        if hit.document.id == suggestion.document and inside:
            near = max(near, 1.0 + hit.score)
    for citation in answer.citations[:1]:
        if citation.document.id == suggestion.document:
            gap = max(0, suggestion.start - citation.end, citation.start - suggestion.end)
            near += 1.0 / (1.0 + gap / 1000)
    return near + 0.01 * suggestion.confidence


def _different(suggestions: Iterable[Suggestion], count: int) -> list[Suggestion]:
    """The first ``count`` whose subjects differ; the others fill up what is missing."""
    chosen: list[Suggestion] = []
    alike: list[Suggestion] = []
    for suggestion in suggestions:
        if len(chosen) == count:
            break
        words = _subject_words(suggestion.question)
        same = any(
            len(words & _subject_words(other.question)) >= min(2, len(words)) for other in chosen
        )
        (alike if same else chosen).append(suggestion)
    return (chosen + alike)[:count]


@lru_cache(maxsize=2048)
def _subject_words(question: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in content(question))


def _spread(kept: Sequence[Suggestion], count: int) -> list[Suggestion]:
    """The best of each document in turn, different subjects first."""
    by_document: dict[str, list[Suggestion]] = {}
    for suggestion in sorted(kept, key=lambda s: (-s.promise, -s.confidence, s.question)):
        by_document.setdefault(suggestion.document, []).append(suggestion)
    groups = [by_document[document] for document in sorted(by_document)]
    in_turn = (
        group[place]
        for place in range(max(map(len, groups), default=0))
        for group in groups
        if place < len(group)
    )
    return _different(in_turn, count)
