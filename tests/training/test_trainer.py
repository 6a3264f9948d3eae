"""The loop: killed and resumed it gives the weights of an undisturbed run; stops, cools down."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from qa_bot_training import checkpoint as store
from qa_bot_training.checkpoint import CheckpointError
from qa_bot_training.data import DataError
from qa_bot_training.recipe import Distillation, load_recipe
from qa_bot_training.run import curve, finish, machines
from qa_bot_training.trainer import DivergedError, Stopped, Trainer
from safetensors.torch import load_file

from tests.training.conftest import reader_of, tokenizer_of

ROOT = Path(__file__).parents[2]

# Trains, and kills itself with SIGKILL: in the middle of a step, while writing a checkpoint, or
# before what the teacher said is kept.
KILLED = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from qa_bot_training import checkpoint
from qa_bot_training.teacher_cache import TeacherCache
from qa_bot_training.recipe import load_recipe
from qa_bot_training.trainer import Trainer

workshop, output, where, count, recipe = *map(Path, sys.argv[1:3]), *sys.argv[3:6]
owner, name = {
    "step": (Trainer, "_step"),
    "save": (checkpoint, "_optimiser_tensors"),
    "keep": (TeacherCache, "keep"),
}[where]
count = int(count)
true, calls = getattr(owner, name), []

def fatal(*arguments):
    calls.append(1)
    if len(calls) == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return true(*arguments)

setattr(owner, name, fatal)
trainer = Trainer(load_recipe(recipe), workshop / "data", output, str(workshop / "model"))
trainer.stable(72)
trainer.cooldown(24)
"""


def killed_run(workshop: Path, output: Path, where: str, count: int, recipe: Path) -> None:
    """A run that kills itself at the `count`-th call of what `where` names."""
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(workshop), str(output), where, str(count), str(recipe)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        timeout=300,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # the order of sums, and with it the last bit, depends on the threads
    yield
    torch.set_num_threads(before)


def trainer_of(workshop: Path, output: Path, **changes: Any) -> Trainer:
    recipe = dataclasses.replace(load_recipe(str(workshop / "tiny.toml")), **changes)
    return Trainer(recipe, workshop / "data", output, str(workshop / "model"))


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in trainer.model.state_dict().items()}


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


