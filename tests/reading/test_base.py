"""The base reader from its encoder and the additions that ship."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from qa_bot.errors import ModelError
from qa_bot.reading import base
from qa_bot.reading.checksums import verify
from qa_bot.training.recipe import Adapter
from qa_bot.training.run import finish
from tests.training.conftest import tokenizer, workshop
from tests.training.test_trainer import trainer_of

__all__ = ["tokenizer", "workshop"]  # fixtures


@pytest.fixture(scope="module")
def encoder(workshop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain encoder: no names of a reader, and tensors that a reader has no use for."""
    folder = tmp_path_factory.mktemp("encoder") / "plain"
    AutoModel.from_pretrained(workshop / "model").save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(workshop / "model" / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def trained(workshop: Path, encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported model of a short run with adapters, from the encoder."""
    output = tmp_path_factory.mktemp("run")
    trainer = trainer_of(workshop, output, adapter=Adapter(4, 8), learning_rate=1e-2)
    trainer.init = str(encoder)
    trainer.stable(32)
    return finish(trainer, limit=2)


@pytest.fixture
def additions(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained / "adapter", tmp_path / "additions"))


def test_the_parts_make_the_trained_reader(
    trained: Path, encoder: Path, additions: Path, tmp_path: Path
) -> None:
    (additions / "calibration.json").write_text("{}\n")
    built = base.build(tmp_path / "base", encoder, additions)
    verify(built, required=True)
    wanted, found = (load_file(folder / "model.safetensors") for folder in (trained, built))
    assert found.keys() == wanted.keys()
    for name, value in found.items():
        assert value.dtype == torch.float16
        # The additions were rounded to 16 bits before they were merged, those of the run were not.
        assert torch.allclose(value.float(), wanted[name].float(), atol=2e-3), name
    assert (built / "calibration.json").read_text() == "{}\n"
    (additions / "calibration.json").unlink()
    base.build(tmp_path / "base", encoder, additions)  # over itself
    assert not (built / "calibration.json").exists()


def test_the_command_says_how_to_use_it(
    encoder: Path, additions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "base")
    status = base.main([place, "--encoder", str(encoder), "--additions", str(additions)])
    assert status == 0
    assert f"QA_BOT_READER={place}" in capsys.readouterr().out


def test_another_encoder_is_refused(encoder: Path, additions: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(encoder, tmp_path / "other"))
    tensors = load_file(other / "model.safetensors")
    save_file({n: t + 1 for n, t in tensors.items()}, other / "model.safetensors")
    with pytest.raises(ModelError, match=r"model\.safetensors is not the file"):
        base.build(tmp_path / "base", other, additions)
    assert not (tmp_path / "base").exists()


def _rewrite(additions: Path, change: Any) -> None:
    about = json.loads((additions / base.ABOUT).read_text())
    change(about)
    (additions / base.ABOUT).write_text(json.dumps(about))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / base.WEIGHTS).write_bytes(b"\0" * 64),
        lambda folder: (folder / base.ABOUT).write_text("[]"),
        lambda folder: (folder / base.ABOUT).unlink(),
        lambda folder: _rewrite(folder, lambda about: about.pop("rank")),
        lambda folder: _rewrite(folder, lambda about: about.update(encoder={})),
        lambda folder: _rewrite(folder, lambda about: about.update(rank=0)),
    ],
)
def test_damaged_additions_are_named(
    encoder: Path, additions: Path, tmp_path: Path, damage: Any
) -> None:
    damage(additions)
    with pytest.raises(ModelError, match="additions"):
        base.build(tmp_path / "base", encoder, additions)


def test_an_addition_to_nothing_is_refused() -> None:
    a, b = torch.ones(2, 3), torch.ones(4, 2)
    with pytest.raises(ModelError, match="belongs to no weights"):
        base.merged({"other.weight": torch.ones(4, 3)}, {"x.q.lora_A": a, "x.q.lora_B": b}, 1.0)
    with pytest.raises(ModelError, match="one encoder"):
        base.merged({}, {}, 1.0)
