"""Fitting a confidence to questions whose answers are known, and how good it is.

Figures are cross-validated: each question is judged by numbers fitted without its fold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from qa_bot.calibration.data import Outcome
from qa_bot.evaluation.abstention import aurc, ece, reliability, risk_coverage
from qa_bot.evaluation.text_metrics import best_threshold
from qa_bot.reading.confidence import Calibration

FOLDS = 5
COVERAGES = (0.25, 0.5, 0.75, 1.0)
THRESHOLDS = tuple(round(0.01 * step, 2) for step in range(1, 100))
SMOOTHED = 0.05  # on either side of a threshold
ENOUGH = 20  # questions
TIED = (
    0.01  # of the share of right decisions: less is chance, and who asks would rather be answered
)


def fit(outcomes: Sequence[Outcome]) -> Calibration:
    """Fitted on questions of several files, each file weighing the same."""
    counts = Counter(o.kind for o in outcomes)
    share = len(outcomes) / max(1, len(counts))
    weights = [share / counts[o.kind] for o in outcomes]
    return Calibration.fit(
        [o.table for o in outcomes], [o.right for o in outcomes], weights=weights
    )


def by_file(
    outcomes: Sequence[Outcome], sure: Sequence[float]
) -> Iterator[tuple[str, list[Outcome], list[float]]]:
    """Each file's name, its outcomes and their confidences."""
    for kind in dict.fromkeys(o.kind for o in outcomes):
        own = [(o, s) for o, s in zip(outcomes, sure, strict=True) if o.kind == kind]
        yield kind, [o for o, _ in own], [s for _, s in own]


def cross_validated(outcomes: Sequence[Outcome], folds: int = FOLDS) -> list[float]:
    """The confidence of each question's first span, by numbers fitted without its fold."""
    sure = [0.0] * len(outcomes)
    for fold in range(folds):
        calibration = fit([o for o in outcomes if o.fold % folds != fold])
        for place, outcome in enumerate(outcomes):
            if outcome.fold % folds == fold:
                sure[place] = confidence(outcome, calibration)
    return sure


def confidence(outcome: Outcome, calibration: Calibration) -> float:
    """Of the first span; 0 when there is none."""
    return float(calibration.of_features(outcome.table)[0]) if len(outcome.table) else 0.0


def best_min_confidence(outcomes: Sequence[Outcome], sure: Sequence[float]) -> float | None:
    """The least confidence to answer at that gives the most right decisions; None: too few to say.

    A decision is right when an answerable question is answered rightly, or another one declined;
    the shares of either sort weigh the same, however many questions there are of each. Each file
    weighs the same; one with fewer than `ENOUGH` questions of either sort has no say. The
    share of right decisions jumps by chance from one threshold to the next, so its mean over those
    around each is compared (`SMOOTHED`); of those within `TIED` of the best the least is taken.
    """
    least = np.asarray(THRESHOLDS)
    near = np.abs(least[:, None] - least[None, :]) < SMOOTHED + 1e-9
    shares = []
    for _, own, own_sure in by_file(outcomes, sure):
        answerable = np.array([o.answerable for o in own])
        if min(answerable.sum(), (~answerable).sum()) < ENOUGH:
            continue
        right = np.array([o.first_right for o in own])
        answered = np.array(own_sure) >= least[:, None]  # (thresholds, questions)
        shown = (answered & right)[:, answerable].mean(axis=1)
        declined = (~answered)[:, ~answerable].mean(axis=1)
        shares.append((shown + declined) / 2)
    if not shares:
        return None
    smooth = near @ np.mean(shares, axis=0) / near.sum(axis=1)
    return float(least[np.argmax(smooth >= smooth.max() - TIED)])


def report(outcomes: Sequence[Outcome], sure: Sequence[float]) -> dict[str, Any]:
    """Figures of confidences (one a question); fractions in 0..1."""
    shown = [o.f1[0] if o.f1 else 0.0 for o in outcomes]
    right = [float(o.first_right) for o in outcomes]
    answerable = [o.answerable for o in outcomes]
    coverage, risk = risk_coverage(sure, [1 - r for r in right])
    known = [f for f, yes in zip(shown, answerable, strict=True) if yes]
    best, threshold = best_threshold([float(f >= 0.5) for f in shown], sure, answerable)
    return {
        "questions": len(outcomes),
        "answerable": len(known),
        "f1_answerable": round(float(np.mean(known)), 4) if known else None,
        "ece": round(ece(sure, right), 4),
        "ece_of_a_perfect_one": round(perfect_ece(sure), 4),
        "aurc": round(aurc(sure, [1 - r for r in right]), 4),
        "decided_right_at_best": round(best, 4),
        "best_threshold": round(threshold, 4),
        "wrong_at_coverage": {
            str(c): round(float(risk[max(0, round(c * len(risk)) - 1)]), 4) for c in COVERAGES
        }
        if len(coverage)
        else {},
        "reliability": [
            [b.count, round(b.confidence, 3), round(b.accuracy, 3)]
            for b in reliability(sure, right)
        ],
    }


def perfect_ece(sure: Sequence[float], draws: int = 200) -> float:
    """The calibration error that chance alone gives as few questions, were every confidence true.

    Mean over outcomes drawn with the confidences as their probabilities. No fit can be seen to be
    better than this.
    """
    chances = np.asarray(sure, dtype=np.float64)
    rng = np.random.default_rng(0)
    return float(np.mean([ece(chances, rng.random(len(chances)) < chances) for _ in range(draws)]))


def figures(outcomes: Sequence[Outcome], sure: Sequence[float]) -> dict[str, Any]:
    """`report` for each file, and the expected calibration error of the unfitted default."""
    made = {}
    for kind, own, own_sure in by_file(outcomes, sure):
        right = [float(o.first_right) for o in own]
        unfitted = [confidence(o, Calibration()) for o in own]
        made[kind] = report(own, own_sure) | {"ece_unfitted": round(ece(unfitted, right), 4)}
    return made
