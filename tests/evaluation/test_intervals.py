from __future__ import annotations

import math

import numpy as np
import pytest

from qa_bot.evaluation.intervals import (
    mean_measure,
    paired_difference,
    percentile_measure,
    ratio_measure,
    statistic_measure,
)


def test_the_interval_of_a_mean_is_that_of_theory() -> None:
    values = np.repeat([0.0, 1.0], [60, 140])
    measure = mean_measure(values)
    spread = 1.96 * math.sqrt(0.7 * 0.3 / 200)
    assert measure.value == pytest.approx(0.7)
    assert measure.n == 200
    assert measure.low == pytest.approx(0.7 - spread, abs=0.012)
    assert measure.high == pytest.approx(0.7 + spread, abs=0.012)
    assert mean_measure(values) == measure  # seeded


def test_scores_that_do_not_apply_are_left_out() -> None:
    nan = float("nan")
    assert mean_measure([1.0, nan, 0.0]).value == 0.5
    assert mean_measure([1.0, nan, 0.0]).n == 2
    empty = mean_measure([nan])
    assert empty.n == 0
    assert math.isnan(empty.value)


def test_any_statistic_has_an_interval() -> None:
    values = np.arange(101.0)
    measure = statistic_measure(lambda at: float(np.median(values[at])), 101)
    assert measure.value == 50
    assert 35 < measure.low < 50 < measure.high < 65
    assert statistic_measure(lambda at: float("nan"), 3).n == 3
    assert percentile_measure(values, 50).value == 50
    assert percentile_measure(values, 95).value == pytest.approx(95)


def test_ratios_divide_sums() -> None:
    # "Not found" was said to three questions, rightly to two; three questions have no answer.
    rightly, silent, none = [0, 1, 0, 1, 0], [0, 1, 1, 1, 0], [0, 1, 0, 1, 1]
    precision = ratio_measure(rightly, silent)
    assert precision.value == pytest.approx(2 / 3)
    assert 0 <= precision.low < precision.value < precision.high <= 1
    assert ratio_measure(rightly, none).value == pytest.approx(2 / 3)
    assert math.isnan(ratio_measure([0], [0]).value)
    assert precision.n == 3  # the questions that it is about


def test_paired_permutation_p_by_hand() -> None:
    # Three questions got worse, none better: of 8 sign patterns one is as low (1/8), two as large
    # either way (1/4).
    old = np.ones(20)
    new = np.array([0.0] * 3 + [1.0] * 17)
    difference = paired_difference(new, old)
    assert difference.mean == pytest.approx(-0.15)
    assert difference.p_worse == pytest.approx(1 / 8, abs=0.01)
    assert difference.p == pytest.approx(1 / 4, abs=0.01)
    back = paired_difference(old, new)
    assert back.p_worse == pytest.approx(1.0)


def test_equal_runs_differ_by_nothing() -> None:
    difference = paired_difference([1.0, 0.5], [1.0, 0.5])
    assert (difference.mean, difference.low, difference.high) == (0, 0, 0)
    assert difference.p == difference.p_worse == 1
    assert paired_difference([], []).n == 0
    # One run was written with six digits and read again.
    exact = np.full(40, 2 / 3)
    assert paired_difference(exact, np.round(exact, 6)).p == 1


def test_a_large_drop_is_not_chance() -> None:
    old = np.ones(100)
    new = np.where(np.arange(100) < 12, 0.0, 1.0)
    assert paired_difference(new, old).p_worse < 0.001
