"""Soft targets: a teacher with other ids and other special tokens, seen at the student's places."""

from __future__ import annotations

import dataclasses
import random
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from qa_bot_training import machine
from qa_bot_training.data import DataError, Example, speech_passages
from qa_bot_training.features import asking, make_windows, to_tensors
from qa_bot_training.mixture import Mixture
from qa_bot_training.objective import UNKNOWN, distilled_loss, span_loss
from qa_bot_training.recipe import Distillation, RecipeError, load_recipe
from qa_bot_training.run import finish
from qa_bot_training.teacher import Teacher, TeacherError
from qa_bot_training.teacher_cache import TeacherCache, key_of
from qa_bot_training.trainer import Trainer
from safetensors.torch import load_file

from tests.training.conftest import reader_of, tokenizer_of

ROWS = [
    Example("1", "who spoke in 1999?", "Ann spoke in the year 1999, and Bob at dawn.", (), "", ""),
    Example("2", "when?", "In the year of the flood. " * 6, (), "", ""),
]
CPU = torch.device("cpu")

pytestmark = pytest.mark.numeric

# How far a teacher's logits may lie from those of the plain model in the same format, in parts of
# their size: windows are batched otherwise, and what it says is kept in 16 bits.
NEAR = {"fp32": 1e-3, "bf16": 0.03}


