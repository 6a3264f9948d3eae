"""How much chance there is in a score: bootstrap intervals and paired tests. All seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SEED = 20181008
RESAMPLES = 1000
SWAPS = 10_000
WRITTEN = 1e-6  # a run that was written and read again is rounded to this
_CELLS = 2_000_000  # resampled values held at once


@dataclass(frozen=True)
class Measure:
    """A score with its 95 % bootstrap interval.

    Attributes:
        n: number of questions it is measured on; with 0 the others are NaN.
    """

    value: float
    low: float
    high: float
    n: int


NOTHING = Measure(float("nan"), float("nan"), float("nan"), 0)


def mean_measure(values: ArrayLike) -> Measure:
    """Mean with the percentile bootstrap interval over questions (Efron and Tibshirani 1993).

    Args:
        values: one score per question; NaN where the metric does not apply.
    """
    kept = np.asarray(values, dtype=np.float64)
    kept = kept[~np.isnan(kept)]
    if not len(kept):
        return NOTHING
    return _measure(float(kept.mean()), resampled_means(kept), len(kept))


def statistic_measure(statistic: Callable[[Indices], float], n: int) -> Measure:
    """Any statistic of a set of questions, with its bootstrap interval.

    Args:
        statistic: of the questions with these numbers (0..n-1, some repeated).
        n: number of questions.
    """
    if n == 0:
        return NOTHING
    drawn = np.array([statistic(at) for block in _draws(n) for at in block])
    return _measure(float(statistic(np.arange(n))), drawn, n)


def ratio_measure(part: ArrayLike, whole: ArrayLike) -> Measure:
    """Sum of ``part`` over sum of ``whole``, both one number per question; NaN when that is 0."""
    parts, wholes = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    if not wholes.sum():
        return NOTHING
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample without any of them: NaN
        drawn = [parts[at].sum(1) / wholes[at].sum(1) for at in _draws(len(parts))]
    return _measure(
        float(parts.sum() / wholes.sum()), np.concatenate(drawn), int((wholes != 0).sum())
    )


def percentile_measure(values: ArrayLike, q: float) -> Measure:
    """The ``q``-th percentile of ``values`` with its bootstrap interval."""
    kept = np.asarray(values, dtype=np.float64)
    drawn = np.concatenate([np.percentile(kept[at], q, axis=1) for at in _draws(len(kept))])
    return _measure(float(np.percentile(kept, q)), drawn, len(kept))


def resampled_means(values: Floats, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """Means of ``resamples`` draws with replacement, each as large as ``values``."""
    return np.concatenate([values[at].mean(1) for at in _draws(len(values), resamples, seed)])


def _draws(n: int, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[Indices]:
    """Resampled question numbers, shape (some, n), until there are ``resamples`` rows."""
    rng = np.random.default_rng(seed)
    step = max(1, _CELLS // n)
    for at in range(0, resamples, step):
        yield rng.integers(0, n, (min(step, resamples - at), n))


def _measure(value: float, drawn: Floats, n: int) -> Measure:
    """NaN draws are left out: a resample may hold no question that the statistic is about."""
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (np.nan, np.nan)
    return Measure(value, float(low), float(high), n)


@dataclass(frozen=True)
class Difference:
    """How two runs differ on the same questions.

    Attributes:
        mean: new minus old, with its bootstrap interval ``low``..``high``.
        p: two-sided, how often a difference at least as large arises by chance.
        p_worse: one-sided, how often a drop at least as large arises by chance.
    """

    mean: float
    low: float
    high: float
    p: float
    p_worse: float
    n: int


def paired_difference(
    new: ArrayLike, old: ArrayLike, swaps: int = SWAPS, seed: int = SEED
) -> Difference:
    """Paired permutation (sign-flip) test and bootstrap interval of ``new - old``.

    If the runs were equally good, each question's two scores could as well be swapped: the signs
    of the differences are flipped at random ``swaps`` times. p counts the draw at hand as one of
    them, so it is never 0. Questions where either score is NaN are left out.
    """
    gap = np.asarray(new, dtype=np.float64) - np.asarray(old, dtype=np.float64)
    gap = gap[~np.isnan(gap)]
    gap = np.where(np.abs(gap) < WRITTEN, 0.0, gap)
    if not len(gap):
        return Difference(float("nan"), float("nan"), float("nan"), 1.0, 1.0, 0)
    moved = gap[gap != 0]
    two_sided = worse = 0
    if len(moved):
        rng = np.random.default_rng(seed)
        total, slack = moved.sum(), 1e-9
        step = max(1, _CELLS // len(moved))
        for at in range(0, swaps, step):
            signs = rng.integers(0, 2, (min(step, swaps - at), len(moved))) * 2 - 1
            sums = signs @ moved
            two_sided += int(np.sum(np.abs(sums) >= abs(total) - slack))
            worse += int(np.sum(sums <= total + slack))
    else:
        two_sided = worse = swaps
    low, high = np.percentile(resampled_means(gap, seed=seed), [2.5, 97.5])
    return Difference(
        mean=float(gap.mean()),
        low=float(low),
        high=float(high),
        p=(two_sided + 1) / (swaps + 1),
        p_worse=(worse + 1) / (swaps + 1),
        n=len(gap),
    )
