"""What a teacher said, kept on disk: reading costs it more than the student's whole step."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from qa_bot_training.features import TrainingWindow

Logits = tuple[np.ndarray, np.ndarray]  # start, end; float16: first token, then the passage's


class TeacherCache:
    """A teacher's logits by window, in one SQLite file; kept across runs and kills.

    Runs side by side may share it. The first reading of a window stays: the last bits of logits
    depend on the windows that were read with it.

    Example:
        >>> import tempfile
        >>> held = TeacherCache(Path(tempfile.mkdtemp()) / "opinions.sqlite")
        >>> held.keep({b"key": (np.ones(3, np.float16), np.zeros(3, np.float16))})
        >>> [value if value is None else value[0].tolist() for value in held.find([b"key", b"no"])]
        [[1.0, 1.0, 1.0], None]
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, timeout=60)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("CREATE TABLE IF NOT EXISTS said (key BLOB PRIMARY KEY, logits BLOB)")

    def find(self, keys: Sequence[bytes]) -> list[Logits | None]:
        """What is known of each key, in their order."""
        return [self._one(key) for key in keys]

    def keep(self, said: Mapping[bytes, Logits]) -> None:
        """Write all or none."""
        rows = [
            (key, np.stack(logits).astype(np.float16).tobytes()) for key, logits in said.items()
        ]
        with self._file:
            self._file.executemany("INSERT OR IGNORE INTO said VALUES (?, ?)", rows)

    def _one(self, key: bytes) -> Logits | None:
        row = self._file.execute("SELECT logits FROM said WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        both = np.frombuffer(row[0], dtype=np.float16).reshape(2, -1)
        return both[0], both[1]


def key_of(window: TrainingWindow) -> bytes:
    """The same for the same tokens, whatever row or run they come from."""
    head = np.asarray([window.first, window.last, window.cls], dtype=np.int64)
    return hashlib.sha256(head.tobytes() + window.ids.tobytes()).digest()
