"""What is said to the process that reads pages, and what it answers: JSON and bytes, no pickles.

Both are a line of JSON with the ``size`` of the bytes that follow.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import IO, Any

from qa_bot.corpus.loaders.base import UnusableFileError

LONGEST_HEAD = 4_000_000  # bytes; a page's text is in it
MOST_BYTES = 50_000_000  # of an answer


@dataclass(frozen=True)
class Wanted:
    """What is asked of a page.

    Attributes:
        page: from 1.
        memory: bytes that the process may have.
        width: of the picture, in pixels; 0 asks for the places of ``text`` instead.
        text: of the page, as the document has it.
    """

    page: int
    memory: int
    width: int = 0
    text: str = ""


@dataclass(frozen=True)
class Told:
    """An answer: a picture of a type, or places, with the page's size in points."""

    width: float
    height: float
    media_type: str
    body: bytes


def write_wanted(stream: IO[bytes], wanted: Wanted, data: bytes) -> None:
    """Ask for something of a file."""
    _write(stream, asdict(wanted), data)


def read_wanted(stream: IO[bytes]) -> tuple[Wanted, bytes] | None:
    """The next request; None when there is none.

    Raises:
        EOFError, ValueError: there is only a part of it.
    """
    found = _read(stream)
    if found is None:
        return None
    return Wanted(**found[0]), found[1]


def write_told(stream: IO[bytes], told: Told | str) -> None:
    """Answer, or say why there is no answer."""
    if isinstance(told, str):
        return _write(stream, {"reason": told}, b"")
    head = {"width": told.width, "height": told.height, "media_type": told.media_type}
    return _write(stream, head, told.body)


def read_told(stream: IO[bytes]) -> Told:
    """The answer. Nothing in it is trusted to be of its type.

    Raises:
        UnusableFileError: there is none, with the reason.
        EOFError: the process is gone.
        ValueError: it answered something else.
    """
    found = _read(stream, MOST_BYTES)
    if found is None:
        raise EOFError("the process ended")
    head, body = found
    if "reason" in head:
        raise UnusableFileError(str(head["reason"]))
    try:
        width, height = float(head["width"]), float(head["height"])
        media_type = str(head["media_type"])
    except (KeyError, TypeError) as error:
        raise ValueError("no answer") from error
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise ValueError("a page without a size")
    if media_type not in ("image/png", "image/jpeg", ""):
        raise ValueError("no picture")
    return Told(width, height, media_type, body)


def _write(stream: IO[bytes], head: dict[str, Any], body: bytes) -> None:
    stream.write(json.dumps({**head, "size": len(body)}).encode() + b"\n")
    stream.write(body)
    stream.flush()


def _read(stream: IO[bytes], most: int | None = None) -> tuple[dict[str, Any], bytes] | None:
    line = stream.readline(LONGEST_HEAD)
    if not line:
        return None
    try:
        head = json.loads(line)
        size = int(head.pop("size"))
    except (TypeError, AttributeError, KeyError, RecursionError) as error:
        raise ValueError("no head") from error
    if size < 0 or (most is not None and size > most):
        raise ValueError("too long")
    body = stream.read(size)
    if len(body) < size:
        raise EOFError("the process ended")
    return head, body
