"""Checkpoints: model and optimiser as safetensors, counters as JSON, switched in by one rename.

No pickle anywhere: a checkpoint is data, and opening one runs no code.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from qa_bot.index.manifest import sync
from qa_bot_training.mixture import Position

LOCK = ".lock"  # in the run's folder


class CheckpointError(RuntimeError):
    """A checkpoint cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Progress:
    """How far a run is; with the weights, all that resuming needs."""

    steps: int = 0
    examples: int = 0
    position: Position = field(default_factory=Position)
    seconds: float = 0.0
    identity: dict[str, Any] = field(default_factory=dict)


def save(
    folder: Path,
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
    keep: int,
) -> Path:
    """Write `folder/examples-NNNNNNNNN` whole or not at all, then drop all but the newest `keep`.

    A run killed in the middle leaves a `.partial-…` folder that is never read and is removed at the
    next save.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(".partial-*"):
        shutil.rmtree(leftover)
    target = folder / f"examples-{progress.examples:09d}"
    if target in checkpoints(folder):  # a signal came just after it was written
        return target
    partial = folder / f".partial-{target.name}"
    partial.mkdir()
    save_file(_tensors(model), partial / "model.safetensors")
    save_file(_optimiser_tensors(model, optimiser), partial / "optimiser.safetensors")
    text = json.dumps(asdict(progress), indent=1)
    (partial / "progress.json").write_text(text + "\n", encoding="utf-8")
    for file in partial.iterdir():
        sync(file)
    if target.exists():  # without its progress.json: somebody deleted a part of it
        shutil.rmtree(target)
    partial.rename(target)
    sync(folder)
    for old in checkpoints(folder)[:-keep]:
        shutil.rmtree(old)
    return target


@contextmanager
def alone(output: Path) -> Iterator[None]:
    """Hold a run's folder. The system frees it when the process dies.

    Raises CheckpointError when another process trains there.
    """
    output.mkdir(parents=True, exist_ok=True)
    with (output / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CheckpointError(
                f"{output}: another process is training here. Stop it first, or use a new --output."
            ) from None
        except OSError:
            pass  # some network file systems have no locks: no reason not to train there
        yield


def checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints in the folder, oldest first; empty when there is none."""
    return sorted(path for path in folder.glob("examples-*") if (path / "progress.json").is_file())


def read_progress(checkpoint: Path) -> Progress:
    """The counters of a checkpoint. Raises CheckpointError when they cannot be read."""
    try:
        values = json.loads((checkpoint / "progress.json").read_text(encoding="utf-8"))
        return Progress(**(values | {"position": Position(**values["position"])}))
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise CheckpointError(f"{checkpoint}: progress.json cannot be read: {problem}") from problem


def load(checkpoint: Path, model: torch.nn.Module, optimiser: torch.optim.Optimizer) -> Progress:
    """Put the checkpoint's weights and optimiser state in place; returns its counters.

    Raises CheckpointError when files are damaged or belong to another model.
    """
    progress = read_progress(checkpoint)
    try:
        tensors = load_file(checkpoint / "model.safetensors")
        told = model.load_state_dict(tensors, strict=False)
        if told.unexpected_keys or set(told.missing_keys) - _frozen(model):
            raise ValueError(f"its weights are not this model's: {told}")
        held = load_file(checkpoint / "optimiser.safetensors")
    except Exception as problem:  # safetensors has its own error type; torch raises RuntimeError
        raise CheckpointError(f"{checkpoint}: cannot be loaded: {problem}") from problem
    for name, parameter in model.named_parameters():
        state = {
            key: held[f"{key}/{name}"].to(parameter.device if key != "step" else "cpu")
            for key in ("step", "exp_avg", "exp_avg_sq")
            if f"{key}/{name}" in held
        }
        if state:
            if parameter.is_cuda:  # the fused CUDA kernel keeps its counter on the device
                state["step"] = state["step"].to(parameter.device)
            optimiser.state[parameter] = state
    return progress


def _tensors(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    frozen = _frozen(model)  # as in the folder that the run started from, whose checksum is held
    state = {name: value for name, value in model.state_dict().items() if name not in frozen}
    return {name: value.detach().cpu().contiguous() for name, value in state.items()}


def _frozen(model: torch.nn.Module) -> set[str]:
    return {name for name, parameter in model.named_parameters() if not parameter.requires_grad}


def _optimiser_tensors(
    model: torch.nn.Module, optimiser: torch.optim.Optimizer
) -> dict[str, torch.Tensor]:
    # Named by parameter rather than numbered: readable, and safe against a changed grouping.
    made: dict[str, torch.Tensor] = {}
    for name, parameter in model.named_parameters():
        state: dict[str, Any] = optimiser.state.get(parameter, {})
        for key, value in state.items():
            made[f"{key}/{name}"] = torch.as_tensor(value).detach().cpu().contiguous()
    return made
