"""The same weights for everybody: our embedder and readers as transformers loads them.

The package keeps its readers in 16 bits and computes in 32. Left to themselves the libraries would
compute in the 16 bits of the file, which is slow on a CPU, so theirs are written in 32.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

from qa_bot.index.model_folder import find_embedder
from qa_bot.reading.base import build
from qa_bot.reading.loading import PACKAGED
from qa_bot.settings import load_settings


def embedder() -> Path:
    """The packaged embedder, a sentence-transformers folder as it is."""
    folder = find_embedder(load_settings(embedder="packaged")).folder
    assert folder is not None  # the packaged one is a folder
    return folder


def export(work: Path, large: Path | None) -> dict[str, Path]:
    """Both readers in 32 bits, "small" and "large", and "second", the larger one as we use it.

    Args:
        large: the larger reader's folder; None to build it, which fetches its encoder with pip.
    """
    folder = work / "weights"
    if large is None:
        large = folder / "base"
        if not (large / "model.safetensors").is_file():
            build(large)
    made = {"second": large.absolute()}
    for name, source in (("small", PACKAGED / "small"), ("large", large)):
        made[name] = (folder / name).absolute()
        in_32_bits(source, made[name])
    return made


def in_32_bits(source: Path, target: Path) -> None:
    """Copy a model's folder with its weights in 32 bits; nothing when it has been done."""
    weights = target / "model.safetensors"
    if weights.is_file() and weights.stat().st_mtime >= (source / weights.name).stat().st_mtime:
        return
    target.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(source / name, target / name)
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config["dtype"] = "float32"
    (target / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    tensors = load_file(source / weights.name)
    full = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
    save_file(full, weights, metadata={"format": "pt"})