@pytest.fixture(params=["fp32", "bf16"])
def precision(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each number format in turn, whatever the processor is good at."""
    monkeypatch.setattr(machine, "wanted_precision", lambda: request.param)
    return str(request.param)


def distance(found: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((found.float() - wanted.float()).norm() / wanted.float().norm())


def test_same_tokenizer_gives_the_models_own_logits(
    workshop: Path, tokenizer: Any, precision: str
) -> None:
    teacher = Teacher(Distillation(str(workshop / "model")), tokenizer, CPU)
    windows = [w for own in make_windows(tokenizer, ROWS, 64, 8) for w in own]
    inputs, allowed = to_tensors(windows, tokenizer.pad_token_id, tokenizer.model_input_names, CPU)
    taught = teacher(windows, allowed.shape[1])
    with torch.no_grad():
        plain = teacher.model(**inputs)
    for name in ("start_logits", "end_logits"):
        made, own = getattr(taught, name)[allowed], getattr(plain, name)[allowed]
        assert distance(made, own) < NEAR[precision]


@pytest.mark.parametrize("kept", [False, True])
def test_a_teacher_is_asked_the_question_as_it_was(
    workshop: Path, tokenizer: Any, tmp_path: Path, kept: bool
) -> None:
    how = {"kept": str(tmp_path / "kept")} if kept else {"states": 1.0}
    teacher = Teacher(Distillation(str(workshop / "model"), **how), tokenizer, CPU)  # type: ignore[arg-type]
    plain = make_windows(tokenizer, ROWS[:1], 64, 8)[0]
    other = [asking(plain[0], "in the year 1999, who was it that spoke at dawn?", tokenizer)]
    as_it_was = teacher(plain, len(plain[0].ids))
    taught = teacher(other, len(other[0].ids))
    passage = slice(plain[0].first, plain[0].last + 1)
    own = slice(other[0].first, other[0].last + 1)
    assert own != passage
    for name in ("start_logits", "end_logits", *([] if kept else ["states"])):
        before, after = getattr(as_it_was, name)[0], getattr(taught, name)[0]
        assert torch.equal(after[own], before[passage])
        assert torch.equal(after[other[0].cls], before[plain[0].cls])


@pytest.mark.parametrize("turned", [False, True])
def test_other_ids_and_frame_are_translated(tmp_path: Path, turned: bool) -> None:
    both = tokenizer_of(), tokenizer_of("<s>", "</s>", double=True, first=5)
    other, tokenizer = both if turned else both[::-1]
    teacher = Teacher(Distillation(str(reader_of(other, tmp_path / "teacher"))), tokenizer, CPU)
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
        Teacher(Distillation(str(workshop / "model")), More(), CPU)


@pytest.mark.parametrize("turned", [False, True])
def test_states_are_the_teachers_at_the_students_places(
    tmp_path: Path, turned: bool, precision: str
) -> None:
    both = tokenizer_of(), tokenizer_of("<s>", "</s>", double=True, first=5)
    other, tokenizer = both if turned else both[::-1]
    folder = str(reader_of(other, tmp_path / "teacher"))
    teacher = Teacher(Distillation(folder, states=1.0), tokenizer, CPU)
    mine = [w for own in make_windows(tokenizer, ROWS[:1], 128, 8) for w in own]
    (theirs,) = (w for own in make_windows(other, ROWS[:1], 128, 8) for w in own)
    _, allowed = to_tensors(mine, tokenizer.pad_token_id, tokenizer.model_input_names, CPU)
    inputs, _ = to_tensors([theirs], other.pad_token_id, other.model_input_names, CPU)
    with torch.no_grad():
        plain = teacher.model(**inputs, output_hidden_states=True).hidden_states[-1][0]
    taught = teacher(mine, allowed.shape[1])
    assert torch.equal(taught.states[0].any(dim=1), allowed[0])  # nothing elsewhere
    spoken = slice(theirs.first, theirs.last + 1)
    told = taught.states[0, mine[0].first : mine[0].last + 1]
    assert distance(told, plain[spoken]) < NEAR[precision]
    assert distance(taught.states[0, mine[0].cls], plain[theirs.cls]) < NEAR[precision]
    assert Teacher(Distillation(folder), tokenizer, CPU)(mine, allowed.shape[1]).states is None


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


def test_an_unlabelled_row_has_the_teachers_term_alone() -> None:
    made = [
        SimpleNamespace(start_logits=torch.randn(2, 8), end_logits=torch.randn(2, 8)) for _ in "ab"
    ]
    allowed = torch.ones(2, 8, dtype=torch.bool)
    unknown, known = torch.tensor([UNKNOWN, UNKNOWN]), torch.tensor([3, 5])
    for weight in (0.0, 0.3, 1.0):
        settings = Distillation("-", weight=weight)
        alone = distilled_loss(*made, allowed, unknown, unknown, settings)
        whole = dataclasses.replace(settings, weight=1.0)
        assert alone == pytest.approx(float(distilled_loss(*made, allowed, known, known, whole)))
    # One row of each: the mean of what they cost by themselves.
    settings = Distillation("-", weight=0.3)
    mixed = torch.tensor([3, UNKNOWN])
    parts = []
    for row, place in enumerate(mixed):
        own = [
            SimpleNamespace(
                start_logits=m.start_logits[row : row + 1], end_logits=m.end_logits[row : row + 1]
            )
            for m in made
        ]
        at = place.reshape(1)
        parts.append(float(distilled_loss(*own, allowed[:1], at, at, settings)))
    both = distilled_loss(*made, allowed, mixed, mixed, settings)
    assert both == pytest.approx(sum(parts) / 2, rel=1e-5)


def test_what_the_teacher_said_is_kept_and_not_asked_again(
    workshop: Path,
    tokenizer: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    precision: str,
) -> None:
    windows = [w for own in make_windows(tokenizer, ROWS, 64, 8) for w in own]
    settings = Distillation(str(workshop / "model"), kept=str(tmp_path / "kept"))
    asked = Teacher(dataclasses.replace(settings, kept=""), tokenizer, CPU)(windows, 64)
    first = Teacher(settings, tokenizer, CPU)(windows[:1], 64)
    assert distance(first.start_logits, asked.start_logits[:1]) < NEAR[precision]

    read: list[int] = []
    again = Teacher(settings, tokenizer, CPU)
    true = again._read
    monkeypatch.setattr(again, "_read", lambda new: (read.append(len(new)), true(new))[1])
    # The same window twice in a batch, one known, the others new: each is read once.
    taught = again([windows[0], *windows, windows[-1]], 64)
    assert read == [len(windows) - 1]
    assert distance(taught.start_logits[1:-1], asked.start_logits) < NEAR[precision]
    assert torch.equal(taught.end_logits[-1], taught.end_logits[-2])
    again(windows, 64)
    assert read == [len(windows) - 1]


def test_a_key_tells_windows_apart(tokenizer: Any, tmp_path: Path) -> None:
    windows = [w for own in make_windows(tokenizer, ROWS, 64, 8) for w in own]
    moved = dataclasses.replace(windows[0], example=7, covers=(0, 1))
    assert key_of(moved) == key_of(windows[0])  # the same tokens of another row
    other = dataclasses.replace(windows[0], last=windows[0].last - 1)
    assert len({key_of(w) for w in [*windows, other]}) == len(windows) + 1
    assert TeacherCache(tmp_path / "new" / "x.sqlite").find([b"unknown"]) == [None]


def test_a_teacher_in_8_bits_says_nearly_the_same(workshop: Path, tokenizer: Any) -> None:
    windows = [w for own in make_windows(tokenizer, ROWS, 64, 8) for w in own]
    settings = Distillation(str(workshop / "model"))
    plain = Teacher(settings, tokenizer, CPU)(windows, 64)
    small = Teacher(dataclasses.replace(settings, int8=True), tokenizer, CPU)(windows, 64)
    assert not torch.equal(plain.start_logits, small.start_logits)
    difference = (plain.start_logits - small.start_logits).norm() / plain.start_logits.norm()
    assert float(difference) < 0.05


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


def test_states_teach_too_and_their_map_is_not_exported(
    workshop: Path, tokenizer: Any, tmp_path: Path
) -> None:
    teacher = reader_of(tokenizer, tmp_path / "teacher", seed=9)
    recipe = dataclasses.replace(
        load_recipe(str(workshop / "tiny.toml")),
        # No weight for the logits' part: what is learnt is learnt from the states.
        distillation=Distillation(str(teacher), weight=0.0, states=50.0),
        learning_rate=5e-3,
        dropout=0.0,
    )
    trainer = Trainer(recipe, workshop / "data", tmp_path / "run", str(workshop / "model"))
    names = set(trainer.model.state_dict())
    assert trainer.readout is not None
    trainer.stable(72)
    begun = trainer.readout.map.weight.clone()
    trainer.stable(300)
    assert not torch.equal(begun, trainer.readout.map.weight)
    losses = [row["loss"] for row in trainer.journal.events("train")]
    assert losses[-1] < 0.8 * losses[0]
    trainer.cooldown(24)
    assert set(load_file(finish(trainer, 4) / "model.safetensors")) == names


def test_states_that_cannot_be_kept_are_refused(workshop: Path) -> None:
    recipe = load_recipe(str(workshop / "tiny.toml"))
    for settings in (Distillation("-", states=1.0, kept="-"), Distillation("-", states=-1.0)):
        with pytest.raises(RecipeError, match="states"):
            dataclasses.replace(recipe, distillation=settings).check()


def test_learns_from_unlabelled_rows_alone(workshop: Path, tokenizer: Any, tmp_path: Path) -> None:
    teacher = reader_of(tokenizer, tmp_path / "teacher", seed=9)
    recipe = load_recipe(str(workshop / "tiny.toml"))
    talks = dataclasses.replace(recipe.datasets[0], unlabelled=1.0, sibling=0, bm25=0, swap=0)
    recipe = dataclasses.replace(
        recipe,
        datasets=(talks,),
        distillation=Distillation(str(teacher), weight=0.0, kept=str(tmp_path / "kept"), int8=True),
    )
    trainer = Trainer(recipe, workshop / "data", tmp_path / "run", str(workshop / "model"))
    batches = list(islice(trainer.mixture.batches(trainer.tokenizer), 9))
    starts = [start for _, batch in batches for _, start, _ in batch]
    assert 0.2 < sum(start == UNKNOWN for start in starts) / len(starts) < 0.8
    assert list((tmp_path / "kept").glob("*-int8.sqlite"))
    # Nothing but rows that nobody has judged: what it learns is the teacher's.
    alone = [[row for row in batch if row[1] == UNKNOWN] for _, batch in batches]
    losses = [
        [trainer._step(batch, 5e-3, step) for step, batch in enumerate(alone) if batch]
        for _ in range(12)
    ]
    assert sum(losses[-1]) < 0.5 * sum(losses[0])


def test_speeches_are_among_the_unlabelled_passages(
    workshop: Path, tokenizer: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "speeches"
    folder.mkdir()
    (folder / "one.txt").write_text("Thanks to all who spoke in the year of the flood.\n")
    recipe = load_recipe(str(workshop / "tiny.toml"))
    talks = dataclasses.replace(recipe.datasets[0], unlabelled=1.0)
    taught = Distillation("-", speeches=str(folder))
    recipe = dataclasses.replace(recipe, datasets=(talks,), distillation=taught)
    mixture = Mixture.load(recipe, workshop / "data", tokenizer)
    rng = random.Random(0)
    draws = [draw for draw in mixture.plan(0) if draw.kind == "unlabelled"]
    made = [pair[0].context for draw in draws if (pair := mixture.realise(draw, rng))]
    spoken = [text for text in made if "flood" in text]
    # One source of three, and only half the questions share a word with it.
    assert 0.08 < len(spoken) / len(made) < 0.3
    before = mixture.fingerprint()
    (folder / "one.txt").write_text("Thanks to all who spoke in the year of the drought.\n")
    assert Mixture.load(recipe, workshop / "data", tokenizer).fingerprint() != before
    with pytest.raises(DataError, match="nowhere"):
        speech_passages(tmp_path / "nowhere", tokenizer)
