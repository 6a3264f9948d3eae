"""A process of ours for work on files that may be hostile, which is stopped when it takes too long.

It is started with the first request and again after it died or was stopped. It talks over its
standard input and output; what is said is up to who asks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import IO, TypeVar

from qa_bot.corpus.loaders.base import UnusableFileError

TO_STOP = 5.0  # seconds that an idle process has to end by itself

T = TypeVar("T")


class Child:
    """``python -m MODULE``, asked by one thread at a time.

    Args:
        module: what it runs. It reads requests until its standard input is closed.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self.process: subprocess.Popen[bytes] | None = None

    def ask(
        self, seconds: float, send: Callable[[IO[bytes]], None], read: Callable[[IO[bytes]], T]
    ) -> T:
        """What ``read`` makes of the answer to what ``send`` writes.

        Args:
            seconds: for all of it.
            read: raises EOFError or ValueError for what is no answer.

        Raises:
            UnusableFileError: no answer came in time, the process died, or ``read`` says so.
        """
        process = self._running()
        assert process.stdin and process.stdout  # noqa: S101 - for the type checker
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            process.kill()

        timer = Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            send(process.stdin)
            return read(process.stdout)
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
        process, self.process = self.process, None
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
        if self.process is None or self.process.poll() is not None:
            self._kill()
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        return self.process

    def _kill(self) -> None:
        process, self.process = self.process, None
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
