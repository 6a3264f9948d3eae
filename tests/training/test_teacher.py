"""Soft targets: a teacher with other ids and other special tokens, seen at the student's places."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from qa_bot.training.data import Example
from qa_bot.training.features import make_windows, to_tensors
from qa_bot.training.objective import distilled_loss, span_loss
from qa_bot.training.recipe import Distillation, load_recipe
from qa_bot.training.teacher import Teacher, TeacherError
from qa_bot.training.trainer import Trainer
from tests.training.conftest import reader_of, tokenizer_of

ROWS = [
    Example("1", "who spoke in 1999?", "Ann spoke in the year 1999, and Bob at dawn.", (), "", ""),
    Example("2", "when?", "In the year of the flood. " * 6, (), "", ""),
]
CPU = torch.device("cpu")


def test_same_tokenizer_gives_the_models_own_logits(workshop: Path, tokenizer: Any) -> None:
    teacher = Teacher(str(workshop / "model"), tokenizer, CPU)
    windows = [w for own in make_windows(tokenizer, ROWS, 64, 8) for w in own]
    inputs, allowed = to_tensors(windows, tokenizer.pad_token_id, tokenizer.model_input_names, CPU)
    taught = teacher(windows, allowed.shape[1])
    with torch.no_grad():
        plain = teacher.model(**inputs)
    assert torch.allclose(taught.start_logits[allowed], plain.start_logits[allowed], atol=1e-6)
    assert torch.allclose(taught.end_logits[allowed], plain.end_logits[allowed], atol=1e-6)


def test_other_ids_and_frame_are_translated(tokenizer: Any, tmp_path: Path) -> None:
    other = tokenizer_of("<s>", "</s>", double=True, first=5)
    teacher = Teacher(str(reader_of(other, tmp_path / "teacher")), tokenizer, CPU)
    mine = [w for own in make_windows(tokenizer, ROWS[:1], 128, 8) for w in own]
    theirs = [w for own in make_windows(other, ROWS[:1], 128, 8) for w in own]
    made = teacher.translate(mine[0])
    assert made.ids.tolist() == theirs[0].ids.tolist()
    assert (made.first, made.last, made.cls) == (theirs[0].first, theirs[0].last, theirs[0].cls)


def test_foreign_word_pieces_are_refused(workshop: Path, tokenizer: Any) -> None:
    class More:
        all_special_tokens = tokenizer.all_special_tokens

        def get_vocab(self) -> dict[str, int]:
            return tokenizer.get_vocab() | {"zebra": len(tokenizer)}

    with pytest.raises(TeacherError, match="zebra"):
        Teacher(str(workshop / "model"), More(), CPU)


def test_agreeing_with_the_teacher_costs_nothing_more() -> None:
    logits = SimpleNamespace(start_logits=torch.randn(2, 8), end_logits=torch.randn(2, 8))
    allowed = torch.ones(2, 8, dtype=torch.bool)
    allowed[:, 3] = False
    at = torch.tensor([0, 5])
    settings = Distillation("-", weight=1.0, temperature=2.0)
    assert distilled_loss(logits, logits, allowed, at, at, settings) == pytest.approx(0, abs=1e-6)
    half = dataclasses.replace(settings, weight=0.0)
    hard = span_loss(logits, allowed, at, at)
    assert distilled_loss(logits, logits, allowed, at, at, half) == pytest.approx(float(hard))
    assert torch.isfinite(hard)


def test_trains_with_a_teacher(workshop: Path, tokenizer: Any, tmp_path: Path) -> None:
    teacher = reader_of(tokenizer, tmp_path / "teacher", seed=9)
    recipe = dataclasses.replace(
        load_recipe(str(workshop / "tiny.toml")),
        distillation=Distillation(str(teacher), weight=1.0),
        learning_rate=5e-3,
        dropout=0.0,
    )
    trainer = Trainer(recipe, workshop / "data", tmp_path / "run", str(workshop / "model"))
    trainer.stable(300)
    losses = [row["loss"] for row in trainer.journal.events("train")]
    assert losses[-1] < losses[0]
