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

from qa_bot.reading.runtimes import torch as runtime

# Private names of torch.
PROBES = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")


@pytest.mark.parametrize(
    ("supported", "gain", "fast"),
    [
        ((), 2.0, False),
        (PROBES[:1], 0.6, True),  # AMX need not be tried
        (PROBES[1:], 2.0, True),
        (PROBES[1:], 0.6, False),
    ],
)
def test_bf16_only_where_the_cpu_gains_by_it(
    supported: tuple[str, ...], gain: float, fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu = torch.device("cpu")
    for probe in PROBES:
        monkeypatch.setattr(torch.cpu, probe, lambda own=probe: own in supported, raising=False)
    monkeypatch.setattr(runtime, "bfloat16_gain", lambda: gain)
    assert isinstance(machine.autocast(cpu), torch.autocast) is fast
    # A torch without these names computes in fp32.
    for probe in PROBES:
        monkeypatch.delattr(torch.cpu, probe)
    assert machine.precision(cpu) == "fp32"


def test_the_gain_is_measured() -> None:
    runtime.bfloat16_gain.cache_clear()
    assert 0.01 < runtime.bfloat16_gain() < 100


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
