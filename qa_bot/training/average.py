"""The average of several trained readers: often better than each of them, at no cost when reading.

Runs that start from the same weights end in one valley of the loss; its middle lies lower than its
walls (Wortsman et al. 2022, "Model soups: averaging weights of multiple fine-tuned models improves
accuracy without increasing inference time").
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from qa_bot.errors import ModelError

WEIGHTS = "model.safetensors"


def average(models: Mapping[Path, float], output: Path) -> Path:
    """Write the weighted average of ``models`` into ``output``, the other files from the first.

    Args:
        models: model folder → its share; shares are divided by their sum.

    Raises:
        ModelError: a folder holds no weights, or weights of another network.

    Example:
        >>> average({Path("runs/a/model"): 0.6, Path("runs/b/model"): 0.4},
        ...         Path("runs/both"))                                  # doctest: +SKIP
    """
    total = sum(models.values())
    if len(models) < 2 or total <= 0 or min(models.values()) < 0:
        raise ModelError(
            "An average needs two models or more, with shares above 0.",
            "For example: average runs/a/model=0.6 runs/b/model=0.4 --output runs/both",
        )
    mixed: dict[str, torch.Tensor] = {}
    shapes: dict[str, torch.Size] = {}
    for number, (folder, share) in enumerate(models.items()):
        weights = _weights(folder)
        now = {name: tensor.shape for name, tensor in weights.items()}
        if number and now != shapes:
            raise ModelError(f"{folder} is another network than {next(iter(models))}.")
        shapes = now
        for name, tensor in weights.items():
            part = tensor.float() * (share / total)
            mixed[name] = mixed[name] + part if name in mixed else part
    first = next(iter(models))
    output.mkdir(parents=True, exist_ok=True)
    for path in first.iterdir():
        if path.is_file() and path.suffix in (".json", ".txt", ".md") and _describes_both(path):
            shutil.copy2(path, output / path.name)
    save_file(
        {name: tensor.half().contiguous() for name, tensor in mixed.items()},
        output / WEIGHTS,
        metadata={"format": "pt"},
    )
    made = [
        {"folder": str(folder), "share": share / total, "sha256": _sha256(folder / WEIGHTS)}
        for folder, share in models.items()
    ]
    (output / "average.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return output


def shares(words: Sequence[str]) -> dict[Path, float]:
    """``["a=0.6", "b"]`` → folders and shares; without a number the share is 1.

    Raises:
        ModelError: a share is no number.
    """
    named: dict[Path, float] = {}
    for word in words:
        folder, _, share = word.partition("=")
        try:
            named[Path(folder)] = float(share or 1)
        except ValueError:
            raise ModelError(f"{share!r} is no share, in {word!r}.", "Write FOLDER=0.6") from None
    return named


def _describes_both(path: Path) -> bool:
    """Whether a file holds for the average as it does for the first model."""
    return path.name not in ("dev_scores.json", "calibration.json", "checksums.json")


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(folder / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{folder / WEIGHTS} cannot be read: {error}.") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
