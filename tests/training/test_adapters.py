"""Low-rank additions: right gradients in 32 and in 8 bits, small checkpoints, one merged model."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from qa_bot_training import checkpoint as store
from qa_bot_training import int8
from qa_bot_training.adapters import AdaptedLinear, attach
from qa_bot_training.checkpoint import CheckpointError
from qa_bot_training.export import export_additions
from qa_bot_training.machine import ModelFolderError, load_model
from qa_bot_training.recipe import RECIPES, Adapter, RecipeError, load_recipe
from qa_bot_training.trainer import Trainer
from safetensors.torch import load_file, save_file
from torch import nn

from qa_bot.errors import ModelError
from tests.training.test_trainer import same, trainer_of, weights


def error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((found - wanted).norm() / wanted.norm())


@settings(max_examples=20)
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(1, 9),
    inputs=st.sampled_from([8, 40]),
    outputs=st.sampled_from([8, 24]),
    eight=st.booleans(),
)
def test_gradients_are_those_of_the_merged_layer(
    seed: int, rows: int, inputs: int, outputs: int, eight: bool
) -> None:
    torch.manual_seed(seed)
    plain = nn.Linear(inputs, outputs)
    layer = AdaptedLinear(plain, rank=3, alpha=6, int8=eight)
    nn.init.normal_(layer.lora_B)
    x = torch.randn(rows, inputs, requires_grad=True)
    y = layer(x)
    y.square().sum().backward()

    own = x.detach().clone().requires_grad_()
    a, b = (p.detach().clone().requires_grad_() for p in (layer.lora_A, layer.lora_B))
    wanted = nn.functional.linear(own, plain.weight.detach() + 2 * b @ a, plain.bias.detach())
    wanted.square().sum().backward()
    limit = 0.03 if eight else 1e-5
    assert error(y, wanted) < limit
    for found, true in ((x, own), (layer.lora_A, a), (layer.lora_B, b)):
        assert found.grad is not None
        assert true.grad is not None
        assert error(found.grad, true.grad) < limit
    assert layer.weight.grad is None


@pytest.mark.parametrize("eight", [False, True])
def test_autocast_to_16_bits_does_no_harm(eight: bool) -> None:
    torch.manual_seed(0)
    plain = nn.Linear(24, 16)
    layer = AdaptedLinear(plain, rank=3, alpha=3, int8=eight)
    nn.init.normal_(layer.lora_B)
    x = torch.randn(5, 24, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        y = layer(x)
        mean = layer(y @ plain.weight).square().mean()  # an input in 16 bits, as in an encoder
    mean.backward()
    wanted = plain(x) + (x @ layer.lora_A.t()) @ layer.lora_B.t()
    assert error(y.float(), wanted) < 0.03
    assert layer.lora_A.grad is not None
    assert layer.lora_A.grad.dtype == torch.float32


@pytest.mark.slow
def test_products_are_the_same_compiled_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    layer = AdaptedLinear(nn.Linear(24, 16), rank=3, alpha=3, int8=True)
    x = torch.randn(5, 24)
    plain = layer(x)
    monkeypatch.delenv("TORCHDYNAMO_DISABLE")
    int8._can_compile.cache_clear()
    int8._fused.cache_clear()
    if not int8._can_compile():
        pytest.skip("nothing compiles here: Python's headers or a C++ compiler are missing")
    assert torch.allclose(layer(x), plain, atol=1e-5)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"]
    int8._can_compile.cache_clear()
    int8._fused.cache_clear()


def test_without_headers_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("Python.h: No such file or directory")

    monkeypatch.setattr(torch, "compile", broken)
    int8._can_compile.cache_clear()
    assert not int8._can_compile()
    int8._can_compile.cache_clear()


def test_rows_of_nothing_and_of_very_different_size_are_restored() -> None:
    layer = AdaptedLinear(nn.Linear(16, 8, bias=False), rank=2, alpha=2, int8=True)
    x = torch.cat([torch.zeros(1, 16), torch.full((1, 16), 1e-6), torch.full((1, 16), 1e4)])
    y = layer(x)
    assert torch.equal(y[0], torch.zeros(8))
    wanted = x @ layer.weight.t()
    assert error(y[1], wanted[1]) < 0.02
    assert error(y[2], wanted[2]) < 0.02


def test_a_fresh_adapter_changes_nothing(workshop: Path) -> None:
    model, tokenizer = load_model(workshop / "model")
    inputs = tokenizer(["who spoke?"], ["Ann Lee spoke in Oslo."], return_tensors="pt")
    model.eval()
    with torch.no_grad():
        before = model(**inputs).start_logits
        trained = attach(model, rank=4, alpha=4, int8=False)
        assert torch.allclose(model(**inputs).start_logits, before, atol=1e-6)
    named = {n for n, p in model.named_parameters() if p.requires_grad}
    # Two layers of six linear layers each, with two matrices, and the head's weight and bias.
    assert len(named) == 2 * 6 * 2 + 2
    assert trained == sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert {n.rsplit(".", 1)[-1] for n in named} == {"lora_A", "lora_B", "weight", "bias"}


@pytest.mark.parametrize("eight", [False, True])
def test_a_run_with_adapters_learns_stops_goes_on_and_is_exported(
    workshop: Path, tmp_path: Path, eight: bool
) -> None:
    changes: dict[str, Any] = {"adapter": Adapter(4, 8, eight), "learning_rate": 1e-2}
    straight = trainer_of(workshop, tmp_path / "straight", **changes)
    frozen = {n: p.clone() for n, p in straight.model.named_parameters() if not p.requires_grad}
    straight.stable(64)
    now = dict(straight.model.named_parameters())
    assert all(torch.equal(now[name], value) for name, value in frozen.items())
    assert any(bool(p.any()) for n, p in now.items() if n.endswith("lora_B"))

    stopped = trainer_of(workshop, tmp_path / "stopped", **changes)
    stopped.stable(32)
    newest = store.checkpoints(tmp_path / "stopped/checkpoints")[-1]
    held = load_file(newest / "model.safetensors")
    assert held.keys() == {n for n, p in now.items() if p.requires_grad}
    again = trainer_of(workshop, tmp_path / "stopped", **changes)
    again.stable(64)
    assert same(weights(again), weights(straight))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_an_encoder_that_nothing_could_be_merged_into_is_told_at_once(
    workshop: Path, tmp_path: Path, name: str
) -> None:
    encoder = Path(shutil.copytree(workshop / "model", tmp_path / "encoder"))
    if name == "model.safetensors":
        (encoder / name).rename(encoder / "model-00001-of-00001.safetensors")
        held = dict.fromkeys(
            load_file(workshop / "model" / name), "model-00001-of-00001.safetensors"
        )
        index = {"metadata": {}, "weight_map": held}
        (encoder / f"{name}.index.json").write_text(json.dumps(index))
    else:
        (encoder / name).rename(encoder / "other.json")
    recipe = dataclasses.replace(load_recipe(str(workshop / "tiny.toml")), adapter=Adapter(4, 8))
    with pytest.raises(ModelFolderError):
        Trainer(recipe, workshop / "data", tmp_path / "run", str(encoder))
    assert not (tmp_path / "run").exists()


def additions_of(run: Trainer, adapter: Adapter, encoder: Path, folder: Path) -> Path:
    export_additions(run.model, run.tokenizer, adapter, encoder, folder, "# Reader")
    return folder


def test_additions_are_taken_up_where_an_earlier_run_left_them(
    workshop: Path, tmp_path: Path
) -> None:
    adapter, encoder = Adapter(4, 8), workshop / "model"
    first = trainer_of(workshop, tmp_path / "first", adapter=adapter, learning_rate=1e-2)
    first.stable(32)
    left = additions_of(first, adapter, encoder, tmp_path / "left")

    goes_on = dataclasses.replace(adapter, start=str(left))
    second = trainer_of(workshop, tmp_path / "second", adapter=goes_on, seed=9)
    held, now = load_file(left / "adapter.safetensors"), dict(second.model.named_parameters())
    assert held
    assert all(torch.equal(now[name], value.float()) for name, value in held.items())
    second.stable(16)
    # Where they lie does not matter to its checkpoints, which ones they are does.
    moved = left.rename(tmp_path / "moved")
    goes_on = dataclasses.replace(adapter, start=str(moved))
    trainer_of(workshop, tmp_path / "second", adapter=goes_on, seed=9).stable(32)
    others = additions_of(second, adapter, encoder, tmp_path / "others")
    goes_on = dataclasses.replace(adapter, start=str(others))
    with pytest.raises(CheckpointError, match="adapter"):
        trainer_of(workshop, tmp_path / "second", adapter=goes_on, seed=9).stable(48)


def test_additions_that_do_not_belong_here_are_refused(workshop: Path, tmp_path: Path) -> None:
    adapter, encoder = Adapter(4, 8), workshop / "model"
    run = trainer_of(workshop, tmp_path / "run", adapter=adapter)
    left = additions_of(run, adapter, encoder, tmp_path / "left")
    start = dataclasses.replace(adapter, start=str(left))
    with pytest.raises(ModelFolderError, match="rank 4 and alpha 8, while"):
        trainer_of(workshop, tmp_path / "a", adapter=dataclasses.replace(start, rank=2))

    other = Path(shutil.copytree(encoder, tmp_path / "encoder"))
    tensors = load_file(other / "model.safetensors")
    name = next(name for name in tensors if tensors[name].is_floating_point())
    save_file(tensors | {name: tensors[name] + 1}, other / "model.safetensors", {"format": "pt"})
    recipe = dataclasses.replace(load_recipe(str(workshop / "tiny.toml")), adapter=start)
    with pytest.raises(ModelFolderError, match="another encoder"):
        Trainer(recipe, workshop / "data", tmp_path / "b", str(other))

    (left / "adapter.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match="is not the file"):
        trainer_of(workshop, tmp_path / "c", adapter=start)
    shutil.rmtree(left)
    with pytest.raises(ModelError, match="cannot be read"):
        trainer_of(workshop, tmp_path / "d", adapter=start)


def test_a_checkpoint_of_whole_training_is_refused(workshop: Path, tmp_path: Path) -> None:
    trainer_of(workshop, tmp_path).stable(16)
    with pytest.raises(CheckpointError, match="adapter"):
        trainer_of(workshop, tmp_path, adapter=Adapter()).stable(32)
    # The same without the identity's word for it: weights that the model lacks.
    with_adapter = trainer_of(workshop, tmp_path / "other", adapter=Adapter())
    newest = store.checkpoints(tmp_path / "checkpoints")[-1]
    with pytest.raises(CheckpointError, match="not this model's"):
        store.load(newest, with_adapter.model, with_adapter.optimiser)


def test_a_rank_of_nothing_is_refused(workshop: Path) -> None:
    recipe = load_recipe(str(workshop / "tiny.toml"))
    with pytest.raises(RecipeError, match="rank"):
        dataclasses.replace(recipe, adapter=Adapter(rank=0)).check()


def test_the_shipped_recipes_can_be_read() -> None:
    assert load_recipe("base_cpu").adapter == Adapter(16, 16, int8=True)
    for path in RECIPES.glob("*.toml"):
        assert all(data.licence for data in load_recipe(path.stem).datasets), path.name
