"""Small private files: JSON that only the server's own user may read."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa_bot.errors import SettingsError

Rows = list[dict[str, Any]]


class PrivateRows:
    """A list of JSON objects in a file of mode 0600, read again whenever the file has changed.

    So a key that is revoked on the command line is refused by the running server at once. Safe
    from many threads and processes: changes are made under a lock and switched by a rename.

    Example:
        >>> import tempfile
        >>> rows = PrivateRows(Path(tempfile.mkdtemp()) / "keys.json")
        >>> rows.change(lambda rows: [*rows, {"name": "wiki"}])
        >>> rows.read()
        [{'name': 'wiki'}]
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._rows: Rows = []

    def read(self) -> Rows:
        """The rows; none when there is no file.

        Raises:
            SettingsError: the file cannot be read or is not what was written.
        """
        try:
            stat = self.path.stat()
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            with self._lock:
                if seen != self._seen:
                    self._rows, self._seen = self._load(), seen
                return self._rows
        except FileNotFoundError:
            return []
        except (OSError, ValueError, UnicodeError) as error:
            raise SettingsError(
                f"{self.path} cannot be read: {error}.", "Restore it from a backup, or delete it."
            ) from error

    def change(self, how: Callable[[Rows], Rows]) -> None:
        """Replace the rows by ``how(rows)``; two processes never overwrite each other's change.

        Raises:
            SettingsError: the file cannot be read or written.
        """
        try:
            with self._alone():
                rows = how(self.read())
                write_private(self.path, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be written: {error}.") from error

    def _load(self) -> Rows:
        rows = json.loads(self.path.read_text(encoding="utf-8"))
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError("a list of objects is expected")
        return rows

    @contextmanager
    def _alone(self) -> Iterator[None]:
        private_folder(self.path.parent)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def private_folder(folder: Path) -> None:
    """Makes the folder, closed to other users of the machine, unless it is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 in one step: whoever reads it sees the old text or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def secret_in(path: Path) -> str:
    """The secret kept in this file; made from 256 random bits if there is none.

    Raises:
        SettingsError: the file cannot be read or written, or holds too little.
    """
    try:
        private_folder(path.parent)
        if not path.exists():
            write_private(path, secrets.token_urlsafe(32) + "\n")
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise SettingsError(
            f"{path} cannot be used: {error}.",
            "Sessions are signed with it. Set access_folder to a folder the server may write to.",
        ) from error
    if len(secret) < 32:
        raise SettingsError(f"{path} is damaged.", "Delete it; everybody then signs in again.")
    return secret
