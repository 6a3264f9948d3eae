"""The same weights for everybody: our embedder and readers as transformers loads them.

The package keeps its readers in 16 and 8 bits and computes in 32. Left to themselves the libraries
would compute in the 16 bits of a file, which is slow on a CPU, so theirs are written in 32.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from qa_bot.index.model_folder import find_embedder
from qa_bot.reading.loading import PACKAGED
from qa_bot.settings import load_settings
from qa_bot.transformer.config import weight_files
from qa_bot.transformer.weights import SCALES, read_weights, whole


def embedder() -> Path:
    """The packaged embedder, a sentence-transformers folder as it is."""
    folder = find_embedder(load_settings(embedder="packaged")).folder
    assert folder is not None  # the packaged one is a folder
    return folder


def export(work: Path) -> dict[str, Path]:
    """Both readers in 32 bits, "small" and "large"."""
    made = {}
    for name, packaged in (("small", "small"), ("large", "base")):
        made[name] = (work / "weights" / name).absolute()
        in_32_bits(PACKAGED / packaged, made[name])
    return made


def in_32_bits(source: Path, target: Path) -> None:
    """Copy a model's folder with its weights in 32 bits; nothing when it has been done."""
    weights = target / "model.safetensors"
    newest = max(path.stat().st_mtime for path in weight_files(source))
    if weights.is_file() and weights.stat().st_mtime >= newest:
        return
    target.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(source / name, target / name)
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config["dtype"] = "float32"
    (target / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    stored = read_weights(source)
    names = [name for name in stored if not name.endswith(SCALES)]
    full = {name: whole(stored, name, torch.float32).contiguous() for name in names}
    save_file(full, weights, metadata={"format": "pt"})
