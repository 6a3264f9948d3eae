"""What the program and the process that parses files say to each other: JSON and bytes, no pickles.

A request is a line of JSON (``path``, ``size`` and ``memory``, both in
bytes, ``ocr``), then the file. A
reply is the length of a JSON document, in eight bytes, and the document.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import IO, Any

from qa_bot.corpus.loaders.base import Contents, Loaded, UnusableFileError
from qa_bot.schema import Omission, Turn

LENGTH = 8  # bytes
MOST_REPLY = 2_000_000_000  # bytes


def write_request(
    stream: IO[bytes], path: str, data: bytes, memory: int, *, ocr: bool = False
) -> None:
    """Ask for a file to be parsed."""
    head = {"path": path, "size": len(data), "memory": memory, "ocr": ocr}
    stream.write(json.dumps(head).encode() + b"\n")
    stream.write(data)
    stream.flush()


def read_request(stream: IO[bytes]) -> tuple[str, bytes, int, bool] | None:
    """(path, data, memory, ocr) of the next file; None when there is none."""
    line = stream.readline()
    if not line:
        return None
    head = json.loads(line)
    return head["path"], stream.read(head["size"]), head["memory"], head["ocr"]


def write_reply(stream: IO[bytes], reply: Contents | str) -> None:
    """Answer with what a file holds, or with the reason why it cannot be used."""
    shape = {"reason": reply} if isinstance(reply, str) else asdict(reply)
    body = json.dumps(shape).encode()
    stream.write(len(body).to_bytes(LENGTH, "big"))
    stream.write(body)
    stream.flush()


def read_reply(stream: IO[bytes]) -> Contents:
    """What the file holds.

    Raises:
        UnusableFileError: it cannot be used.
        EOFError: the process is gone.
        ValueError: it answered something else.
    """
    length = int.from_bytes(_exactly(stream, LENGTH), "big")
    if length > MOST_REPLY:
        raise ValueError("a reply that is too long")
    shape = json.loads(_exactly(stream, length))
    if not isinstance(shape, dict):
        raise ValueError("no reply")
    if "reason" in shape:
        raise UnusableFileError(str(shape["reason"]))
    try:
        speeches = tuple(_loaded(speech) for speech in shape["speeches"])
        return Contents(speeches, tuple(map(str, shape["problems"])))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no contents: {error}") from error


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("the process ended")
    return data


def _loaded(shape: dict[str, Any]) -> Loaded:
    """Each field made anew: nothing in a reply is trusted to be of its type."""
    text = str(shape["text"])
    turns = tuple(
        Turn(
            start=int(turn["start"]),
            end=int(turn["end"]),
            speaker=str(turn["speaker"]),
            role=str(turn["role"]),
            time=None if turn["time"] is None else float(turn["time"]),
            words=int(turn["words"]),
        )
        for turn in shape["turns"]
    )
    return Loaded(
        text=text,
        pages=tuple(map(int, shape["pages"])),
        facts={str(key): str(value) for key, value in shape["facts"].items()},
        page_labels=tuple(map(str, shape["page_labels"])),
        turns=turns,
        times=tuple((int(offset), float(seconds)) for offset, seconds in shape["times"]),
        omissions=tuple(
            Omission(str(part["part"]), int(part["count"]), str(part["where"]))
            for part in shape["omissions"]
        ),
        name=str(shape["name"]),
    )
