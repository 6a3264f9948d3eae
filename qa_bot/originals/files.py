"""Whether the file that a speech was read from is still at hand, and still the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from qa_bot.recent import Recent
from qa_bot.schema import PAGED, DocumentInfo

MOST_KNOWN = 1000  # files whose checksum is remembered

_known: Recent[tuple[str, int, int, int], str] = Recent(MOST_KNOWN)


class State(StrEnum):
    """Whether pages of a speech's file can be shown."""

    AT_HAND = "at hand"
    CHANGED = "changed"  # since it was read, or nobody knows what it was
    GONE = "gone"
    NO_PAGES = "no pages"  # not a type of file whose pages can be shown


@dataclass(frozen=True)
class AtHand:
    """A speech's file as it is now.

    Attributes:
        path, sha256: where it lies and what is in it, if its pages can be shown.
    """

    state: State
    path: Path = Path()
    sha256: str = ""


def original_file(corpus: Path, document: DocumentInfo) -> Path | None:
    """Where the speech's file lies; None when it is no longer there or was never a file.

    The path comes from the index. Nothing outside of the corpus folder is ever it.
    """
    if not document.path or "\0" in document.path:
        return None
    try:
        root = corpus.resolve()
        file = (root / document.path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except OSError:  # a name too long, a folder that may not be entered
        return None


def at_hand(corpus: Path, document: DocumentInfo, sha256: str) -> AtHand:
    """Whether pages of the document's file can be shown.

    Args:
        sha256: what the file was when it was indexed; "" if that is not known.
    """
    if not document.path.lower().endswith(PAGED):
        return AtHand(State.NO_PAGES)
    path = original_file(corpus, document)
    try:
        if path is None:
            return AtHand(State.GONE)
        if not sha256 or _checksum(path) != sha256:
            return AtHand(State.CHANGED)
    except OSError:
        return AtHand(State.GONE)
    return AtHand(State.AT_HAND, path, sha256)


def _checksum(path: Path) -> str:
    """SHA-256 of a file, computed again only when its size, time or place on the disk changes."""
    about = path.stat()
    key = (str(path), about.st_size, about.st_mtime_ns, about.st_ino)
    known = _known.get(key)
    if known is None:
        with path.open("rb") as stream:
            known = hashlib.file_digest(stream, "sha256").hexdigest()
        _known.put(key, known)
    return known
