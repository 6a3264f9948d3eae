"""What a run is made of: everything that must be the same for a checkpoint to go on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from qa_bot_training.mixture import Mixture
from qa_bot_training.reworded import TABLE

# Recipe fields that change neither the order nor a single step: names, when to save and to score,
# how far to go. All others count, so that a field added later counts until somebody lists it here.
FREE = frozenset(
    {
        *("name", "description", "init", "examples", "cooldown_examples", "log_every"),
        *("checkpoint_every", "keep_checkpoints"),
        *("dev_sample_of", "dev_sample", "dev_every", "dev_files"),
    }
)

LATER = ("altered", "reworded")  # settings of a data set that came later


def identity(mixture: Mixture, init: str) -> dict[str, Any]:
    """By name: recipe settings that decide the weights, checksums of data, model and teacher."""
    recipe = mixture.recipe
    held = {k: v for k, v in dataclasses.asdict(recipe).items() if k not in FREE}
    for data in held["datasets"]:
        del data["licence"]  # words for the card
    if recipe.distillation:
        # Where the teacher lies does not matter, which one it is does.
        held["distillation"]["teacher"] = weights_sha256(Path(recipe.distillation.teacher))
        # `speeches` are part of the data's checksum; `kept` decides the last bits at most.
        del held["distillation"]["kept"], held["distillation"]["speeches"]
        if not recipe.distillation.states:  # as in runs of before this setting
            del held["distillation"]["states"]
    if recipe.adapter:
        # As with a teacher. Runs of before this setting, which began at zero, have no such entry.
        start = held["adapter"].pop("start")
        held["adapter"] |= {"start": weights_sha256(Path(start))} if start else {}
    held |= {"data": mixture.fingerprint(), "init": weights_sha256(Path(init))}
    if any(data["reworded"] for data in held["datasets"]):
        held["synonyms"] = hashlib.sha256(TABLE.read_bytes()).hexdigest()
    made: dict[str, Any] = json.loads(json.dumps(held))  # as a checkpoint gives it back
    return made


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """In words, what differs: "learning_rate (0.001, now 0.002)"; long values by name only."""
    before, now = _told(before), _told(now)
    told = []
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if old != new:
            plain = all(isinstance(v, int | float) for v in (old, new))
            told.append(f"{name} ({old}, now {new})" if plain else name)
    return told


def _told(held: dict[str, Any]) -> dict[str, Any]:
    """Without settings of data sets that are off: runs of before them have no such entry."""
    off = [
        {key: value for key, value in data.items() if value or key not in LATER}
        for data in held.get("datasets", [])
    ]
    return held | ({"datasets": off} if "datasets" in held else {})


def weights_sha256(folder: Path) -> str:
    """Of the folder's weight files, in order of their names."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("pytorch_model*.bin")]):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
