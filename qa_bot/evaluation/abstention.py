"""Metrics of knowing when not to answer: risk and coverage, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
BINS = 10


def risk_coverage(confidence: ArrayLike, loss: ArrayLike) -> tuple[Floats, Floats]:
    """Coverage and risk when only the surest questions are answered.

    Args:
        confidence, loss: one value per question, shape (n,); loss in 0..1.

    Returns:
        (coverage, risk), shape (n,): point i answers the i+1 surest questions; risk is their mean
        loss. Questions of equal confidence have no order: each takes their mean loss, which is what
        a random order would give on average.
    """
    sure = np.asarray(confidence, dtype=np.float64)
    lost = np.asarray(loss, dtype=np.float64)
    _, group = np.unique(-sure, return_inverse=True)
    mean = np.bincount(group, lost) / np.bincount(group)
    ordered = np.sort(group)
    count = np.arange(1, len(lost) + 1)
    return count / max(len(lost), 1), np.cumsum(mean[ordered]) / count


def aurc(confidence: ArrayLike, loss: ArrayLike) -> float:
    """Area under the risk-coverage curve: mean risk over all coverages; lower is better.

    Geifman and El-Yaniv 2017.

    >>> aurc([0.9, 0.8], [0.0, 1.0])
    0.25
    """
    risk = risk_coverage(confidence, loss)[1]
    return float(risk.mean()) if len(risk) else float("nan")


@dataclass(frozen=True)
class Bin:
    """Questions of similar confidence: their number, mean confidence and share answered right."""

    count: int
    confidence: float
    accuracy: float


def reliability(confidence: ArrayLike, right: ArrayLike, bins: int = BINS) -> list[Bin]:
    """Equal-mass bins: questions sorted by confidence and cut into ``bins`` runs of equal size.

    The first runs are one longer when the number does not divide evenly; empty runs are left out.
    """
    sure = np.asarray(confidence, dtype=np.float64)
    outcome = np.asarray(right, dtype=np.float64)
    order = np.argsort(sure, kind="stable")
    return [
        Bin(len(part), float(sure[part].mean()), float(outcome[part].mean()))
        for part in np.array_split(order, bins)
        if len(part)
    ]


def ece(confidence: ArrayLike, right: ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error over equal-mass bins (Naeini et al. 2015; Nguyen, O'Connor 2015).

    The mean over questions of |share right − mean confidence| of its bin.

    >>> round(ece([0.9, 0.9, 0.9, 0.9], [1, 1, 1, 0], bins=1), 6)
    0.15
    """
    made = reliability(confidence, right, bins)
    total = sum(b.count for b in made)
    return _ratio(sum(b.count * abs(b.accuracy - b.confidence) for b in made), total)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
