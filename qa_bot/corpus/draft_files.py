"""Where a draft of the catalogue is kept: a file of its own, or behind what the catalogue says."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from qa_bot.corpus.catalogue import CATALOGUE, parsed
from qa_bot.corpus.loaders.decoding import unmarked
from qa_bot.corpus.proposals import ADDED, Entry, toml_draft, toml_table
from qa_bot.errors import CorpusError, SettingsError


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        SettingsError: it is there, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise SettingsError(
            f"{path} is there already and is left as it is.",
            f"Name another file, or add to {CATALOGUE} with --append.",
        ) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from error


def append(folder: Path, entries: Sequence[Entry]) -> int:
    """Add proposals to the folder's catalogue in one step; what it says stays byte for byte.

    What a speech lacks that has a table there is added as comments, and only once.

    Returns:
        for how many speeches something was added.

    Raises:
        CorpusError: it cannot be read or written, or would be no catalogue with them.
    """
    path = (folder / CATALOGUE).resolve()
    try:
        held = path.read_bytes() if path.exists() else b""
        before = parsed(CATALOGUE, held)
        bare, encoding = unmarked(held)
        text = bare.decode(encoding or "utf-8")
        new = [entry for entry in entries if not entry.listed or _is_new(entry, text)]
        if not new:
            return 0
        addition = toml_draft(new, heading=ADDED, inside=True)
        if text:
            addition = ("\n" if text.endswith("\n") else "\n\n") + addition
        if "\r\n" in text:
            addition = addition.replace("\n", "\r\n")
        whole = held + addition.encode(encoding or "utf-8")
        after = parsed(CATALOGUE, whole)
        if any(after.get(key) != value for key, value in before.items()):
            raise CorpusError(f"{CATALOGUE} would change its meaning.", "Use --output instead.")
        _replace(path, whole)
    except OSError as error:
        raise CorpusError(f"{CATALOGUE} cannot be written: {error.strerror}.") from error
    return len(new)


def _is_new(entry: Entry, text: str) -> bool:
    return bool(entry.fields) and toml_table(entry, inside=True) not in text.replace("\r\n", "\n")


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
