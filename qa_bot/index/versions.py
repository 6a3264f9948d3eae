"""The index folder: numbered versions, the file that names the one in use, and the build lock.

::

    index/CURRENT          "v000002 <sha256 of its manifest>"
    index/v000001/         the version before, kept for a server that still has it open
    index/v000002/         the version in use
    index/.lock            held while a build runs; freed by the system when the build dies
    index/v000003.tmp-4711 a build under way, or the leftover of one that was killed

A version is written beside the old one, brought to the disk, renamed, and only then named in
CURRENT by one atomic rename. Whenever the process or the machine dies, CURRENT names a whole one.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_bot.errors import IndexBusyError, IndexDamagedError, IndexMissingError, SettingsError
from qa_bot.index.manifest import MEND, NAME, Manifest, sync, write_synced

_log = logging.getLogger(__name__)

CURRENT = "CURRENT"
LOCK = ".lock"
_POINTER = re.compile(rb"(v[0-9]{6,12}) ([0-9a-f]{64})\n")
_VERSION = re.compile(r"v([0-9]{6,12})")
_LEFTOVER = re.compile(r"(v[0-9]{6,12}|CURRENT)\.tmp-[0-9]+")


def read_current(root: Path) -> tuple[str, Manifest]:
    """Name and manifest of the version in use. The manifest is checked against CURRENT.

    Raises:
        IndexMissingError: nothing was built here yet.
        IndexDamagedError: CURRENT or the manifest is damaged.
    """
    pointer = root / CURRENT
    try:
        raw = pointer.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissingError(f"There is no index in {root}.", "Run: qa-bot index") from None
    except OSError as error:
        raise IndexDamagedError(f"{pointer} cannot be read: {error}.", MEND) from error
    match = _POINTER.fullmatch(raw)
    if match is None:
        raise IndexDamagedError(f"The index file {pointer} is damaged.", MEND)
    version, digest = match[1].decode(), match[2].decode()
    path = root / version / NAME
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise IndexDamagedError(f"The index file {path} is missing.", MEND) from None
    except OSError as error:
        raise IndexDamagedError(f"The index file {path} cannot be read: {error}.", MEND) from error
    if hashlib.sha256(raw).hexdigest() != digest:
        raise IndexDamagedError(f"The index file {path} is damaged: its checksum differs.", MEND)
    try:
        return version, Manifest.from_bytes(raw)
    except ValueError as error:
        raise IndexDamagedError(
            f"The index in {root} was built by another version of qa-bot ({error}).", MEND
        ) from error


@contextmanager
def build_lock(root: Path) -> Iterator[None]:
    """Hold the folder for one build. The system frees the lock when the process dies.

    Raises:
        IndexBusyError: another process is building here.
        SettingsError: the folder cannot be made or written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise SettingsError(
            f"The index folder {root} cannot be written: {error.strerror}.",
            "Set another one with --index or QA_BOT_INDEX.",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexBusyError(
                f"Another process is building the index in {root}.",
                "Wait until it is done; the index in use keeps working meanwhile.",
            ) from None
        except OSError as error:  # some network file systems have no locks
            raise SettingsError(
                f"The index folder {root} cannot be locked: {error.strerror}.",
                "Set a folder on a local disk with --index or QA_BOT_INDEX.",
            ) from error
        yield
    finally:
        os.close(descriptor)


def sweep(root: Path, current: str | None) -> None:
    """Remove what killed builds left behind. Call it with the lock held.

    Args:
        current: the version that CURRENT names; None when it cannot be read: then whole versions
            are left alone.
    """
    for path in root.iterdir():
        match = _VERSION.fullmatch(path.name)
        # A version above the current one was renamed but never named in CURRENT.
        orphan = current is not None and match is not None and int(match[1]) > int(current[1:])
        if orphan or _LEFTOVER.fullmatch(path.name):
            _remove(path)


def scratch_folder(root: Path) -> tuple[str, Path]:
    """Name of the next version, and an empty folder to write it in."""
    numbers = [int(m[1]) for path in root.iterdir() if (m := _VERSION.fullmatch(path.name))]
    version = f"v{max(numbers, default=0) + 1:06d}"
    folder = root / f"{version}.tmp-{os.getpid()}"
    folder.mkdir()
    return version, folder


def switch(root: Path, scratch: Path, version: str, manifest: Manifest) -> None:
    """Make the version written in ``scratch`` the one in use, whole or not at all."""
    raw = manifest.to_bytes()
    write_synced(scratch / NAME, raw)
    for path in sorted(scratch.rglob("*"), reverse=True):
        sync(path)
    sync(scratch)
    scratch.rename(root / version)
    sync(root)
    pointer = root / f"{CURRENT}.tmp-{os.getpid()}"
    write_synced(pointer, f"{version} {hashlib.sha256(raw).hexdigest()}\n".encode())
    pointer.replace(root / CURRENT)
    sync(root)


def prune(root: Path, keep: set[str]) -> None:
    """Remove every version but those in ``keep``."""
    for path in root.iterdir():
        if _VERSION.fullmatch(path.name) and path.name not in keep:
            _remove(path)


def _remove(path: Path) -> None:
    """What cannot be removed stays until the next build tries again: nothing reads it."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        _log.warning("%s cannot be removed: %s", path, error)
