"""Pages of original files: drawn and read in a process of its own, and remembered for a while."""

from __future__ import annotations

import hashlib
import math
import sys
import time
from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import IO

from qa_bot.corpus.child import Child
from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.originals.files import AtHand
from qa_bot.originals.placed import PlacedPage
from qa_bot.originals.wire import Told, Wanted, read_told, write_wanted
from qa_bot.recent import Recent

SECONDS = 40.0  # for one page, most of which takes a tenth of one
FORGIVEN = 300.0  # seconds after which a page that could not be read is tried again
MEMORY = 1_500_000_000  # bytes, with what the program itself needs
MEMORY_PER_BYTE = 10  # of the file
MOST_WAITING = 6  # requests for a page at a time; each holds a thread of the server
PATIENCE = 30.0  # seconds that a request waits for those before it
KEPT = 64_000_000  # bytes of pictures that are remembered, and of places
MOST_FAILED = 1000  # pages
LONGEST_TEXT = 200_000  # characters of a page that are looked for
WIDTHS = (800, 1200, 1600, 2400)  # of pictures, in pixels

DRAWN_AS = 1  # raised when pictures come out otherwise: browsers then ask for them again


class BusyError(Exception):
    """Too many pages are waited for."""


@dataclass(frozen=True)
class Picture:
    """A page's picture."""

    media_type: str
    body: bytes


class PageReader:
    """Pictures of pages and the places of words on them. Safe from many threads.

    Args:
        seconds: limit for one page.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child = Child("qa_bot.originals.page_process")
        self._lock = Lock()
        self._waiting = BoundedSemaphore(MOST_WAITING)
        self._kept: Recent[Hashable, Told] = Recent(KEPT, lambda told: len(told.body) + 1000)
        # An attack costs its time once in a while; a machine that was busy gets another chance.
        self._failed: Recent[Hashable, tuple[float, str]] = Recent(MOST_FAILED)

    def picture(self, file: AtHand, number: int, width: int) -> Picture:
        """The picture of a page.

        Args:
            number: of the page, from 1.
            width: in pixels, one of ``WIDTHS``.

        Raises:
            UnusableFileError: it cannot be drawn, or the file changes just now.
            BusyError: too many wait for pages.
        """
        told = self._told(file, number, width=width)
        return Picture(told.media_type, told.body)

    def placed(self, file: AtHand, number: int, start: int, text: str) -> PlacedPage:
        """Where the text of a page stands on it.

        Args:
            start: the text's offset in the document.

        Raises:
            UnusableFileError, BusyError: as for :meth:`picture`.
        """
        text = text[:LONGEST_TEXT]
        told = self._told(file, number, text=text)
        boxes = array("H")
        boxes.frombytes(told.body)
        if sys.byteorder == "big":
            boxes.byteswap()
        return PlacedPage(told.width, told.height, start, text, boxes)

    def close(self) -> None:
        """End the process. A later request starts another."""
        if self._lock.acquire(timeout=1.0):  # else it is at work, and ends with this process
            try:
                self._child.close()
            finally:
                self._lock.release()

    def _told(self, file: AtHand, number: int, width: int = 0, text: str = "") -> Told:
        key = (file.sha256, number, width, text)
        told = self._known(key)
        if told is None:
            if not self._waiting.acquire(blocking=False):
                raise BusyError
            try:
                told = self._asked(key, file, number, width, text)
            finally:
                self._waiting.release()
        return told

    def _known(self, key: Hashable) -> Told | None:
        since, reason = self._failed.get(key) or (-math.inf, "")
        if time.monotonic() - since < FORGIVEN:
            raise UnusableFileError(reason)
        return self._kept.get(key)

    def _asked(self, key: Hashable, file: AtHand, number: int, width: int, text: str) -> Told:
        if not self._lock.acquire(timeout=PATIENCE):
            raise BusyError
        try:
            told = self._known(key)  # somebody may have asked the same before
            if told is None:
                data = _unchanged(file.path, file.sha256)
                memory = MEMORY + MEMORY_PER_BYTE * len(data)
                told = self._ask(Wanted(number, memory, width, text), data)
                self._kept.put(key, told)
            return told
        except UnusableFileError as error:
            self._failed.put(key, (time.monotonic(), error.reason))
            raise
        finally:
            self._lock.release()

    def _ask(self, wanted: Wanted, data: bytes) -> Told:
        def read(stream: IO[bytes]) -> Told:
            told = read_told(stream)
            if not wanted.width and len(told.body) != 8 * len(wanted.text):
                raise ValueError("places of another text")
            return told

        return self._child.ask(
            self._seconds, lambda stream: write_wanted(stream, wanted, data), read
        )


def _unchanged(path: Path, sha256: str) -> bytes:
    """The file, if it is still the one that was looked at."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnusableFileError("it cannot be opened") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UnusableFileError("it has changed")
    return data
