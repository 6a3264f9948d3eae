"""Files are parsed in a process of their own, with limits of time and memory.

One process reads many files; it is started with the first that needs it and again after it died or
was stopped. Plain text and Markdown are read in this process: they are decoded, not parsed, in time
and memory that grow with their size alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path, PurePosixPath
from threading import Timer
from types import TracebackType

from qa_bot.corpus.loaders import LOADERS, UnusableFileError, load_all
from qa_bot.corpus.loaders.base import Contents
from qa_bot.corpus.parser_wire import read_reply, write_request

SAFE = ("text", "markdown")  # loaders that run here
SECONDS = 90.0
SECONDS_PER_MB = 10.0  # more, as a large file takes its time
SECONDS_OF_OCR = 3700.0  # more, where scanned pages are read; the program has limits of its own
MEMORY = 2_000_000_000  # bytes, with what the parsers themselves need
MEMORY_PER_BYTE = 20
TO_STOP = 5.0  # seconds that an idle process has to end by itself


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
        self._process: subprocess.Popen[bytes] | None = None

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
        process = self._running()
        assert process.stdin and process.stdout  # noqa: S101 - for the type checker
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            process.kill()

        seconds = self._seconds + SECONDS_PER_MB * len(data) / 1_000_000
        timer = Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            memory = self._memory + MEMORY_PER_BYTE * len(data)
            write_request(process.stdin, path, data, memory, ocr=self._ocr)
            return read_reply(process.stdout)
        except (OSError, EOFError, ValueError) as error:
            self._kill()
            if stopped:
                raise UnusableFileError(f"not read within {seconds:.0f} seconds") from error
            raise UnusableFileError("damaged: its parser broke down") from error
        except BaseException as error:
            if not isinstance(error, UnusableFileError):
                self._kill()  # interrupted: a late reply must not be taken for another file's
            raise
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()  # type: ignore[union-attr]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._kill()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "qa_bot.corpus.parser_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    stream.close()  # type: ignore[union-attr]


def environment() -> dict[str, str]:
    """This package first, wherever it was imported from, and no folder of the user's before it."""
    here = str(Path(__file__).parents[2])
    paths = [here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    return os.environ | threads | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}
