"""The average of several trained readers: often better than each of them, at no cost when reading.

Runs that start from the same weights end in one valley of the loss; its middle lies lower than its
walls (Wortsman et al. 2022, "Model soups: averaging weights of multiple fine-tuned models improves
accuracy without increasing inference time").

Additions (adapters.py) are averaged factor by factor. The product of the averages is not the
average of the products, but where one run took up what the other left, the two differ little
(docs/training.md has a figure).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from qa_bot.errors import ModelError
from qa_bot.reading.checksums import FILE as CHECKSUMS
from qa_bot.reading.checksums import sha256
from qa_bot.reading.confidence import FILE as CALIBRATION
from qa_bot.reading.package import halved, let_all_read
from qa_bot.reading.two_stage import FILE as SECOND
from qa_bot_training import base as additions

WEIGHTS = "model.safetensors"
CARDS = ("model_card.md", "README.md")  # as a run writes it, and beside packaged weights
KEPT = ("Initialisation", "Training", "Data", "Averaged", "Of the first", "Limits")


def average(models: Mapping[Path, float], output: Path) -> Path:
    """Write the weighted average of ``models`` into ``output``, the other files from the first.

    Args:
        models: folder of a model, or of additions, → its share; shares are divided by their sum.

    Raises:
        ModelError: a folder holds no weights, weights of another network, or some too large for
            16 bits.

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
    first = next(iter(models))
    name, about = _file(first).name, _about(first)
    mixed: dict[str, torch.Tensor] = {}
    shapes: dict[str, torch.Size] = {}
    for number, (folder, share) in enumerate(models.items()):
        weights = _weights(folder)
        now = {name: tensor.shape for name, tensor in weights.items()}
        if number and (now != shapes or _about(folder) != about):
            raise ModelError(f"{folder} is another network than {first}.")
        shapes = now
        for key, tensor in weights.items():
            if not tensor.is_floating_point():
                mixed.setdefault(key, tensor)  # counters, the same in all
                continue
            part = tensor.float() * (share / total)
            mixed[key] = mixed[key] + part if key in mixed else part
    half = halved(mixed, "The average: ")
    output.mkdir(parents=True, exist_ok=True)
    for path in first.iterdir():
        if path.is_file() and path.suffix in (".json", ".txt", ".md") and _describes_both(path):
            shutil.copy2(path, output / path.name)
    save_file(half, output / name, metadata={"format": "pt"})
    if name == additions.WEIGHTS:
        about["sha256"] = sha256(output / name)
        (output / additions.ABOUT).write_text(json.dumps(about, indent=2) + "\n", "utf-8")
    made = [
        {"folder": str(folder), "share": share / total, "sha256": sha256(folder / name)}
        for folder, share in models.items()
    ]
    (output / "average.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    (output / CARDS[0]).write_text(card(made, first), encoding="utf-8")
    let_all_read(output)
    return output


def card(made: Sequence[Mapping[str, Any]], first: Path) -> str:
    """The average's model card, without scores: those of its parts are not its own.

    Args:
        made: the rows of average.json.
        first: the folder whose card tells of initialisation, training and data.
    """
    lines = [
        "# Reader: an average",
        "",
        "The weighted average of the weights of trained readers. It has not been scored here: "
        "`python -m qa_bot_training score FOLDER`.",
        "",
        "## Averaged",
        "",
        "| folder | share | weights sha256 |",
        "| --- | --: | --- |",
        *(f"| `{row['folder']}` | {row['share']:.3f} | {row['sha256']} |" for row in made),
        "",
        f"## Of the first one, `{first}`",
        "",
    ]
    told = _told(first)
    lines += told or ["It has no model card with initialisation, training or data.", ""]
    return "\n".join(lines)


def _told(folder: Path) -> list[str]:
    """The sections of the folder's card that hold no scores, one heading level further down."""
    path = next((folder / name for name in CARDS if (folder / name).is_file()), None)
    lines: list[str] = []
    if path is not None:
        kept = False
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(("# ", "## ")):
                # "Of the first": the card of an average of averages.
                kept = line.startswith(tuple(f"## {name}" for name in KEPT))
            if kept:
                lines.append(f"#{line}" if line.startswith("##") else line)
    return lines


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
    return path.name not in (*CARDS, "dev_scores.json", CALIBRATION, SECOND, CHECKSUMS)


def _file(folder: Path) -> Path:
    """The folder's weights: of a whole network, or of additions to one."""
    added = folder / additions.WEIGHTS
    return added if added.is_file() else folder / WEIGHTS


def _about(folder: Path) -> dict[str, Any]:
    """What additions are to; {} for a whole network.

    Raises:
        ModelError: the folder's additions are damaged.
    """
    if _file(folder).name == WEIGHTS:
        return {}
    about = additions.read_about(folder)
    return {name: value for name, value in about.items() if name != "sha256"}


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    path = _file(folder)
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read: {error}.") from error
