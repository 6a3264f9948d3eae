"""Documents and passages as JSON lines, without loss.

A passage line holds where it lies and the hash of its cleaned text; its text is cut from the
document, so the two cannot disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa_bot.schema import Document, Omission, Passage, Turn


def write_documents(path: Path, documents: Iterable[Document]) -> None:
    """One document a line: every field, text and pages included."""
    _write(path, map(asdict, documents))


def read_documents(path: Path) -> dict[str, Document]:
    """Documents by id, in the order written.

    Raises:
        ValueError: the file holds something else.
    """
    documents = {}
    for shape in _read(path):
        try:
            for name in ("groups", "pages", "page_labels"):
                shape[name] = tuple(shape.get(name, ()))
            shape["turns"] = tuple(Turn(**turn) for turn in shape.get("turns", ()))
            shape["omissions"] = tuple(Omission(**part) for part in shape.get("omissions", ()))
            document = Document(**shape)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a document: {error}") from error
        documents[document.id] = document
    return documents


def write_passages(path: Path, passages: Iterable[Passage], hashes: Iterable[str]) -> None:
    """One passage a line: document, bounds, the question it answers, hash of the cleaned text."""
    _write(
        path,
        (
            {"document_id": p.document_id, "start": p.start, "end": p.end, "hash": digest}
            | ({"context": p.context} if p.context else {})
            for p, digest in zip(passages, hashes, strict=True)
        ),
    )


def read_passages(path: Path, documents: dict[str, Document]) -> tuple[list[Passage], list[str]]:
    """Passages with their text cut from ``documents``, and the hash of each one's cleaned text.

    Raises:
        ValueError: the file holds something else, or bounds outside a document.
    """
    passages, hashes = [], []
    for ordinal, line in enumerate(_read(path)):
        try:
            document_id, start, end = line["document_id"], int(line["start"]), int(line["end"])
            text = documents[document_id].text
            hashes.append(str(line["hash"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a passage: {error}") from error
        if not 0 <= start < end <= len(text):
            raise ValueError(f"passage {ordinal} lies outside its document")
        passages.append(
            Passage(document_id, start, end, text[start:end], ordinal, str(line.get("context", "")))
        )
    return passages, hashes


def _write(path: Path, shapes: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for shape in shapes:
            stream.write(json.dumps(shape, sort_keys=True) + "\n")


def _read(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            yield json.loads(line)
