"""Windows and labels: a label points at the answer, at any length, with any characters."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from qa_bot_training.data import Example, Gold
from qa_bot_training.features import (
    asking,
    cap_questions,
    make_windows,
    masked,
    to_tensors,
    training_window,
)

from tests.training.conftest import tokenizer_of

TOKENIZER = tokenizer_of()
TEXT = st.text(alphabet="abz019 .,'-éß\u00ad\u200b\n—“漢İ", min_size=1, max_size=160)


@st.composite
def rows(draw: st.DrawFn) -> Example:
    context = draw(TEXT.filter(lambda text: text.strip()))
    begin = draw(st.integers(0, len(context) - 1))
    end = draw(st.integers(begin + 1, len(context)))
    question = draw(TEXT.filter(lambda text: text.strip()))
    return Example("1", question, context, (Gold(context[begin:end], begin),), "", "")


@settings(max_examples=150)
@given(rows(), st.integers(40, 80), st.integers(0, 10))
def test_windows_cover_the_passage_and_labels_point_at_the_answer(
    row: Example, window: int, overlap: int
) -> None:
    windows = make_windows(TOKENIZER, [row], window, overlap, max_question_tokens=16)[0]
    whole = TOKENIZER(row.context, add_special_tokens=False, return_offsets_mapping=True)
    every = [tuple(pair) for pair in whole["offset_mapping"]]
    seen = {tuple(pair) for w in windows for pair in w.offsets.tolist()}
    assert seen == set(every)
    gold = row.answers[0]
    begin, end = gold.start, gold.start + len(gold.text)
    touching = [pair for pair in every if pair[1] > begin and pair[0] < end]
    for w in windows:
        assert len(w.ids) <= window
        assert w.ids[w.cls] == TOKENIZER.cls_token_id
        label = w.label(gold)
        if label is None:
            continue
        first, last = label
        assert w.first <= first <= last <= w.last
        # Exactly the tokens of the whole passage that touch the answer, no fewer at the edges.
        assert w.offsets[first - w.first].tolist()[0] == touching[0][0]
        assert w.offsets[last - w.first].tolist()[1] == touching[-1][1]
    if len(windows) == 1 and touching:
        assert windows[0].label(gold) is not None


@settings(max_examples=80)
@given(rows(), st.integers(0, 9))
def test_training_window_is_sound(row: Example, seed: int) -> None:
    windows = make_windows(TOKENIZER, [row], 40, 8, max_question_tokens=16)[0]
    chosen = training_window(windows, row, 0.5, random.Random(seed))
    if chosen is None:
        return
    w, start, end = chosen
    if start == w.cls:
        assert end == w.cls
        assert not any(w.touches(gold) for gold in row.answers)
    else:
        assert (start, end) == w.label(row.answers[0])


def test_unanswerable_is_labelled_at_cls(tokenizer: Any) -> None:
    row = Example("1", "who?", "the year " * 60, (), "", "")
    windows = make_windows(tokenizer, [row], 40, 8)[0]
    assert len(windows) > 1
    chosen = training_window(windows, row, 0.0, random.Random(0))
    assert chosen is not None
    w, start, end = chosen
    assert start == end == w.cls


def test_a_window_with_the_answers_words_elsewhere_is_not_unanswerable(tokenizer: Any) -> None:
    filler = "of the year " * 30
    text = f"Ann spoke {filler}and Ann spoke"
    row = Example("1", "who?", text, (Gold("Ann", 0),), "", "")
    windows = make_windows(tokenizer, [row], 40, 8)[0]
    again = windows[-1]
    assert not again.touches(row.answers[0])
    drawn = [training_window(windows, row, 1.0, random.Random(seed)) for seed in range(40)]
    assert all(one is not None and one[0] is not again for one in drawn)
    assert {one[1] == one[0].cls for one in drawn if one} == {True}


@pytest.mark.parametrize("typed", ["[SEP]", "[CLS] [PAD]"])
def test_a_typed_special_token_is_characters(tokenizer: Any, typed: str) -> None:
    row = Example("1", f"who {typed} spoke?", f"in {typed} the year", (), "", "")
    (window,) = make_windows(tokenizer, [row], 64, 8)[0]
    ids = window.ids.tolist()
    assert ids.count(tokenizer.sep_token_id) == 2
    assert ids.count(tokenizer.cls_token_id) == 1
    assert tokenizer.pad_token_id not in ids
    # who, [, and the first two letters: four tokens.
    assert cap_questions(tokenizer, [row.question], 4) == [f"who {typed[:3]}"]


def test_long_question_is_capped(tokenizer: Any) -> None:
    question = "who spoke " * 100
    capped = cap_questions(tokenizer, [question, "who?"], 64)
    assert capped == [("who spoke " * 32).strip(), "who?"]
    row = Example("1", question, "the year", (), "", "")
    assert len(make_windows(tokenizer, [row], 100, 8)[0]) == 1


def test_tensors_allow_passage_and_cls_only(tokenizer: Any) -> None:
    rows = [
        Example("1", "who spoke?", "in the year", (), "", ""),
        Example("2", "when?", "the year of the year and so on", (), "", ""),
    ]
    windows = [own[0] for own in make_windows(tokenizer, rows, 64, 8)]
    inputs, allowed = to_tensors(
        windows, tokenizer.pad_token_id, tokenizer.model_input_names, torch.device("cpu")
    )
    assert inputs["input_ids"].shape == allowed.shape
    assert allowed.shape[1] % 8 == 0
    for row, w in enumerate(windows):
        places = allowed[row].nonzero().flatten().tolist()
        assert places == [w.cls, *range(w.first, w.last + 1)]
        assert inputs["attention_mask"][row].sum() == len(w.ids)


def test_slow_tokenizer_is_refused() -> None:
    with pytest.raises(ValueError, match="fast tokenizer"):
        make_windows(object(), [], 64, 8)


@settings(max_examples=60)
@given(rows(), st.floats(0, 0.9, allow_subnormal=False), st.integers(0, 9))
def test_masking_spares_question_answer_and_frame(row: Example, share: float, seed: int) -> None:
    windows = make_windows(TOKENIZER, [row], 80, 8, max_question_tokens=16)[0]
    assume(windows)  # none when the tokenizer drops every character of the passage
    window = windows[0]
    label = window.label(row.answers[0])
    spare = label if label is not None else (window.cls, window.cls)
    hidden = masked(window, share, TOKENIZER.mask_token_id, spare, seed)
    changed = {int(place) for place in (hidden.ids != window.ids).nonzero()[0]}
    assert changed <= set(range(window.first, window.last + 1)) - set(range(spare[0], spare[1] + 1))
    assert all(hidden.ids[place] == TOKENIZER.mask_token_id for place in changed)
    again = masked(window, share, TOKENIZER.mask_token_id, spare, seed)
    assert (again.ids == hidden.ids).all()


def test_masking_hides_about_the_share() -> None:
    row = Example("1", "who?", "a " * 400, (), "", "")
    window = make_windows(TOKENIZER, [row], 500, 8)[0][0]
    hidden = masked(window, 0.25, TOKENIZER.mask_token_id, (window.cls, window.cls), seed=1)
    assert 70 < (hidden.ids != window.ids).sum() < 130


@pytest.mark.parametrize("tokenizer", [TOKENIZER, tokenizer_of("<s>", "</s>", double=True)])
@settings(max_examples=80)
@given(rows(), TEXT, st.integers(3, 16))
def test_a_window_asked_otherwise_is_the_window_of_the_other_question(
    tokenizer: Any, row: Example, question: str, limit: int
) -> None:
    whole = make_windows(tokenizer, [row], 400, 8, limit)[0]
    assume(whole)
    other = make_windows(tokenizer, [dataclasses.replace(row, question=question)], 400, 8, limit)[0]
    made = asking(whole[0], question, tokenizer, limit)
    assert made.asked is whole[0]
    assert made.ids.tolist() == other[0].ids.tolist()
    assert made.types.tolist() == other[0].types.tolist()
    assert made.offsets.tolist() == other[0].offsets.tolist()
    assert (made.first, made.last, made.cls, made.covers) == (
        *(other[0].first, other[0].last, other[0].cls, other[0].covers),
    )
