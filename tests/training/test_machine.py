"""Where bf16 is used, and how a wrong model folder is reported."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import torch

from qa_bot.training import machine


def test_bf16_only_where_the_cpu_has_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
    assert isinstance(machine.autocast(cpu), contextlib.nullcontext)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True)
    assert isinstance(machine.autocast(cpu), torch.autocast)
    # The name is private: a torch without it trains in fp32.
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported")
    assert not machine.has_amx()


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(machine.ModelFolderError, match="no model folder"):
        machine.load_model(tmp_path / "nowhere")


def test_dropout_is_replaced(workshop: Path) -> None:
    model, _ = machine.load_model(workshop / "model", dropout=0.25)
    assert {m.p for m in model.modules() if isinstance(m, torch.nn.Dropout)} == {0.25}


def test_machine_is_described_without_names() -> None:
    words = machine.describe(torch.device("cpu"))
    assert "threads" in words
    assert "fp32" in words or "bf16" in words
