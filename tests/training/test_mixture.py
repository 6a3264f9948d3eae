"""Order and make-up of the mixture: a pure function of recipe, data and position."""

from __future__ import annotations

import dataclasses
import json
import random
import shutil
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qa_bot_training.data import DataError, Example, Gold
from qa_bot_training.decontamination import Decontamination
from qa_bot_training.mixture import Mixture, Position
from qa_bot_training.objective import UNKNOWN
from qa_bot_training.recipe import Distillation, RecipeError, load_recipe

from tests.training.conftest import PEOPLE, RECIPE, write_rows


def load(workshop: Path, **changes: Any) -> Mixture:
    recipe = dataclasses.replace(load_recipe(str(workshop / "tiny.toml")), **changes)
    return Mixture.load(recipe, workshop / "data")


def flat(batches: Any) -> list[tuple[Any, ...]]:
    return [
        (place, *((tuple(w.ids), start, end) for w, start, end in batch))
        for place, batch in batches
    ]


def test_same_seed_same_order_and_another_seed_another(workshop: Path, tokenizer: Any) -> None:
    first = flat(islice(load(workshop).batches(tokenizer), 40))
    assert first == flat(islice(load(workshop).batches(tokenizer), 40))
    assert first != flat(islice(load(workshop, seed=4).batches(tokenizer), 40))


@pytest.mark.parametrize("taken", [1, 2, 3, 7, 30])
def test_order_continues_from_any_position(workshop: Path, tokenizer: Any, taken: int) -> None:
    whole = flat(islice(load(workshop).batches(tokenizer), 40))
    place: Position = whole[taken - 1][0]
    assert flat(islice(load(workshop).batches(tokenizer, place), 40 - taken)) == whole[taken:]


def test_nothing_trainable_is_an_error_and_no_endless_loop(workshop: Path, tokenizer: Any) -> None:
    mixture = load(workshop)
    row = mixture.datasets[0][0]
    # The tokenizer drops soft hyphens: this passage has no token at all.
    empty = dataclasses.replace(row, context="\u00ad", answers=())
    mixture = Mixture(mixture.recipe, [[empty], [empty]])
    with pytest.raises(DataError, match="no example fits"):
        next(mixture.batches(tokenizer))


def test_batches_hold_similar_lengths(workshop: Path, tokenizer: Any) -> None:
    mixture = load(workshop, pool_batches=20)
    lengths = [[len(w.ids) for w, _, _ in batch] for batch in mixture.pool(tokenizer, 0, 0)]
    spans = sorted((min(batch), max(batch)) for batch in lengths)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_shares_follow_the_recipe(workshop: Path) -> None:
    counts = load(workshop).counts()
    assert counts["talks"]["answerable"] == 72  # 48 rows, repeat 1.5
    assert counts["silent"]["unanswerable"] == 12
    for kind in ("sibling", "bm25", "swap"):
        assert 8 <= counts["talks"][kind] <= 36  # 0.3 of 72, by chance


