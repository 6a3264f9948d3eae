"""Dev scores: span search against brute force, thresholds, the official normalisation."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from qa_bot_training.data import DataError, Example, Gold, load_examples
from qa_bot_training.dev_scores import (
    Prediction,
    best_spans,
    fixed_sample,
    in_words,
    predict,
    score_model,
    score_predictions,
    score_reader,
)
from qa_bot_training.machine import load_model

from qa_bot.evaluation.text_metrics import (
    best_over_golds,
    best_threshold,
    exact_match,
    f1,
    normalise,
)
from qa_bot.reading import Reader
from qa_bot.schema import Passage, Span


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The  Cat!", "cat"),
        ("a an the", ""),
        ("U.S.A.", "usa"),
        ("theatre and another", "theatre and another"),
        ("5,000", "5000"),
    ],
)
def test_normalise_like_the_official_script(text: str, wanted: str) -> None:
    assert normalise(text) == wanted


@given(st.text(), st.text())
def test_f1_and_em_agree(first: str, second: str) -> None:
    assert f1(first, first) == exact_match(first, first) == 1.0
    assert f1(first, second) == pytest.approx(f1(second, first))
    assert 0.0 <= exact_match(first, second) <= f1(first, second) <= 1.0


def test_best_over_golds() -> None:
    assert best_over_golds("in Oslo", ["Oslo", "in Oslo town"]) == (0.0, pytest.approx(0.8))
    assert best_over_golds("", []) == (1.0, 1.0)
    assert best_over_golds("Oslo", []) == (0.0, 0.0)
    assert best_over_golds("Oslo", ["the", "Oslo"]) == (1.0, 1.0)


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(-3, 3), st.booleans()), min_size=1, max_size=12
    )
)
def test_best_threshold_is_the_best(rows: list[tuple[int, int, bool]]) -> None:
    scores = [(score / 4 if known else 0.0) for score, _, known in rows]
    confidences = [float(confidence) for _, confidence, _ in rows]
    known = [yes for *_, yes in rows]

    def mean(threshold: float) -> float:
        earned = [
            (score if yes else 0.0) if confidence >= threshold else float(not yes)
            for score, confidence, yes in zip(scores, confidences, known, strict=True)
        ]
        return sum(earned) / len(earned)

    best, threshold = best_threshold(scores, confidences, known)
    assert best == pytest.approx(mean(threshold))
    assert best == pytest.approx(max(mean(t) for t in [*confidences, float("inf")]))


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 12))
def test_best_spans_against_brute_force(seed: int, length: int, longest: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    start, end = torch.randn(2, 3, length, generator=generator)
    passage = torch.rand(3, length, generator=generator) < 0.7
    passage[:, 0] = True
    score, first, last = best_spans(start, end, passage, longest)
    for row in range(3):
        spans = {
            (i, j): float(start[row, i] + end[row, j])
            for i in range(length)
            for j in range(i, min(length, i + longest))
            if passage[row, i] and passage[row, j]
        }
        assert float(score[row]) == pytest.approx(max(spans.values()), rel=1e-5)
        assert spans[int(first[row]), int(last[row])] == pytest.approx(max(spans.values()))


def test_predictions_are_quotes_and_do_not_depend_on_the_batch(workshop: Path) -> None:
    model, tokenizer = load_model(workshop / "model")
    rows = load_examples(workshop / "data/dev/talks.jsonl")
    alone = [predict(model, tokenizer, [row], 64, 8)[0] for row in rows]
    together = predict(model, tokenizer, rows, 64, 8, batch=4)
    for row, one, other in zip(rows, alone, together, strict=True):
        assert other.text in row.context
        assert one.text == other.text
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)


def test_scores_with_and_without_unanswerable_questions(workshop: Path) -> None:
    rows = load_examples(workshop / "data/train/talks.jsonl")[:4]
    right = [Prediction(row.answers[0].text, 5.0) for row in rows]
    scores = score_predictions(rows, right)
    assert (scores["em"], scores["f1"]) == (100.0, 100.0)
    assert "f1_all" not in scores
    silent = load_examples(workshop / "data/train/silent.jsonl")[:4]
    scores = score_predictions(rows + silent, right + [Prediction("dawn", 1.0)] * 4)
    assert scores["f1_all"] == 100.0
    assert scores["threshold"] == 5.0
    assert "all 100.0/100.0" in in_words(scores)


def test_fixed_sample_does_not_depend_on_order(workshop: Path) -> None:
    rows: list[Any] = load_examples(workshop / "data/train/talks.jsonl")
    sample = fixed_sample(rows, 7)
    assert len(sample) == 7
    assert fixed_sample(rows[::-1], 7) == sample
    assert fixed_sample(rows, 0) == rows


def test_what_was_chosen_on_can_be_left_out(workshop: Path) -> None:
    rows: list[Any] = load_examples(workshop / "data/train/talks.jsonl")
    chosen, rest = fixed_sample(rows, 7), fixed_sample(rows, 0, skip=7)
    assert sorted([*chosen, *rest], key=rows.index) == rows
    assert fixed_sample(rows, 12) == [*chosen, *fixed_sample(rows, 5, skip=7)]
    assert fixed_sample(rows, 0, skip=len(rows)) == []


def test_scores_say_how_sure_they_are(workshop: Path) -> None:
    rows = load_examples(workshop / "data/train/talks.jsonl")[:4]
    texts = [row.answers[0].text for row in rows[:2]] + ["wrong", "wrong"]
    scores = score_predictions(rows, [Prediction(text, 1.0) for text in texts])
    assert scores["f1_error"] == pytest.approx(100 * (1 / 3) ** 0.5 / 2, abs=1e-3)
    assert "answerable 50.0/50.0 ± 28.9 EM/F1" in in_words(scores)


def test_always_silent_is_told_without_infinity(workshop: Path) -> None:
    rows = load_examples(workshop / "data/train/silent.jsonl")[:4]
    scores = score_predictions(rows, [Prediction("dawn", 1.0)] * 4)
    assert scores["f1_all"] == 100.0
    assert "Infinity" not in json.dumps(scores)
    assert "always silent" in in_words(scores)


def test_sentences_that_answer_are_no_answers_to_score_by(workshop: Path) -> None:
    model, tokenizer = load_model(workshop / "model")
    rows: list[Any] = load_examples(workshop / "data/train/talks.jsonl")[:2]
    rows[1] = dataclasses.replace(rows[1], exact=False)
    with pytest.raises(DataError, match="marks whole sentences"):
        score_model(model, tokenizer, rows)


def test_a_reader_is_scored_by_its_own_best_span() -> None:
    rows = [
        Example("1", "Where?", "It was in Oslo.", (Gold("Oslo", 10),), "talk", "made"),
        Example("2", "Who?", "It rained.", (), "talk", "made"),
    ]

    class Fixed:
        def read(self, question: str, passages: Sequence[Passage], limit: int) -> list[Span]:
            assert limit == 1
            text = passages[0].text
            at = text.find("Oslo")
            return [Span(passages[0], at, at + 4, 2.0)] if at >= 0 else []

    scores = score_reader(cast(Reader, Fixed()), rows)
    assert (scores["em"], scores["f1"], scores["f1_all"]) == (100, 100, 100)
    assert scores["questions"] == 2
