"""Fit the confidence of a reader, and say how good it is.

    python -m qa_bot.reading.calibrate
    python -m qa_bot.reading.calibrate --reader my-model-folder --data mine.jsonl

Every question takes the whole path of the product: understood, retrieved, read, compared. A file
that brings paragraphs (SQuAD) is asked about those paragraphs, any other about the corpus; of a
file with splits only "dev" is used. What was asked is kept, so a run that was stopped goes on.
Figures are cross-validated: each question is judged by numbers fitted without its fold. The numbers
that are kept are then fitted on all questions.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.errors import QABotError
from qa_bot.evaluation.abstention import aurc, ece, reliability, risk_coverage
from qa_bot.evaluation.plots import reliability_diagram, risk_coverage_curve
from qa_bot.evaluation.text_metrics import best_threshold
from qa_bot.reading.calibration import DEFAULT_ANSWER_AT, FILE, Calibration
from qa_bot.reading.cascade import MARGIN, Cascade
from qa_bot.reading.loading import load_reader
from qa_bot.reading.outcomes import Outcome, ask_all, default_kept
from qa_bot.settings import load_settings

DATA = (Path("../shared/data/dev/squad2.jsonl.gz"), Path("eval/speeches.jsonl"))
FOLDS = 5
COVERAGES = (0.25, 0.5, 0.75, 1.0)
THRESHOLDS = tuple(round(0.01 * step, 2) for step in range(1, 100))
SMOOTHED = 0.05  # on either side of a threshold
ENOUGH = 20  # questions


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


def best_answer_at(outcomes: Sequence[Outcome], sure: Sequence[float]) -> float | None:
    """The least confidence to answer at that gives the most right decisions; None: too few to say.

    A decision is right when an answerable question is answered rightly, or another one declined.
    Each file weighs the same; one with fewer than `ENOUGH` questions of either sort has no say. The
    share of right decisions jumps by chance from one threshold to the next, so its mean over those
    around each is compared (`SMOOTHED`); of equals the least is taken.
    """
    least = np.asarray(THRESHOLDS)
    near = np.abs(least[:, None] - least[None, :]) < SMOOTHED + 1e-9
    shares = []
    for _, own, own_sure in by_file(outcomes, sure):
        answerable = np.array([o.answerable for o in own])
        if min(answerable.sum(), (~answerable).sum()) < ENOUGH:
            continue
        right = np.array([bool(o.right and o.right[0]) for o in own])
        answered = np.array(own_sure) >= least[:, None]  # (thresholds, questions)
        shares.append(np.where(answerable, answered & right, ~answered).mean(axis=1))
    if not shares:
        return None
    smooth = near @ np.mean(shares, axis=0) / near.sum(axis=1)
    return float(least[np.argmax(smooth.round(9))])


def report(outcomes: Sequence[Outcome], sure: Sequence[float]) -> dict[str, Any]:
    """Figures of confidences (one a question); fractions in 0..1."""
    shown = [o.f1[0] if o.f1 else 0.0 for o in outcomes]
    right = [float(o.right[0]) if o.right else 0.0 for o in outcomes]
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
        right = [float(bool(o.right and o.right[0])) for o in own]
        unfitted = [confidence(o, Calibration()) for o in own]
        made[kind] = report(own, own_sure) | {"ece_unfitted": round(ece(unfitted, right), 4)}
    return made


def plots(
    outcomes: Sequence[Outcome], sure: Sequence[float], answer_at: float, folder: Path
) -> list[Path]:
    """A reliability diagram and a risk-coverage curve (SVG) of each file.

    The curve's mark is the share of questions answered from `answer_at` on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, own, own_sure in by_file(outcomes, sure):
        right = [float(bool(o.right and o.right[0])) for o in own]
        coverage, risk = risk_coverage(own_sure, [1 - r for r in right])
        answered = sum(s >= answer_at for s in own_sure) / len(own)
        drawn = {
            "reliability": reliability_diagram(reliability(own_sure, right)),
            "risk-coverage": risk_coverage_curve(
                list(zip(coverage.tolist(), risk.tolist(), strict=True)), answered
            ),
        }
        for name, diagram in drawn.items():
            path = folder / f"{name}-{kind.split('.')[0]}.svg"
            path.write_text(standalone(diagram), encoding="utf-8")
            written.append(path)
    return written


