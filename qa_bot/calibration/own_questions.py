"""Fit the confidence of a reader, and say how good it is.

    python -m qa_bot.calibration
    python -m qa_bot.calibration --reader my-model-folder --data mine.jsonl

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
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qa_bot.calibration.data import Outcome, ask_all
from qa_bot.calibration.fitting import (
    FOLDS,
    best_min_confidence,
    by_file,
    cross_validated,
    figures,
    fit,
)
from qa_bot.errors import QABotError, SettingsError
from qa_bot.evaluation.abstention import reliability, risk_coverage
from qa_bot.evaluation.plots import reliability_diagram, risk_coverage_curve
from qa_bot.reading.confidence import DEFAULT_MIN_CONFIDENCE, FILE
from qa_bot.reading.loading import fitted_under, load_reader
from qa_bot.reading.reader import Reader
from qa_bot.reading.two_stage import MARGIN, TwoStageReader
from qa_bot.settings import Settings, cache_folder, load_settings

DATA = (Path("../shared/data/dev/squad2.jsonl.gz"), Path("eval/speeches.jsonl"))


def plots(
    outcomes: Sequence[Outcome], sure: Sequence[float], min_confidence: float, folder: Path
) -> list[Path]:
    """A reliability diagram and a risk-coverage curve (SVG) of each file.

    The curve's mark is the share of questions answered from `min_confidence` on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, own, own_sure in by_file(outcomes, sure):
        right = [float(o.first_right) for o in own]
        coverage, risk = risk_coverage(own_sure, [1 - r for r in right])
        answered = sum(s >= min_confidence for s in own_sure) / len(own)
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
    given = _parser().parse_args(arguments)
    try:
        settings = load_settings(
            reader=given.reader, second_reader=given.second_reader, min_confidence=0.5
        )
        # The file to be written may be missing yet, or belong to other weights.
        reader = load_reader(settings.model_copy(update={"calibration": ""}))
        output = _output(given.output, reader, settings)
        outcomes = ask_all(
            given.data or DATA,
            reader,
            settings,
            given.kept or cache_folder() / "calibration",
            given.questions,
            60 * given.minutes,
        )
        sys.stdout.write(_calibrate(outcomes, reader, settings, output, given.plots))
    except (QABotError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return getattr(error, "exit_code", 1)
    return 0


def _calibrate(
    outcomes: Sequence[Outcome],
    reader: Reader,
    settings: Settings,
    output: Path,
    plots_folder: Path | None,
) -> str:
    """Fit and write the files; returns what to tell."""
    sure = cross_validated(outcomes)
    chosen = best_min_confidence(outcomes, sure)
    least = DEFAULT_MIN_CONFIDENCE if chosen is None else chosen
    provenance = {
        "reader": reader.name,
        "reader_fingerprint": reader.fingerprint,
        **fitted_under(settings, reader),
        "fitted_on_questions": len(outcomes),
        "folds": FOLDS,
        "cross_validated": figures(outcomes, sure),
    }
    if isinstance(reader, TwoStageReader):
        provenance["first_fingerprint"] = reader.first.fingerprint
        provenance["margin"] = MARGIN
    replace(fit(outcomes), min_confidence=least, provenance=provenance).save(output)
    written = [output, *(plots(outcomes, sure, least, plots_folder) if plots_folder else [])]
    why = "too few questions to choose it" if chosen is None else "most right decisions"
    return (
        f"{json.dumps(provenance, indent=2)}\n"
        f"Answers when at least {least:.2f} sure ({why}), unless min_confidence is set.\n"
        + "".join(f"Written: {path}\n" for path in written)
    )


def _output(given: Path | None, reader: Reader, settings: Settings) -> Path:
    """The file to write, in a folder that is there and may be written to."""
    named = Path(settings.calibration) if settings.calibration else None
    output = given or named or reader.calibration_file
    hint = "Give --output FILE, and set the bot's calibration to FILE."
    if output is None:
        raise SettingsError("A reader from a model hub has no folder to write into.", hint)
    output = output.expanduser()
    if output.is_dir():
        output = output / (reader.calibration_file or Path(FILE)).name
    if not output.parent.is_dir():
        raise SettingsError(
            f"There is no folder {output.parent} to write {output.name} into.", hint
        )
    if not os.access(output.parent, os.W_OK):
        raise SettingsError(f"Nothing can be written into {output.parent}.", hint)
    return output


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m qa_bot.calibration",
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
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
