"""A system's process, spoken to in JSON lines."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

PATIENCE = 600.0  # seconds for one answer
LONGEST_BUILD = 12 * 3600.0

Reply = dict[str, Any]


class ChildError(Exception):
    """A process ended or fell silent; says what it wrote last."""


def surroundings(threads: int) -> dict[str, str]:
    """Environment variables of every process: the same threads, nothing asked of the network.

    Idle threads sleep, or the processes that wait would slow the one that is asked.
    """
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("QA_BOT_", "PYTHON"))}
    counts = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    return ours | dict.fromkeys(counts, str(threads)) | {
        "OMP_WAIT_POLICY": "PASSIVE",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    }  # fmt: skip


class Child:
    """A long-lived process. Use as a context manager: it ends with the block.

    Args:
        command: what to run.
        log: file that gets what it writes on standard error.
    """

    def __init__(self, command: Sequence[str], log: Path, threads: int = 1) -> None:
        self.began = time.perf_counter()
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                cwd=log.parent,
                env=surroundings(threads),
            )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._pump, daemon=True).start()
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe and pipe is not self._process.stdout:  # the pump's thread reads that one
                pipe.close()

    def read(self, seconds: float = PATIENCE) -> Reply:
        """The next line. Raises ChildError when there is none in time."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            line = ""
        if not line:
            last = self._log.read_text(encoding="utf-8", errors="replace")[-600:]
            raise ChildError(f"no line from {self._log.stem}; its last words:\n{last}")
        reply: Reply = json.loads(line)
        return reply

    def ask(self, question: str) -> tuple[Reply, float]:
        """The reply and the seconds it took."""
        began = time.perf_counter()
        self._send(question)
        return self.read(), time.perf_counter() - began

    def rush(self, questions: Sequence[str], clients: int) -> tuple[float, int]:
        """Ask so many at a time: (questions a second, replies that are errors)."""
        began = time.perf_counter()
        errors = 0
        waiting = list(reversed(questions))
        for _ in range(min(clients, len(waiting))):
            self._send(waiting.pop())
        for _ in questions:
            errors += "error" in self.read()
            if waiting:
                self._send(waiting.pop())
        return len(questions) / (time.perf_counter() - began), errors

    def stop(self) -> float:
        """Let it end by itself; the most memory it held, in MB."""
        assert self._process.stdin
        self._process.stdin.close()
        peak = float(self.read()["peak_mb"])
        self._process.wait(PATIENCE)
        return peak

    def _send(self, question: str) -> None:
        assert self._process.stdin
        self._asked += 1
        try:
            print(json.dumps({"id": self._asked, "question": question}),
                  file=self._process.stdin, flush=True)  # fmt: skip
        except BrokenPipeError:
            raise ChildError(f"{self._log.stem} has ended") from None

    def _pump(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")