def standalone(diagram: str) -> str:
    """A plot of the report page as a file of its own: with the name space and plain colours."""
    style = (
        "<style>svg{background:#fff;font:11px system-ui,sans-serif}"
        "text{fill:#333}line,.grid{stroke:#ddd}polyline,path{fill:none;stroke:#1f5fa8;"
        "stroke-width:1.5}.ideal{stroke:#999;stroke-dasharray:4 3}circle{fill:#1f5fa8}</style>"
    )
    opened = diagram.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    end = opened.index(">") + 1
    return opened[:end] + style + opened[end:] + "\n"


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m qa_bot.reading.calibrate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = " and ".join(map(str, DATA))
    parser.add_argument(
        "--data", type=Path, action="append", help=f"a test set; may be repeated; default: {names}"
    )
    parser.add_argument("--reader", help="'small' or a model folder")
    parser.add_argument("--second-reader", help="fit the two readers together (docs/reading.md)")
    parser.add_argument("--questions", type=int, default=400, help="most questions of each file")
    parser.add_argument("--minutes", type=float, default=10, help="stop asking after so long")
    parser.add_argument("--kept", type=Path, help="folder for what was asked; default: the cache")
    parser.add_argument(
        "--plots", type=Path, help="folder for reliability diagrams and risk-coverage curves (SVG)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        help="default: the setting calibration, else a file beside the (second) reader's weights",
    )
    given = parser.parse_args(arguments)
    try:
        settings = load_settings(
            reader=given.reader, second_reader=given.second_reader, answer_at=0.5
        )
        # The file to be written may be missing yet, or belong to other weights.
        reader = load_reader(settings.model_copy(update={"calibration": ""}))
        named = Path(settings.calibration) if settings.calibration else None
        output = given.output or named or reader.calibration_file
        if output is None:
            parser.error(
                "a reader from a model hub has no folder: give --output FILE, and set the "
                "bot's calibration to FILE"
            )
        output = output.expanduser()
        if output.is_dir():
            output = output / (reader.calibration_file or Path(FILE)).name
        if not output.parent.is_dir():
            parser.error(f"there is no folder {output.parent} to write {output.name} into")
        if not os.access(output.parent, os.W_OK):
            parser.error(
                f"nothing can be written into {output.parent}: give --output FILE, and set the "
                "bot's calibration to FILE"
            )
        outcomes = ask_all(
            given.data or DATA,
            reader,
            settings,
            given.kept or default_kept(),
            given.questions,
            60 * given.minutes,
        )
        sure = cross_validated(outcomes)
        calibration = fit(outcomes)
    except (QABotError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return getattr(error, "exit_code", 1)
    provenance = {
        "reader": reader.name,
        "reader_fingerprint": reader.fingerprint,
        "candidates": settings.candidates,
        "fitted_on_questions": len(outcomes),
        "folds": FOLDS,
        "cross_validated": figures(outcomes, sure),
    }
    if isinstance(reader, Cascade):
        provenance["first_fingerprint"] = reader.first.fingerprint
        provenance["second_passages"] = reader.passages
        provenance["margin"] = MARGIN
    least = best_answer_at(outcomes, sure)
    why = "most right decisions" if least is not None else "too few questions to choose it"
    least = DEFAULT_ANSWER_AT if least is None else least
    replace(calibration, answer_at=least, provenance=provenance).save(output)
    sys.stdout.write(
        f"{json.dumps(provenance, indent=2)}\n"
        f"Answers when at least {least:.2f} sure ({why}), unless answer_at is set.\n"
        f"Written: {output}\n"
    )
    for path in plots(outcomes, sure, least, given.plots) if given.plots else []:
        sys.stdout.write(f"Written: {path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
