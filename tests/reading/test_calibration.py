import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.errors import ModelError
from qa_bot.evaluation.abstention import ece
from qa_bot.reading.calibrate import Outcome, report
from qa_bot.reading.calibration import FEATURES, Calibration, features, logistic
from qa_bot.schema import DocumentInfo, Hit, Passage, Span

SCORE = FEATURES.index("score")


def hit(document: str, text: str, score: float, dense: float | None = None) -> Hit:
    passage = Passage(document, 0, len(text), text)
    return Hit(passage, DocumentInfo(document), score, dense)


def test_default_is_even_at_zero_and_grows() -> None:
    passage = Passage("a", 0, 6, "Geneva")
    spans = [Span(passage, 0, 6, score) for score in (9.0, 4.0, 0.0, -50.0)]
    sure = Calibration().confidence(spans, [])
    assert sure[2] == 0.5
    assert sure == sorted(sure, reverse=True)
    assert Calibration().confidence([], []) == []


def test_features_say_what_they_mean() -> None:
    hits = [hit("a", "It met in Geneva.", 1.0, 0.8), hit("b", "In geneva, again", 0.5, 0.6)]
    spans = [
        Span(hits[0].passage, 10, 16, 4.0),
        Span(hits[1].passage, 3, 9, 3.0),
        Span(hits[1].passage, 11, 16, 1.0),
    ]
    table = features(spans, hits)
    row = dict(zip(FEATURES, table[0], strict=True))
    assert row["margin"] == 3.0  # the same words elsewhere are no rival
    assert row["agreement"] == pytest.approx(np.log(2))
    assert (row["dense"], row["fused"], row["rank"], row["nearest"]) == (0.8, 1.0, 0.0, 0.8)
    assert table[2, FEATURES.index("margin")] == -3.0
    assert np.isnan(features(spans, [])[0, FEATURES.index("dense")])


def made_up(questions: int, seed: int) -> tuple[list[np.ndarray], list[list[bool]]]:
    """Questions whose spans are right with a chance that depends on score and similarity."""
    rng = np.random.default_rng(seed)
    tables, right = [], []
    for _ in range(questions):
        table = rng.normal(size=(3, len(FEATURES)))
        table[:, SCORE] *= 4
        odds = 0.5 * table[:, SCORE] + 1.5 * table[:, FEATURES.index("dense")] - 1
        tables.append(table)
        right.append((rng.random(3) < 1 / (1 + np.exp(-odds))).tolist())
    return tables, right


def test_fitted_confidence_is_a_probability_on_new_questions() -> None:
    calibration = Calibration.fit(*made_up(800, 0))
    tables, right = made_up(800, 1)
    chosen = [calibration.of_features(t)[0] for t in tables]
    outcome = [r[0] for r in right]
    assert ece(chosen, outcome) < 0.06
    default = [Calibration().of_features(t)[0] for t in tables]
    assert ece(chosen, outcome) < ece(default, outcome)


def test_confidence_keeps_the_readers_order() -> None:
    calibration = Calibration.fit(*made_up(100, 0))
    for table in made_up(50, 1)[0]:
        sure = calibration.of_features(table)
        assert (np.diff(sure) <= 0).all()


def test_logistic_matches_the_gradient_condition() -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(200, 3))
    outcomes = (rng.random(200) < 0.4).astype(float)
    weights, bias = logistic(table, outcomes, ridge=2.0)
    residual = 1 / (1 + np.exp(-(table @ weights + bias))) - outcomes
    assert np.allclose(table.T @ residual + 2.0 * weights, 0, atol=1e-6)
    assert residual.sum() == pytest.approx(0, abs=1e-4)


FITTED = Calibration.fit(*made_up(50, 0))


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_confidence_is_always_between_0_and_1(scores: list[float]) -> None:
    passage = Passage("a", 0, 6, "Geneva")
    spans = [Span(passage, 0, 6, score) for score in scores]
    for calibration in (Calibration(), FITTED):
        assert all(0 <= p <= 1 for p in calibration.confidence(spans, []))


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    calibration = Calibration.fit(*made_up(50, 0), {"data": "made up"})
    calibration.save(tmp_path / "calibration.json")
    assert Calibration.load(tmp_path) == calibration
    assert not Calibration.load(tmp_path / "elsewhere").fitted


@pytest.mark.parametrize(
    "damage",
    [{"features": ["score"]}, {"weights": [1.0]}, {"scale": [0.0] * len(FEATURES)}, {"bias": "x"},
     {"slope": float("nan")}, {"provenance": 3}],
)  # fmt: skip
def test_a_damaged_file_is_a_clear_error(tmp_path: Path, damage: dict[str, object]) -> None:
    path = tmp_path / "calibration.json"
    Calibration.fit(*made_up(50, 0)).save(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **damage}))
    with pytest.raises(ModelError, match="cannot be used"):
        Calibration.load(tmp_path)


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="right and spans that are wrong"):
        Calibration.fit([np.zeros((2, len(FEATURES)))], [[True, True]])


def test_the_report_counts_unanswered_and_spanless_questions() -> None:
    tables, _ = made_up(3, 0)
    outcomes = [
        Outcome("t", True, tables[0], np.array([1.0, 0.0, 0.0])),
        Outcome("t", False, tables[1], np.zeros(3)),
        Outcome("t", True, np.zeros((0, len(FEATURES))), np.zeros(0)),
    ]
    figures = report(outcomes, Calibration())
    assert (figures["questions"], figures["answerable"]) == (3, 2)
    assert 0 <= figures["ece"] <= 1
