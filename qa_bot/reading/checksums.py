"""Checksums of a model folder: a damaged or swapped file is found before it is loaded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from qa_bot.errors import ModelError

FILE = "checksums.json"
COVERED = ("config.json", "tokenizer.json", "tokenizer_config.json")  # and all weights


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksums(folder: Path) -> dict[str, str]:
    """Write `checksums.json` for a model's files; returns what was written."""
    weights = sorted(path.name for path in folder.glob("*.safetensors"))
    sums = {name: sha256(folder / name) for name in (*COVERED, *weights)}
    (folder / FILE).write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8")
    return sums


def verify(folder: Path, *, required: bool) -> str:
    """Check a model folder against its `checksums.json`; returns a fingerprint of its files.

    The files are those of `COVERED` and all safetensors. A folder without `checksums.json` passes
    unless `required`.

    Raises:
        ModelError: a file is missing or differs, or one cannot be read.
    """
    hint = "Install the package again, or restore the folder from where it came."
    try:
        expected = json.loads((folder / FILE).read_text(encoding="utf-8"))
        names = {str(name): str(value) for name, value in expected.items()}
    except FileNotFoundError:
        if required:
            raise ModelError(f"The reader's {FILE} is missing in {folder}.", hint) from None
        names = {}
    except (ValueError, AttributeError, RecursionError, OSError) as error:
        raise ModelError(
            f"The reader's {FILE} in {folder} cannot be read: {error}.", hint
        ) from None
    found: dict[str, str] = {}
    for name in sorted({*COVERED, *names, *(p.name for p in folder.glob("*.safetensors"))}):
        path = folder / name
        if Path(name).name != name:
            raise ModelError(f"{FILE} in {folder} names a file outside the folder.", hint)
        if path.is_file():
            try:
                found[name] = sha256(path)
            except OSError as error:
                raise ModelError(
                    f"The reader's file {path} cannot be read: {error.strerror}.",
                    "Check who may read it; some programs save weights for their owner alone.",
                ) from None
        elif name in names or required:
            raise ModelError(f"The reader's file {path} is missing.", hint)
        if name in names and found[name] != names[name]:
            raise ModelError(
                f"The reader's file {path} is damaged: its checksum is not the one in {FILE}.", hint
            )
        if required and name not in names:
            raise ModelError(f"{FILE} in {folder} does not cover {name}.", hint)
    if required and not any(name.endswith(".safetensors") for name in found):
        raise ModelError(f"The reader's weights are missing in {folder}.", hint)
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]
