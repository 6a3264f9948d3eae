"""What an index is made of: fingerprints, counts, and a checksum of every file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qa_bot.errors import IndexDamagedError

FORMAT = 2  # raised when files are added: an older index is then built again
NAME = "manifest.json"
MEND = "Run: qa-bot index --force"

# An index holds exactly these files. Names are never taken from the manifest, so a doctored one
# cannot point outside the index.
FILES = (
    "documents.jsonl",
    "passages.jsonl",
    "vectors.faiss",
    "bm25/data.csc.index.npy",
    "bm25/indices.csc.index.npy",
    "bm25/indptr.csc.index.npy",
    "bm25/params.index.json",
    "bm25/vocab.index.json",
    "sentences/bounds.npy",
    "sentences/vectors.npy",
    "sentences/words.npy",
    "sentences/word_ends.npy",
)


@dataclass(frozen=True)
class Manifest:
    """What an index was built from and what its files must look like.

    Attributes:
        fingerprints: "corpus", "splitter", "sentences" (how they are cut and marked), "embedder",
            "words" (how BM25 cuts words), "alike" (which sentences say the same) and "version".
        models: names for people: the embedder's name and its dimension.
        counts: "documents", "passages" and "sentences".
        corpus_files: path inside the corpus folder → sha256 of every file, to say what changed
            when the index is stale.
        skipped: files that could not be used, with the reason.
        files: name → (size in bytes, sha256) of each file of the index.
        created: ISO 8601 time in UTC; the only part that differs between two equal builds.
    """

    fingerprints: Mapping[str, str]
    models: Mapping[str, Any]
    counts: Mapping[str, int]
    corpus_files: Mapping[str, str]
    skipped: tuple[tuple[str, str], ...]
    files: Mapping[str, tuple[int, str]]
    created: str
    qa_bot: str
    format: int = field(default=FORMAT)

    def to_dict(self) -> dict[str, Any]:
        """The manifest as plain data."""
        return asdict(self)

    def to_bytes(self) -> bytes:
        """The manifest as it is written: JSON with sorted keys."""
        return (json.dumps(self.to_dict(), indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Manifest:
        """Read what :meth:`to_bytes` wrote.

        Raises:
            ValueError: it is not a manifest, or one of another format.
        """
        try:
            shape = json.loads(raw)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if not isinstance(shape, dict) or shape.get("format") != FORMAT:
            raise ValueError("another format")
        try:
            shape["skipped"] = tuple((str(p), str(r)) for p, r in shape["skipped"])
            shape["files"] = {n: (int(size), str(sha)) for n, (size, sha) in shape["files"].items()}
            if not all(isinstance(shape[name], dict) for name in ("fingerprints", "models")):
                raise TypeError("fingerprints and models are tables")
            return cls(**shape)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a manifest: {error}") from error


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def describe_files(folder: Path) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every file of the index in ``folder``."""
    return {name: ((folder / name).stat().st_size, sha256_of(folder / name)) for name in FILES}


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest.

    Raises:
        IndexDamagedError: names the file that is missing or differs.
    """
    for name in FILES:
        path = folder / name
        try:
            size, digest = manifest.files[name]
            actual = path.stat().st_size
            same = actual == size and sha256_of(path) == digest
        except KeyError:
            raise IndexDamagedError(f"The index manifest does not list {name}.", MEND) from None
        except FileNotFoundError:
            raise IndexDamagedError(f"The index file {path} is missing.", MEND) from None
        except OSError as error:
            raise IndexDamagedError(
                f"The index file {path} cannot be read: {error}.", MEND
            ) from error
        if not same:
            raise IndexDamagedError(
                f"The index file {path} is damaged: its checksum differs.", MEND
            )


def write_synced(path: Path, raw: bytes) -> None:
    """Write ``raw`` and wait until the disk has it."""
    with path.open("wb") as stream:
        stream.write(raw)
        stream.flush()
        os.fsync(stream.fileno())


def sync(path: Path) -> None:
    """Wait until the disk has this file, or this folder's list of names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