@pytest.fixture(scope="module")
def undisturbed(workshop: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    torch.set_num_threads(1)
    trainer = trainer_of(workshop, tmp_path_factory.mktemp("undisturbed"))
    before = weights(trainer)
    trainer.stable(72)
    trainer.cooldown(24)
    after = weights(trainer)
    assert not same(before, after)
    return after


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "count"),
    [("save", 3), ("step", 11), ("step", 22)],  # the last in the cool-down
)
def test_killed_and_resumed_gives_the_same_weights(
    workshop: Path, tmp_path: Path, undisturbed: dict[str, torch.Tensor], where: str, count: int
) -> None:
    killed_run(workshop, tmp_path, where, count, workshop / "tiny.toml")
    trainer = trainer_of(workshop, tmp_path)
    trainer.stable(72)
    trainer.cooldown(24)
    assert trainer.journal.events("resumed")
    assert same(weights(trainer), undisturbed)
    assert not list(tmp_path.rglob(".partial-*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "count", "setting"),
    [("keep", 7, "kept"), ("step", 13, "kept"), ("save", 3, "kept"), ("step", 13, "states")],
)
def test_killed_with_a_teacher_and_resumed_gives_the_same_weights(
    workshop: Path, tmp_path: Path, where: str, count: int, setting: str
) -> None:
    teacher = reader_of(tokenizer_of(), tmp_path / "teacher", seed=9)
    trained = []
    for name in ("undisturbed", "killed"):
        text = (workshop / "tiny.toml").read_text(encoding="utf-8")
        value = f'"{tmp_path / name}-opinions"' if setting == "kept" else "0.7"
        recipe = tmp_path / f"{name}.toml"
        recipe.write_text(
            f"{text}unlabelled = 0.5\naltered = 0.5\nreworded = 0.5\n"
            f'[distillation]\nteacher = "{teacher}"\n{setting} = {value}\n',
            encoding="utf-8",
        )
        output = tmp_path / name
        if name == "killed":
            killed_run(workshop, output, where, count, recipe)
        trainer = Trainer(
            load_recipe(str(recipe)), workshop / "data", output, str(workshop / "model")
        )
        trainer.stable(72)
        trainer.cooldown(24)
        trained.append(weights(trainer))
    assert trainer.journal.events("resumed")
    assert same(*trained)


def test_sigterm_writes_a_checkpoint_and_stops(
    workshop: Path,
    tmp_path: Path,
    undisturbed: dict[str, torch.Tensor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = trainer_of(workshop, tmp_path)
    true = trainer._step

    def interrupted(batch: Any, rate: float, step: int) -> float:
        if step == 6:
            os.kill(os.getpid(), signal.SIGTERM)
        return true(batch, rate, step)

    monkeypatch.setattr(trainer, "_step", interrupted)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Stopped):
        trainer.stable(72)
    assert signal.getsignal(signal.SIGTERM) is before
    newest = store.checkpoints(tmp_path / "checkpoints")[-1]
    assert store.read_progress(newest).steps == 7  # the step it was in is finished and kept
    again = trainer_of(workshop, tmp_path)
    again.stable(72)
    again.cooldown(24)
    assert same(weights(again), undisturbed)


@pytest.mark.parametrize("until", [24, 72])  # scored on the way; at the end of the phase
def test_a_signal_while_it_scores_stops_it_too(
    workshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: int
) -> None:
    trainer = trainer_of(workshop, tmp_path, dev_every=24, checkpoint_every=900)
    true = trainer.score_sample

    def interrupted(phase: str) -> dict[str, float]:
        os.kill(os.getpid(), signal.SIGTERM)
        return true(phase)

    monkeypatch.setattr(trainer, "score_sample", interrupted)
    with pytest.raises(Stopped):
        trainer.stable(until)
    (newest,) = store.checkpoints(tmp_path / "checkpoints")
    assert 24 <= store.read_progress(newest).examples < 28


def test_a_missing_dev_file_is_told_before_anything_is_trained(
    workshop: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="dev/elsewhere"):
        trainer_of(workshop, tmp_path, dev_every=24, dev_sample_of="elsewhere")
    trainer_of(workshop, tmp_path, dev_every=0, dev_sample_of="elsewhere")


def test_cooldown_leaves_the_stable_phase_as_it_was(workshop: Path, tmp_path: Path) -> None:
    trainer = trainer_of(workshop, tmp_path)
    trainer.stable(32)
    held = store.checkpoints(tmp_path / "checkpoints")
    trainer.cooldown(16)
    assert store.checkpoints(tmp_path / "checkpoints") == held
    rates = [row["lr"] for row in trainer.journal.events("train")]
    assert rates[-1] < rates[0]
    longer = trainer_of(workshop, tmp_path)
    longer.stable(48)
    assert longer.progress.examples >= 48
    straight = trainer_of(workshop, tmp_path / "straight")
    straight.stable(48)
    assert same(weights(longer), weights(straight))


@pytest.fixture(scope="module")
def begun(workshop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run that has only begun."""
    output = tmp_path_factory.mktemp("begun")
    trainer_of(workshop, output).stable(16)
    return output


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", 5),
        ("learning_rate", 2e-3),
        ("weight_decay", 0.5),
        ("clip", 2.0),
        ("dropout", 0.0),
        ("warmup_examples", 4),
        ("other_window", 0.5),
        ("datasets", ()),
        ("distillation", 0.25),
    ],
)
def test_another_recipe_cannot_resume(workshop: Path, begun: Path, field: str, value: Any) -> None:
    if field == "datasets":
        whole = load_recipe(str(workshop / "tiny.toml")).datasets
        value = (dataclasses.replace(whole[0], swap=0.0), whole[1])
    if field == "distillation":
        value = Distillation(str(workshop / "model"), weight=value)
    with pytest.raises(CheckpointError, match=rf"What differs: {field}\b[^,]*(, now [^,]*)?\. Use"):
        trainer_of(workshop, begun, **{field: value}).stable(32)


def test_another_model_or_passage_cannot_resume(
    workshop: Path, tmp_path: Path, begun: Path
) -> None:
    other = reader_of(tokenizer_of(), tmp_path / "other", seed=1)
    recipe = load_recipe(str(workshop / "tiny.toml"))
    with pytest.raises(CheckpointError, match=r"What differs: init\. Use"):
        Trainer(recipe, workshop / "data", begun, str(other)).stable(32)
    shutil.copytree(workshop / "data", tmp_path / "data")
    talks = tmp_path / "data/train/talks.jsonl"
    talks.write_text(talks.read_text().replace("at dawn", "at dusk", 1))
    with pytest.raises(CheckpointError, match=r"What differs: data\. Use"):
        Trainer(recipe, tmp_path / "data", begun, str(workshop / "model")).stable(32)


def test_the_card_lists_every_machine(
    workshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for threads, examples in ((2, 16), (1, 24), (1, 32)):
        monkeypatch.setattr("qa_bot_training.trainer.describe", lambda _, n=threads: f"{n} cores")
        trainer = trainer_of(workshop, tmp_path)
        trainer.stable(examples)
    assert machines(trainer) == "2 cores; then 1 cores"


def test_two_runs_in_one_folder_are_prevented(workshop: Path, tmp_path: Path) -> None:
    trainer = trainer_of(workshop, tmp_path)
    with store.alone(tmp_path), pytest.raises(CheckpointError, match="another process is training"):
        trainer.stable(16)
    assert not store.checkpoints(tmp_path / "checkpoints")
    trainer.stable(16)  # free again


def test_a_loss_that_is_no_number_spoils_nothing(
    workshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = trainer_of(workshop, tmp_path)
    trainer.stable(16)
    before = weights(trainer)
    monkeypatch.setattr(
        "qa_bot_training.trainer.span_loss", lambda output, *_: output.start_logits.sum() * math.nan
    )
    with pytest.raises(DivergedError, match="the loss is nan after 16 examples"):
        trainer.stable(32)
    assert same(weights(trainer), before)
    (newest,) = store.checkpoints(tmp_path / "checkpoints")
    assert newest.name.endswith("16")


def test_time_left_is_that_of_the_whole_run(workshop: Path, tmp_path: Path) -> None:
    trainer = trainer_of(workshop, tmp_path)
    trainer.stable(32, then=24)
    (first, *_) = trainer.journal.events("train")
    assert first["seconds_left"] >= round(32 / (first["speed"] + 0.01))


def test_what_is_not_trained_on_or_scored_is_told_at_the_start(
    workshop: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(workshop / "data", tmp_path / "data"))
    dev = data / "dev/talks.jsonl"
    dev.write_text(dev.read_text() + (data / "train/talks.jsonl").read_text().splitlines()[0])
    recipe = dataclasses.replace(
        load_recipe(str(workshop / "tiny.toml")), dev_files=("talks", "nowhere")
    )
    trainer = Trainer(recipe, data, tmp_path / "run", str(workshop / "model"))
    trainer.stable(8)
    left_out = {row["dataset"]: row["rows"] for row in trainer.journal.events("left out")}
    assert left_out == trainer.mixture.left_out
    assert left_out["talks"] >= 2  # both questions about that passage
    assert [row["file"] for row in trainer.journal.events("missing")] == ["nowhere"]
    card = (finish(trainer, limit=1) / "model_card.md").read_text()
    assert f"{left_out['talks']} rows of talks were left out" in card


def test_damaged_checkpoint_is_named(workshop: Path, tmp_path: Path) -> None:
    trainer_of(workshop, tmp_path).stable(16)
    newest = store.checkpoints(tmp_path / "checkpoints")[-1]
    (newest / "optimiser.safetensors").write_bytes(b"\x00" * 40)
    with pytest.raises(CheckpointError, match=newest.name):
        trainer_of(workshop, tmp_path).stable(32)


def test_no_checkpoint_to_cool_down_from(workshop: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint to cool down"):
        trainer_of(workshop, tmp_path).cooldown(8)


def test_old_checkpoints_are_dropped_and_hold_no_pickle(workshop: Path, tmp_path: Path) -> None:
    trainer_of(workshop, tmp_path).stable(72)
    held = store.checkpoints(tmp_path / "checkpoints")
    assert len(held) == 2
    assert {file.suffix for folder in held for file in folder.iterdir()} == {
        ".safetensors",
        ".json",
    }


def test_the_process_keeps_its_denormal_numbers(workshop: Path, tmp_path: Path) -> None:
    trainer_of(workshop, tmp_path).stable(8)
    assert float(torch.tensor(5e-324, dtype=torch.float64) * 1) > 0


def test_loss_falls(workshop: Path, tmp_path: Path) -> None:
    trainer = trainer_of(workshop, tmp_path, learning_rate=5e-3, dropout=0.0, checkpoint_every=900)
    trainer.stable(600)
    losses = [row["loss"] for row in trainer.journal.events("train")]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])


def test_the_card_shows_its_own_cool_down(workshop: Path, tmp_path: Path) -> None:
    for until, over in ((16, 8), (48, 16)):
        trainer = trainer_of(workshop, tmp_path, dev_every=16)
        trainer.stable(until)
        begun = trainer.progress.examples
        trainer.cooldown(over)
        seen = [row["examples"] for row in curve(trainer)]
        assert seen == sorted(set(seen))
        assert len([at for at in seen if at > begun]) == 1
        assert seen[-1] == trainer.progress.examples
    card = (finish(trainer, limit=1) / "model_card.md").read_text()
    assert f"from {begun:,} a straight fall to zero over 16." in card
    assert "\n| 64 | " in card
    assert "\n| 24 | " not in card  # the end of the first cool-down
    assert "Nothing non-commercial" in card


def test_finished_model_is_exported_with_its_card(workshop: Path, tmp_path: Path) -> None:
    trainer = trainer_of(workshop, tmp_path)
    trainer.stable(16)
    trainer.cooldown(8)
    folder = finish(trainer, limit=5)
    held = load_file(folder / "model.safetensors")
    assert {value.dtype for value in held.values()} == {torch.float16}
    assert json.loads((folder / "config.json").read_text())["dtype"] == "float16"
    card = (folder / "model_card.md").read_text()
    wanted = ("CC0", "talks", "seed 3", "5 questions", "passes were seen", "## Limits")
    for words in (*wanted, "> Tiny reader", "weights sha256"):
        assert words in card
    again = trainer_of(workshop, tmp_path / "second")
    from qa_bot_training.machine import load_model

    model, loaded = load_model(folder)
    assert model.dtype == torch.float32
    assert loaded.get_vocab() == again.tokenizer.get_vocab()
