"""Which device and number format to train in, and how to load a model for it."""

from __future__ import annotations

import contextlib
import functools
import platform
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer

from qa_bot.errors import first_line
from qa_bot.reading.runtimes.torch import multiplies_bfloat16
from qa_bot.settings import load_settings

# What the families call it: BERT, MPNet, RoBERTa, ELECTRA; then DistilBERT.
DROPOUTS = (
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "dropout",
    "attention_dropout",
    "qa_dropout",
)


class ModelFolderError(ValueError):
    """The folder to start from holds no usable encoder."""


def pick_device() -> torch.device:
    """The first GPU when there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """bf16 autocast where `precision` says so; on CPUs without AMX it is up to 6 times slower."""
    if precision(device) == "bf16":
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return contextlib.nullcontext()


def precision(device: torch.device) -> str:
    """The number format that `autocast` multiplies in: as set, else bf16 on GPUs and with AMX."""
    if (wanted := wanted_precision()) != "auto":
        return wanted
    return "bf16" if device.type == "cuda" or multiplies_bfloat16() else "fp32"


@functools.cache
def wanted_precision() -> str:
    """The setting `precision`, read once: a run keeps to one format."""
    return load_settings().precision


def describe(device: torch.device) -> str:
    """The kind of machine, for the model card: no host name, no serial."""
    kind = "bf16 autocast" if precision(device) == "bf16" else "fp32"
    if device.type == "cuda":
        return f"GPU {torch.cuda.get_device_name(device)}, {kind}"
    cpu = platform.processor() or platform.machine()
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            cpu = next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        pass
    return f"{cpu}, {torch.get_num_threads()} threads, {kind}"


def load_model(
    folder: str | Path, dropout: float | None = None, trained: bool = False
) -> tuple[Any, Any]:
    """(model in fp32, fast tokenizer) from an encoder or reader folder; no network is used.

    A plain encoder gets a new span head, seeded by the caller; with `trained` it is refused.
    `dropout` replaces the folder's own. No code from the folder is run, and no pickle is opened.
    Raises ModelFolderError when the folder is missing or holds no model.
    """
    path = Path(folder)
    # transformers would take a missing folder for a hub name and complain about a "Repo id".
    if not (path / "config.json").is_file():
        raise ModelFolderError(f"{path}: no model folder (config.json is missing)")
    try:
        config = AutoConfig.from_pretrained(path, local_files_only=True, trust_remote_code=False)
        if dropout is not None:
            for name in DROPOUTS:
                if hasattr(config, name):
                    setattr(config, name, dropout)
        model, told = AutoModelForQuestionAnswering.from_pretrained(
            path,
            config=config,
            dtype=torch.float32,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(
            path, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, SafetensorError) as problem:
        raise ModelFolderError(f"{path}: {problem}") from problem
    if trained and told["missing_keys"]:
        lacks = ", ".join(sorted(told["missing_keys"])[:3])
        raise ModelFolderError(f"{path}: no trained reader, its weights lack {lacks}")
    return model, tokenizer


def check_model(model: Any, tokenizer: Any, folder: str | Path, window: int) -> None:
    """Raise ModelFolderError when the folder's encoder cannot be trained on windows so long.

    It reads one: its position table, if it has any, is counted differently in every family.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise ModelFolderError(f"{folder}: needs a fast tokenizer (tokenizer.json), for offsets")
    for name in ("cls_token", "sep_token", "pad_token"):
        if getattr(tokenizer, name) is None:
            raise ModelFolderError(f"{folder}: its tokenizer has no {name}")
    ids = torch.full((1, window), tokenizer.sep_token_id)
    model.eval()
    try:
        with torch.inference_mode():
            model(input_ids=ids, attention_mask=torch.ones_like(ids))
    except (IndexError, RuntimeError) as problem:
        raise ModelFolderError(
            f"{folder}: cannot read a window of {window} tokens: {first_line(problem)}"
        ) from problem
