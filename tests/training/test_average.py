"""The average of readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from qa_bot.errors import ModelError
from qa_bot.training.average import average, shares


def model(folder: Path, value: float, size: int = 3) -> Path:
    folder.mkdir()
    save_file({"a": torch.full((size,), value)}, folder / "model.safetensors")
    (folder / "config.json").write_text("{}")
    (folder / "dev_scores.json").write_text("{}")
    return folder


def test_each_weight_is_the_weighted_mean(tmp_path: Path) -> None:
    one, two = model(tmp_path / "one", 1.0), model(tmp_path / "two", 5.0)
    made = average({one: 3, two: 1}, tmp_path / "both")
    assert load_file(made / "model.safetensors")["a"].tolist() == [2.0, 2.0, 2.0]
    assert (made / "config.json").is_file()
    assert not (made / "dev_scores.json").exists()  # scores of another model
    assert [part["share"] for part in json.loads((made / "average.json").read_text())] == [
        0.75,
        0.25,
    ]


def test_another_network_is_refused(tmp_path: Path) -> None:
    one, two = model(tmp_path / "one", 1.0), model(tmp_path / "two", 5.0, size=4)
    with pytest.raises(ModelError, match="another network"):
        average({one: 1, two: 1}, tmp_path / "both")
    with pytest.raises(ModelError, match="cannot be read"):
        average({one: 1, tmp_path / "none": 1}, tmp_path / "both")
    with pytest.raises(ModelError, match="two models"):
        average({one: 1}, tmp_path / "both")


def test_shares() -> None:
    assert shares(["a=0.6", "b"]) == {Path("a"): 0.6, Path("b"): 1.0}
    with pytest.raises(ModelError, match="no share"):
        shares(["a=much"])