def test_a_kind_that_is_not_asked_for_leaves_the_order_alone(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load(workshop).plan(0)
    monkeypatch.setattr("qa_bot_training.mixture.KINDS", ("cut", "sibling", "bm25", "swap"))
    assert load(workshop).plan(0) == before


def test_unlabelled_rows_pair_a_question_with_any_other_passage(workshop: Path) -> None:
    recipe = load_recipe(str(workshop / "tiny.toml"))
    datasets = tuple(dataclasses.replace(data, unlabelled=1.0) for data in recipe.datasets)
    mixture = load(workshop, datasets=datasets, distillation=Distillation("-"))
    counts = mixture.counts()
    assert counts["talks"]["unlabelled"] == 72
    assert counts["silent"]["unlabelled"] == 12  # their questions too
    holding = 0
    for number, draw in enumerate(mixture.plan(0)):
        if draw.kind != "unlabelled":
            continue
        row = mixture.datasets[draw.dataset][draw.row]
        made = mixture.realise(draw, random.Random(number))
        assert made is not None
        assert made[1] == "unlabelled"
        assert made[0].question == row.question
        assert made[0].context != row.context
        holding += any(answer.text in made[0].context for answer in row.answers)
    assert holding  # nobody looked whether the answer is there


def test_altered_rows_are_near_their_row_and_carry_no_label(workshop: Path, tokenizer: Any) -> None:
    recipe = load_recipe(str(workshop / "tiny.toml"))
    datasets = tuple(dataclasses.replace(data, altered=1.0) for data in recipe.datasets)
    mixture = load(workshop, datasets=datasets, distillation=Distillation("-"))
    assert mixture.counts()["talks"]["altered"] == 72
    assert mixture.counts()["silent"]["altered"] == 12
    changed = 0
    for number, draw in enumerate(mixture.plan(0)):
        if draw.kind != "altered":
            continue
        row = mixture.datasets[draw.dataset][draw.row]
        made = mixture.realise(draw, random.Random(number))
        if made is None:
            continue
        changed += 1
        assert made[1] == "altered"
        assert made[0].question != row.question
        assert set(row.question.split()) & set(made[0].question.split())
        assert not made[0].answers
    assert changed > 40
    starts = [start for batch in mixture.pool(tokenizer, 0, 0) for _, start, _ in batch]
    assert 0.2 < starts.count(UNKNOWN) / len(starts) < 0.7


def test_reworded_rows_keep_their_label_and_need_no_teacher(workshop: Path, tokenizer: Any) -> None:
    recipe = load_recipe(str(workshop / "tiny.toml"))
    datasets = tuple(dataclasses.replace(data, reworded=1.0) for data in recipe.datasets)
    mixture = load(workshop, datasets=datasets, pool_batches=20)
    counts = mixture.counts()
    assert counts["talks"]["reworded"] == counts["talks"]["answerable"] == 72
    assert counts["silent"]["unanswerable"] == 24  # 12 as they are and 12 reworded
    reworded = answered = 0
    for batch in mixture.pool(tokenizer, 0, 0):
        for window, first, last in batch:
            if window.asked is None:
                continue
            reworded += 1
            assert window.ids[: window.first].tolist() != window.asked.ids[: window.first].tolist()
            if first == window.cls:
                continue
            answered += 1
            words = tokenizer.decode(window.ids[first : last + 1])
            words = words.replace(" ##", "").replace(" ", "")
            assert words.isdigit() or words in {name.lower().replace(" ", "") for name in PEOPLE}
    assert reworded > 10
    assert answered


def sentences_only(rows: list[Example]) -> list[Example]:
    whole = [dataclasses.replace(row, answers=(Gold(row.context, 0),)) for row in rows]
    return [dataclasses.replace(row, exact=False) for row in whole]


def test_rows_of_which_the_sentence_is_known_carry_no_label(workshop: Path, tokenizer: Any) -> None:
    mixture = load(workshop, distillation=Distillation("-"))
    talks, silent = mixture.datasets
    mixture = Mixture(mixture.recipe, [sentences_only(talks), silent])
    counts = mixture.counts()
    assert counts["talks"]["answerable"] == 0
    assert counts["talks"]["unlabelled"] == len(talks) + len(talks) // 2  # repeat = 1.5
    talks_alone = tuple(
        dataclasses.replace(data, sibling=0.0, bm25=0.0, swap=0.0, reworded=0.5, repeat=repeat)
        for data, repeat in zip(mixture.recipe.datasets, (1.0, 0.0), strict=True)
    )
    recipe = dataclasses.replace(mixture.recipe, datasets=talks_alone, other_window=0.9)
    pool = Mixture(recipe, [sentences_only(talks), silent]).pool(tokenizer, 0, 0)
    assert {start for batch in pool for _, start, _ in batch} == {UNKNOWN}


def test_negatives_of_such_rows_are_labelled(workshop: Path, tokenizer: Any) -> None:
    mixture = load(workshop, distillation=Distillation("-"))
    talks, silent = mixture.datasets
    mixture = Mixture(mixture.recipe, [sentences_only(talks), silent])
    pool = [pair for batch in mixture.pool(tokenizer, 0, 0) for pair in batch]
    labels = {start for _, start, _ in pool}
    assert labels == {UNKNOWN, pool[0][0].cls}  # unanswerable: "silent" and the made ones
    made = [draw for draw in mixture.plan(0) if draw.dataset == 0 and draw.kind == "sibling"]
    assert made


def test_rows_of_which_the_sentence_is_known_need_a_teacher(workshop: Path, tmp_path: Path) -> None:
    data = shutil.copytree(workshop / "data", tmp_path / "data")
    recipe = load_recipe(str(workshop / "tiny.toml"))
    row = {"question": "Who?", "candidates": ["Ann sang.", "It rained."], "labels": [1, 0]}
    (data / "train/talks.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"talks\.jsonl: marks whole sentences.*\[distillation\]"):
        Mixture.load(recipe, data)
    taught = dataclasses.replace(recipe, distillation=Distillation("-"))
    mixture = Mixture.load(taught, data)
    assert not mixture.datasets[0][0].exact


def test_unlabelled_rows_need_a_teacher(workshop: Path) -> None:
    recipe = load_recipe(str(workshop / "tiny.toml"))
    datasets = (dataclasses.replace(recipe.datasets[0], unlabelled=0.5),)
    with pytest.raises(RecipeError, match="distillation"):
        dataclasses.replace(recipe, datasets=datasets).check()


def test_made_negatives_never_hold_the_answer(workshop: Path) -> None:

    mixture = load(workshop)
    kinds = set()
    for number, draw in enumerate(mixture.plan(0)):
        made = mixture.realise(draw, random.Random(number))
        if made is None or made[1] in ("as it is", "swap"):
            continue
        kinds.add(made[1])
        gold = mixture.datasets[draw.dataset][draw.row].answers
        assert made[0].is_impossible
        assert not any(answer.text.lower() in made[0].context.lower() for answer in gold)
    assert kinds == {"sibling", "bm25"}


def test_dev_passages_are_kept_out(workshop: Path, tmp_path: Path) -> None:
    mixture = load(workshop)
    rows = mixture.datasets[0]
    write_rows(tmp_path / "train/talks.jsonl", rows)
    write_rows(tmp_path / "train/silent.jsonl", mixture.datasets[1])
    write_rows(tmp_path / "dev/talks.jsonl", rows[:1])
    again = Mixture.load(mixture.recipe, tmp_path)
    assert rows[0].context not in {row.context for rows in again.datasets for row in rows}
    assert again.fingerprint() != mixture.fingerprint()


def test_every_dev_file_is_kept_out_however_it_is_spaced(workshop: Path, tmp_path: Path) -> None:
    mixture = load(workshop)
    spoke, when = mixture.datasets[0][:2]
    short = dataclasses.replace(spoke, id="short", question="Who spoke?", context="Once. Ann Lee.")
    short = dataclasses.replace(short, answers=(Gold("Ann Lee", 6),))
    other = dataclasses.replace(spoke, id="other", context=short.context, answers=short.answers)
    passage, question = other.context, "Who , then , sang in Rome ?"
    sung = dataclasses.replace(other, id="sung", question="who then sang in Rome?")
    rows = [spoke, when, short, other, sung]
    write_rows(tmp_path / "train/talks.jsonl", rows)
    unheard = dataclasses.replace(mixture.datasets[1][0], context="Nobody sang.")
    write_rows(tmp_path / "train/silent.jsonl", [mixture.datasets[1][0], unheard])
    # No recipe names these files; the second holds no passages and is no matter of this.
    spaced = dataclasses.replace(
        other, question=question, context=f"{passage} Elsewhere .", answers=(Gold("Ann Lee", 6),)
    )
    copied = dataclasses.replace(when, question="Who spoke?", context=when.context.upper() + " !")
    write_rows(tmp_path / "dev/lists.jsonl", [spaced, dataclasses.replace(copied, answers=())])
    (tmp_path / "dev/rewrite.jsonl").write_text('{"history": [], "question": "q"}\n', "utf-8")
    loaded = Mixture.load(mixture.recipe, tmp_path)
    # Gone: both rows of the copied passage, and the question that recurs; a short one may recur.
    assert [row.id for row in loaded.datasets[0]] == ["short", "other"]
    assert loaded.left_out == {"talks": 3, "silent": 1}
    write_rows(tmp_path / "train/silent.jsonl", mixture.datasets[1][:1])
    with pytest.raises(DataError, match=r"silent\.jsonl: .* of every row is in a dev file"):
        Mixture.load(mixture.recipe, tmp_path)
    write_rows(tmp_path / "train/silent.jsonl", [])
    with pytest.raises(DataError, match=r"silent\.jsonl: holds no row"):
        Mixture.load(mixture.recipe, tmp_path)


def test_scripts_without_latin_letters_are_compared_too() -> None:
    years = [
        Example(str(y), f"Кто выступил в городе {y}?", f"Речь {y}.", (), "", "") for y in (1, 2)
    ]
    hans = [Example(c, f"谁 在 {c} 讲话 了?", f"会议在{c}举行。", (), "", "") for c in "京沪"]
    kept_out = Decontamination([years[0], hans[0]])
    assert kept_out.without([*years, *hans]) == [years[1], hans[1]]


def test_answer_labels_decode_to_a_gold_text(workshop: Path, tokenizer: Any) -> None:
    mixture = load(workshop)
    texts = {a.text.lower() for row in mixture.datasets[0] for a in row.answers}
    for batch in mixture.pool(tokenizer, 0, 0):
        for w, start, end in batch:
            if start == w.cls:
                continue
            ids = np.asarray(w.ids)[start : end + 1]
            assert tokenizer.decode(ids).replace(" ##", "").replace("##", "") in texts


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("wibble = 1\n" + RECIPE, "unknown key wibble"),
        (RECIPE + "\nweight = 2\n", "unknown key weight"),
        (RECIPE.replace("repeat = 1.5", "sibling2 = 1"), "unknown key"),
        (RECIPE.replace("swap = 0.3", "swap = 3"), "share out of range"),
        (RECIPE.replace("overlap = 8", "overlap = 60"), "no room"),
        (
            RECIPE.replace("batch = 4", "batch = 4.0"),
            r"batch is 4\.0, where a whole number belongs",
        ),
        (RECIPE.replace("batch = 4", "batch = '4'"), "where a whole number belongs"),
        (RECIPE.replace("seed = 3", "seed = true"), "seed is True, where a whole number belongs"),
        (RECIPE.replace('["talks"]', '"talks"'), "dev_files is a list of names"),
        (RECIPE.replace("keep_checkpoints = 2", "keep_checkpoints = 0"), "must be above 0"),
        (RECIPE.replace("checkpoint_every = 16", "checkpoint_every = 0"), "must be above 0"),
        (RECIPE.replace("warmup_examples = 8", "warmup_examples = -8"), "cannot be below 0"),
        (RECIPE.replace("dropout = 0.1", "dropout = 1"), "dropout is a share"),
        (RECIPE + "\n[distillation]\nteacher = 't'\ntemperature = 0\n", "a temperature above 0"),
        ("name = 'x'", r"no \[\[dataset\]\]"),
        ("= 3", "Invalid"),
    ],
)
def test_recipe_mistakes_are_named(tmp_path: Path, change: str, words: str) -> None:
    (tmp_path / "r.toml").write_text(change, encoding="utf-8")
    with pytest.raises(RecipeError, match=words):
        load_recipe(str(tmp_path / "r.toml"))


def test_unknown_recipe_names_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="small"):
        load_recipe("huge")
