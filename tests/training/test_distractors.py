"""Sentences among others: the answer moves along, and no other sentence holds it."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from qa_bot_training.data import Example, Gold
from qa_bot_training.distractors import Distractors
from qa_bot_training.mixture import Mixture

from tests.training.test_mixture import flat, load
from tests.training.test_negatives import collections


@settings(max_examples=60)
@given(collections(), st.integers(1, 4), st.integers(0, 5))
def test_answers_point_at_their_text_in_the_new_passage(
    rows: list[Example], most: int, seed: int
) -> None:
    crowd = Distractors(rows)
    for row in rows:
        made = crowd.surround(row, row, most, random.Random(seed))
        assert row.context in made.context
        for gold in made.answers:
            assert made.context[gold.start : gold.start + len(gold.text)] == gold.text
        assert made == crowd.surround(row, row, most, random.Random(seed))


def test_others_never_hold_the_answer() -> None:
    asked = Example("1", "Who sang in Rome?", "Ann sang.", (Gold("Ann", 0),), "", "")
    others = ["Ann was in Rome.", "Rome heard a song.", "Bob sang in Rome."]
    crowd = Distractors([asked, *(dataclasses.replace(asked, context=text) for text in others)])
    seen = {crowd.surround(asked, asked, 3, random.Random(seed)).context for seed in range(30)}
    assert not any(others[0] in context for context in seen)
    assert any(others[1] in context and others[2] in context for context in seen)


def test_an_unanswerable_example_stays_so(workshop: Path, tokenizer: Any) -> None:
    plain = load(workshop)
    talks, silent = plain.recipe.datasets
    recipe = dataclasses.replace(
        plain.recipe, datasets=(dataclasses.replace(talks, crowd=2), silent)
    )
    mixture = Mixture(recipe, plain.datasets)
    grown = 0
    for number, draw in enumerate(mixture.plan(0)):
        made = mixture.realise(draw, random.Random(number))
        if made is None or draw.dataset != 0:
            continue
        row = mixture.datasets[0][draw.row]
        if made[1] in ("swap", "opposite"):  # the company might answer the new question
            assert made[0].context == row.context
            continue
        grown += len(made[0].context) > len(row.context)
        assert not made[0].is_impossible or row.context not in made[0].context
        if made[0].is_impossible and made[1] in ("sibling", "bm25"):
            assert not any(gold.text.lower() in made[0].context.lower() for gold in row.answers)
    assert grown > 20
    first = flat([next(mixture.batches(tokenizer))])
    assert first == flat([next(Mixture(recipe, plain.datasets).batches(tokenizer))])
