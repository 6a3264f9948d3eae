"""Where bf16 is used, and how a wrong model folder is reported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from qa_bot_training import machine
from qa_bot_training.export import licences
from qa_bot_training.recipe import DataSource, Recipe
from safetensors.torch import load_file, save_file

pytestmark = pytest.mark.numeric

PROBE = "_is_amx_tile_supported"  # a private name of torch


@pytest.mark.parametrize(
    ("wanted", "amx", "used"),
    [
        ("auto", False, "fp32"),
        ("auto", True, "bf16"),
        ("fp32", True, "fp32"),
        ("bf16", False, "bf16"),
    ],
)
def test_the_format_follows_the_setting_then_the_processor(
    wanted: str, amx: bool, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu = torch.device("cpu")
    monkeypatch.setattr(machine, "wanted_precision", lambda: wanted)
    monkeypatch.setattr(torch.cpu, PROBE, lambda: amx, raising=False)
    assert machine.precision(cpu) == used
    assert isinstance(machine.autocast(cpu), torch.autocast) is (used == "bf16")
    assert used in machine.describe(cpu)
    # A torch without this name computes in fp32.
    monkeypatch.delattr(torch.cpu, PROBE)
    assert machine.precision(cpu) == ("fp32" if wanted == "auto" else wanted)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(machine.ModelFolderError, match="no model folder"):
        machine.load_model(tmp_path / "nowhere")


def test_an_encoder_without_a_span_head_is_no_trained_reader(
    workshop: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(workshop / "model", tmp_path / "model"))
    machine.load_model(folder, trained=True)
    weights = load_file(folder / "model.safetensors")
    left = {name: value for name, value in weights.items() if "qa_outputs" not in name}
    save_file(left, folder / "model.safetensors", {"format": "pt"})
    machine.load_model(folder)
    with pytest.raises(machine.ModelFolderError, match="no trained reader"):
        machine.load_model(folder, trained=True)


def test_dropout_is_replaced(workshop: Path) -> None:
    model, _ = machine.load_model(workshop / "model", dropout=0.25)
    assert {m.p for m in model.modules() if isinstance(m, torch.nn.Dropout)} == {0.25}


def test_machine_is_described_without_names() -> None:
    words = machine.describe(torch.device("cpu"))
    assert "threads" in words
    assert "fp32" in words or "bf16" in words


def test_an_encoder_that_cannot_be_trained_is_told_at_once(workshop: Path, tmp_path: Path) -> None:
    model, tokenizer = machine.load_model(workshop / "model")
    machine.check_model(model, tokenizer, "here", 128)
    with pytest.raises(machine.ModelFolderError, match="here: cannot read a window of 136 tokens"):
        machine.check_model(model, tokenizer, "here", 136)
    tokenizer.cls_token = None
    with pytest.raises(machine.ModelFolderError, match="no cls_token"):
        machine.check_model(model, tokenizer, "here", 128)
    folder = Path(shutil.copytree(workshop / "model", tmp_path / "model"))
    (folder / "model.safetensors").write_bytes(b"cut off")
    with pytest.raises(machine.ModelFolderError, match="model"):
        machine.load_model(folder)


@pytest.mark.parametrize(
    "closed",
    ["CC BY-NC 4.0", "CC BY-NC4.0", "non commercial", "Research use only", "Proprietary", ""],
)
def test_closed_licences_are_named_in_the_card(closed: str) -> None:
    sets = (DataSource("free", "MIT"), DataSource("talks", "CC BY 4.0"))
    assert licences(Recipe("mine", "", sets)).startswith("Nothing")
    told = licences(Recipe("mine", "", (*sets, DataSource("news", closed))))
    assert told == "Not to be shipped: news is for non-commercial use only, or of unknown licence."
