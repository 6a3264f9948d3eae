"""How a confidence does on a collection that it was not fitted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from qa_bot.calibration.data import Outcome
from qa_bot.calibration.fitting import best_min_confidence, confidence, fit, perfect_ece
from qa_bot.evaluation.abstention import aurc, ece
from qa_bot.reading.confidence import DEFAULT_MIN_CONFIDENCE, Calibration

Fit = Callable[[Sequence[Outcome]], Calibration]


def leave_one_out(
    outcomes: Sequence[Outcome], collection: Mapping[str, str], made: Fit = fit
) -> dict[str, dict[str, Any]]:
    """Figures of each collection by a confidence, and a threshold, fitted on the others.

    Args:
        outcomes: of several files, named by their `kind`.
        collection: which collection a file is about, where that is not its own name.
        made: fits a confidence.
    """
    of = [collection.get(o.kind, o.kind) for o in outcomes]
    figures = {}
    for name in dict.fromkeys(of):
        others = [o for o, own in zip(outcomes, of, strict=True) if own != name]
        own = [o for o, its in zip(outcomes, of, strict=True) if its == name]
        if not others:
            continue
        calibration = made(others)
        chosen = best_min_confidence(others, [confidence(o, calibration) for o in others])
        min_confidence = DEFAULT_MIN_CONFIDENCE if chosen is None else chosen
        figures[name] = at_threshold(own, [confidence(o, calibration) for o in own], min_confidence)
    return figures


def at_threshold(
    outcomes: Sequence[Outcome], sure: Sequence[float], min_confidence: float
) -> dict[str, Any]:
    """Calibration error, order, and what is answered and declined from `min_confidence` on."""
    right = np.array([o.first_right for o in outcomes])
    answerable = np.array([o.answerable for o in outcomes])
    answered = np.array(sure) >= min_confidence
    losses = [1.0 - r for r in right.astype(float)]
    return {
        "questions": len(outcomes),
        "ece": round(ece(list(sure), [1 - loss for loss in losses]), 4),
        "ece_of_a_perfect_one": round(perfect_ece(sure), 4),
        "aurc": round(aurc(list(sure), losses), 4),
        "min_confidence": min_confidence,
        "best_is_right": _share(right, answerable),
        "right": _share(right & answered, answerable),
        "declined": _share(~answered, ~answerable),
    }


def _share(what: np.ndarray, of: np.ndarray) -> float | None:
    return round(float(what[of].mean()), 4) if of.any() else None
