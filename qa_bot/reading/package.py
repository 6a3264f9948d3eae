"""Install a trained reader as one of the two that ship with the package.

    python -m qa_bot.reading.package RUN_FOLDER             # becomes 'small', in 16 bits
    python -m qa_bot.reading.package models/base --as base  # becomes 'base', in 8 bits
    python -m qa_bot.calibration                            # then fit the confidence

Copies the model's files, stores the weights in fewer bits and writes their checksums.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa_bot.errors import ModelError, QABotError
from qa_bot.reading.checksums import write_checksums
from qa_bot.reading.confidence import FILE as CALIBRATION
from qa_bot.reading.loading import PACKAGED
from qa_bot.reading.two_stage import FILE as SECOND
from qa_bot.transformer.config import weight_files

# file of a training run → its name beside the packaged weights
COPIED = {
    "tokenizer.json": "tokenizer.json",
    "tokenizer_config.json": "tokenizer_config.json",
    "model_card.md": "README.md",
}
# What these were made from goes: they describe the weights that were here before.
STALE = (CALIBRATION, SECOND)
BITS = {"small": 16, "base": 8}


def install(source: Path, target: Path = PACKAGED / "small", bits: int = 16) -> dict[str, str]:
    """Make the model in `source` the packaged reader in `target`; returns its checksums.

    The calibration that was there is removed: it belongs to the old weights.

    Args:
        bits: 16, or 8 for large matrices (`qa_bot.transformer.weights`).

    Raises:
        ModelError: a file is missing in `source`, or its weights cannot be read.
    """
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        if not (source / name).is_file():
            raise ModelError(
                f"{source} holds no {name}.", "Give the folder that the training run wrote."
            )
    target.mkdir(parents=True, exist_ok=True)
    _store(source / "model.safetensors", target, bits)
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config.pop("torch_dtype", None)
    config["dtype"] = "float16"
    _write(target / "config.json", json.dumps(config, indent=2, sort_keys=True) + "\n")
    for name, packaged in COPIED.items():
        if (source / name).is_file():
            shutil.copyfile(source / name, target / packaged)
    for name in STALE:
        (target / name).unlink(missing_ok=True)
    let_all_read(target)
    return write_checksums(target)


def _store(source: Path, folder: Path, bits: int) -> None:
    """Put the weights into `folder`, in place of those that it holds."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file, save_file

    from qa_bot.transformer.weights import write_eight_bits

    try:
        tensors = load_file(source)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{source} cannot be read: {error}.") from error
    tensors = halved(tensors, f"{source}: ")
    with tempfile.TemporaryDirectory(dir=folder) as place:
        if bits == 8:
            made = write_eight_bits(tensors, Path(place))
        else:
            made = [Path(place) / "model.safetensors"]
            save_file(tensors, made[0], metadata={"format": "pt"})
        for path in weight_files(folder):
            path.unlink()
        for path in made:
            path.rename(folder / path.name)


def halved(tensors: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """Torch tensors with every floating-point one in 16 bits, ready for safetensors.

    Raises:
        ModelError: a value is too large for 16 bits, or is no number; `where` begins the message.
    """
    made = {}
    for name, tensor in tensors.items():
        made[name] = (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        if not made[name].isfinite().all():
            raise ModelError(f"{where}{name} has values that 16 bits cannot hold.")
    return made


def let_all_read(folder: Path) -> None:
    """Open the files of a model: safetensors lets the owner alone read what it writes.

    Models are made by one person and read by a service that runs as another.
    """
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)


def _write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m qa_bot.reading.package", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("source", type=Path, help="folder of the trained model")
    parser.add_argument(
        "--as", choices=sorted(BITS), default="small", dest="name", help="which one it becomes"
    )
    parser.add_argument("--target", type=Path, help="folder to install it into instead")
    given = parser.parse_args(arguments)
    target = given.target or PACKAGED / given.name
    try:
        sums = install(given.source, target, BITS[given.name])
    except QABotError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    size = sum(path.stat().st_size for path in weight_files(target)) / 1e6
    sys.stdout.write(f"Installed {given.source} in {target} ({size:.1f} MB).\n")
    sys.stdout.writelines(f"{value}  {name}\n" for name, value in sums.items())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
