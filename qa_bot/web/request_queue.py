"""The places at which questions are read, and the bounded queue before them."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from qa_bot.web.protocol import GoneError

Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]  # (stage, done, total)

AT_ONCE = 4  # questions read at the same time: more would only share the same processors
WAITING = 64  # questions in the queue; more are turned away


class BusyError(Exception):
    """As many questions are waiting as may."""


class Place(Generic[Result]):
    """The place of one question, from its coming to its answer or the asker's leaving.

    Attributes:
        future: of what the work returns.
    """

    future: Future[Result]

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._gone = threading.Event()

    def tell(self, stage: str, done: int, total: int) -> None:
        """Told by the work how far it is.

        Raises:
            GoneError: nobody waits for it.
        """
        if self._gone.is_set():
            raise GoneError
        if self._progress is not None:
            self._progress(stage, done, total)

    def leave(self) -> None:
        """Nobody waits any more: work that has not begun never will, other work ends soon."""
        self._gone.set()
        self.future.cancel()


class RequestQueue:
    """Reads questions in threads, ``at_once`` at a time, the others in order of arrival.

    A question whose asker has gone gives up its place: at once while it waits, at the next sign of
    progress while it is read.

    Args:
        seconds: longest time for one answer, waiting included.

    Example:
        >>> queue = RequestQueue(at_once=1, waiting=1, seconds=10)
        >>> asyncio.run(queue.read(lambda progress: 6 * 7))
        42
    """

    def __init__(
        self, at_once: int = AT_ONCE, waiting: int = WAITING, seconds: float = 60.0
    ) -> None:
        self.at_once = at_once
        self.most = at_once + waiting
        self.seconds = seconds
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="read")
        self._lock = threading.Lock()
        self._held = 0

    @property
    def reading(self) -> int:
        """Questions that are read now."""
        return min(self._held, self.at_once)

    @property
    def waiting(self) -> int:
        """Questions that wait for a place."""
        return max(0, self._held - self.at_once)

    def check(self) -> None:
        """Raises BusyError if a question that comes now would be turned away."""
        if self._held >= self.most:
            raise BusyError

    async def read(
        self, work: Callable[[Progress], Result], progress: Progress | None = None
    ) -> Result:
        """What ``work`` returns; it is called in a thread with a function to tell its progress.

        Args:
            progress: called in the event loop for every sign of progress.

        Raises:
            BusyError: the queue is full.
            TimeoutError: the answer took too long.
        """
        loop = asyncio.get_running_loop()

        def tell(stage: str, done: int, total: int) -> None:
            if progress is not None:
                loop.call_soon_threadsafe(progress, stage, done, total)

        place = self.take(work, tell)
        try:
            async with asyncio.timeout(self.seconds):
                return await asyncio.wrap_future(place.future)
        finally:
            place.leave()

    def take(
        self, work: Callable[[Progress], Result], progress: Progress | None = None
    ) -> Place[Result]:
        """A place for ``work``, for callers outside of an event loop; they see to the time.

        Args:
            progress: called in the thread of the work.

        Raises:
            BusyError: the queue is full.
        """
        place = Place[Result](progress)
        with self._lock:
            self.check()
            self._held += 1
        try:
            run = contextvars.copy_context().run
            place.future = self._threads.submit(run, work, place.tell)
        except BaseException:
            self._leave()
            raise
        place.future.add_done_callback(self._leave)
        return place

    def _leave(self, future: Future[Result] | None = None) -> None:
        with self._lock:
            self._held -= 1
