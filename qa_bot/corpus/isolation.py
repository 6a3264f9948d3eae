"""Files are parsed in a process of their own, with limits of time and memory.

One process reads many files (``child.py``). Plain text and Markdown are read in this process: they
are decoded, not parsed, in time and memory that grow with their size alone.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from types import TracebackType

from qa_bot.corpus.child import Child
from qa_bot.corpus.loaders import LOADERS, load_all
from qa_bot.corpus.loaders.base import Contents
from qa_bot.corpus.parser_wire import read_reply, write_request

SAFE = ("text", "markdown")  # loaders that run here
SECONDS = 90.0
SECONDS_PER_MB = 10.0  # more, as a large file takes its time
SECONDS_OF_OCR = 3700.0  # more, where scanned pages are read; the program has limits of its own
MEMORY = 2_000_000_000  # bytes, with what the parsers themselves need
MEMORY_PER_BYTE = 20


class FileParser:
    """Reads files of any type; a file that stops or kills its parser costs no other its place.

    Example:
        >>> with FileParser() as parser:
        ...     parser.load("a.html", b"<p>Welcome.</p>").speeches[0].text
        'Welcome.'

    Args:
        seconds, memory: limits for one file, in seconds and bytes; both grow with its size.
        ocr: read scanned pages from their picture.
    """

    def __init__(
        self, seconds: float = SECONDS, memory: int = MEMORY, *, ocr: bool = False
    ) -> None:
        self._seconds = seconds + SECONDS_OF_OCR * ocr
        self._ocr = ocr
        self._memory = memory
        self._child = Child("qa_bot.corpus.parser_process")

    def __enter__(self) -> FileParser:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def load(self, path: str, data: bytes) -> Contents:
        """What a file holds.

        Args:
            path: its name; only the suffix counts.

        Raises:
            UnusableFileError: it cannot be read, holds no text, takes too long or too much memory.
        """
        if LOADERS[PurePosixPath(path).suffix.lower()] in SAFE:
            return load_all(path, data)
        return self._child.ask(
            self._seconds + SECONDS_PER_MB * len(data) / 1_000_000,
            lambda stream: write_request(
                stream, path, data, self._memory + MEMORY_PER_BYTE * len(data), ocr=self._ocr
            ),
            read_reply,
        )

    def close(self) -> None:
        """End the process, if there is one."""
        self._child.close()
