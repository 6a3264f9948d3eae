"""The base reader from its encoder and the additions that ship."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from qa_bot_training import base
from qa_bot_training.machine import load_model
from qa_bot_training.recipe import Adapter, load_recipe
from qa_bot_training.run import finish
from qa_bot_training.trainer import Trainer
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from qa_bot.errors import ModelError
from qa_bot.reading.checksums import verify
from qa_bot.reading.loading import PACKAGED, load_reader
from qa_bot.reading.two_stage import FILE as SECOND
from qa_bot.schema import Passage
from qa_bot.settings import Settings
from tests.training.conftest import tokenizer, workshop

__all__ = ["tokenizer", "workshop"]  # fixtures


@pytest.fixture(scope="module")
def encoder(workshop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain encoder: no names of a reader, and tensors that a reader has no use for."""
    folder = tmp_path_factory.mktemp("encoder") / "plain"
    AutoModel.from_pretrained(workshop / "model").save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(workshop / "model" / name, folder / name)
    return folder


def run(workshop: Path, init: Path, output: Path) -> tuple[Trainer, Path]:
    """A short run with adapters, and its finished model."""
    recipe = dataclasses.replace(
        load_recipe(str(workshop / "tiny.toml")), adapter=Adapter(4, 8), learning_rate=1e-2
    )
    trainer = Trainer(recipe, workshop / "data", output, str(init))
    trainer.stable(32)
    return trainer, finish(trainer, limit=2)


@pytest.fixture(scope="module")
def trained(
    workshop: Path, encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Trainer, Path]:
    return run(workshop, encoder, tmp_path_factory.mktemp("run"))


@pytest.fixture
def additions(trained: tuple[Trainer, Path], tmp_path: Path) -> Path:
    folder = trained[1].with_name("adapter")
    return Path(shutil.copytree(folder, tmp_path / "lora"))


QUESTION = "Who spoke in Oslo?"
PASSAGE = "Then Ann Lee spoke in Oslo in the year 1917 and went home."


def test_what_is_built_answers_like_what_was_trained(
    trained: tuple[Trainer, Path], encoder: Path, additions: Path, tmp_path: Path
) -> None:
    (additions / "calibration.json").write_text("{}\n")
    built = base.build(tmp_path / "base", encoder, additions)
    trainer, exported = trained
    # The run's own model is built the same way: a calibration of either fits both.
    assert verify(built, required=True) == verify(exported, required=True)
    assert {t.dtype for t in load_file(built / "model.safetensors").values()} == {torch.float16}
    model, tokenizer = load_model(built)
    inputs = tokenizer([QUESTION], [PASSAGE], return_tensors="pt")
    own = trainer.tokenizer([QUESTION], [PASSAGE], return_tensors="pt")
    assert inputs["input_ids"].tolist() == own["input_ids"].tolist()
    trainer.model.eval()
    with torch.no_grad():
        found, wanted = model.eval()(**inputs), trainer.model(**own)
    assert torch.allclose(found.start_logits, wanted.start_logits, atol=1e-2)
    assert torch.allclose(found.end_logits, wanted.end_logits, atol=1e-2)
    assert float(wanted.start_logits.std()) > 0.05  # not alike because all are zero
    assert (built / "calibration.json").read_text() == "{}\n"
    (additions / "calibration.json").unlink()
    for name in (SECOND, "calibration.json"):
        (built / name).write_text("[]\n")
    base.build(tmp_path / "base", encoder, additions)  # over itself
    assert (built / "calibration.json").read_text() == "[]\n"
    (built / "calibration.json").unlink()  # no such thing as could be used
    assert (built / SECOND).read_text() == "[]\n"
    passage = Passage("talk", 0, len(PASSAGE), PASSAGE)
    assert load_reader(Settings(reader=str(built))).read(QUESTION, [passage])
    assert "rank 4" in (built / "README.md").read_text()
    assert not list(tmp_path.glob(".partial-*"))


def test_a_reader_may_be_what_it_starts_from(workshop: Path, tmp_path: Path) -> None:
    _, exported = run(workshop, workshop / "model", tmp_path)
    plain, _ = load_model(workshop / "model")
    assert load_file(exported / "model.safetensors").keys() == plain.state_dict().keys()


def test_a_folder_of_other_files_is_left_alone(
    encoder: Path, additions: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/README.md").write_text("mine")
    small = Path(shutil.copytree(PACKAGED / "small", tmp_path / "small"))  # of another kind
    config = json.loads((small / "config.json").read_text())
    (small / "config.json").write_text(json.dumps(config | {"model_type": "mpnet"}))
    for folder in (tmp_path / "mine", encoder, small):
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        with pytest.raises(ModelError, match="other files"):
            base.build(folder, encoder, additions)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_is_refused_and_the_current_folder_is_a_folder(
    encoder: Path, additions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_file").write_text("mine")
    with pytest.raises(ModelError, match="is a file"):
        base.build(tmp_path / "a_file", encoder, additions)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    verify(base.build(Path(), encoder, additions), required=True)


def test_a_build_that_fails_leaves_the_older_one(
    encoder: Path, additions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = base.build(tmp_path / "base", encoder, additions)
    before = verify(built, required=True)

    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(base, "_merge", full)
    with pytest.raises(OSError, match="space"):
        base.build(built, encoder, additions)
    assert verify(built, required=True) == before


def test_the_command_says_how_to_use_it(
    encoder: Path, additions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "base")
    status = base.main([place, "--encoder", str(encoder), "--additions", str(additions)])
    assert status == 0
    assert f"QA_BOT_SECOND_READER={place}" in capsys.readouterr().out


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
    with pytest.raises(ModelError, match=r"The additions in|adapter.json speaks of"):
        base.build(tmp_path / "base", encoder, additions)


def test_an_addition_to_nothing_is_refused() -> None:
    a, b = torch.ones(2, 3), torch.ones(4, 2)
    with pytest.raises(ModelError, match="belongs to no weights"):
        base.merged({"other.weight": torch.ones(4, 3)}, {"x.q.lora_A": a, "x.q.lora_B": b}, 1.0)
    with pytest.raises(ModelError, match="one encoder"):
        base.merged({}, {}, 1.0)


def test_the_packaged_additions_are_whole() -> None:
    about = base.read_about(base.ADDITIONS)
    held = load_file(base.ADDITIONS / base.WEIGHTS)
    assert {tensor.dtype for tensor in held.values()} == {torch.float16}
    assert held["mpnet.encoder.layer.0.attention.attn.q.lora_A"].shape == (about["rank"], 768)
