"""Servers in processes of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass
class Server:
    """A running server: its address, and the file of what tried to leave the machine."""

    url: str
    record: Path
    pid: int

    @property
    def left(self) -> str:
        return self.record.read_text() if self.record.exists() else ""


@contextlib.contextmanager
def running(record: Path, *args: str, **settings: str) -> Iterator[Server]:
    """Runs ``serve.py`` until the end of the block; settings go in by the environment."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "serve.py"), str(record), *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **{f"QA_BOT_{name.upper()}": value for name, value in settings.items()}},
    )
    said: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ask at "):
                ready.set()
        ready.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        assert ready.wait(300), "the server did not start in time"
        urls = [line.split()[2] for line in said if line.startswith("Ask at ")]
        assert urls, "the server stopped:\n" + "".join(said)
        yield Server(urls[0], record, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
