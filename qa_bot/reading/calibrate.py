"""Fit the confidence of a reader, and say how good it is.

    python -m qa_bot.reading.calibrate --data ../shared/data/dev/squad2.jsonl.gz
    python -m qa_bot.reading.calibrate --data questions.jsonl --reader my-model-folder

The data are SQuAD-format JSON lines with unanswerable questions. Their paragraphs are indexed, each
article one document, and every question takes the whole path: retrieved, read, compared. Half of
the articles fit the numbers; the other half, which the fit never sees, are what is reported.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.errors import QABotError
from qa_bot.evaluation.abstention import aurc, ece, reliability
from qa_bot.evaluation.text_metrics import best_over_golds, best_threshold
from qa_bot.reading.calibration import FILE, Calibration, Floats, features
from qa_bot.reading.reader import Reader, load_reader
from qa_bot.settings import Settings, load_settings
from qa_bot.training.data import DataError, Example, load_examples

RIGHT_AT = 0.5  # F1 from which a span counts as answering
SPANS = 5  # spans of each question that are fitted on
DATA = Path("../shared/data/dev/squad2.jsonl.gz")


@dataclass(frozen=True)
class Outcome:
    """One question after the whole path: its spans' features and how good each span is."""

    title: str
    answerable: bool
    table: Floats
    f1: Floats  # (spans,), 0 where there is no answer

    @property
    def right(self) -> list[bool]:
        return [bool(f >= RIGHT_AT) for f in self.f1]


def ask_all(
    examples: Sequence[Example],
    asked: Sequence[Example],
    reader: Reader,
    settings: Settings,
    seconds: float = float("inf"),
) -> list[Outcome]:
    """Index the paragraphs of `examples` in a folder of their own; ask the questions of `asked`.

    Stops asking after `seconds`: what was asked by then is still a fair sample.
    """
    from qa_bot.index import build_index, load_embedder, open_index
    from qa_bot.retrieval import Retriever

    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        settings = settings.model_copy(
            update={"corpus": Path(folder) / "corpus", "index": Path(folder) / "index"}
        )
        _write_articles(examples, settings.corpus)
        embedder = load_embedder(settings)
        build_index(settings, embedder=embedder)
        retriever = Retriever(open_index(settings, embedder=embedder), embedder, settings)
        begun = time.monotonic()
        for done, example in enumerate(asked, start=1):
            hits = retriever.search(example.question, top_k=settings.candidates)
            spans = reader.read(example.question, [hit.passage for hit in hits])
            golds = [answer.text for answer in example.answers]
            f1 = [best_over_golds(span.text, golds)[1] if golds else 0.0 for span in spans]
            table = features(spans, hits)
            outcomes.append(
                Outcome(example.title, bool(golds), table[:SPANS], np.array(f1[:SPANS]))
            )
            spent = time.monotonic() - begun
            if done % 20 == 0:
                left = min(seconds - spent, spent / done * (len(asked) - done))
                sys.stderr.write(f"\r{done} of {len(asked)} questions, {left:.0f} s left ")
                sys.stderr.flush()
            if spent > seconds:
                break
        sys.stderr.write("\n")
    return outcomes


def report(outcomes: Sequence[Outcome], calibration: Calibration) -> dict[str, Any]:
    """Figures on questions that were not fitted on; fractions in 0..1."""
    shown = [float(outcome.f1[0]) if len(outcome.f1) else 0.0 for outcome in outcomes]
    sure = [
        float(calibration.of_features(outcome.table)[0]) if len(outcome.f1) else 0.0
        for outcome in outcomes
    ]
    answerable = [outcome.answerable for outcome in outcomes]
    right = [float(f >= RIGHT_AT) for f in shown]
    best_f1, threshold = best_threshold(shown, sure, answerable)
    known = [i for i, yes in enumerate(answerable) if yes]
    bins = reliability(sure, right)
    return {
        "questions": len(outcomes),
        "answerable": len(known),
        "ece": round(ece(sure, right), 4),
        "aurc": round(aurc(sure, [1 - r for r in right]), 4),
        "f1_answerable": round(float(np.mean([shown[i] for i in known])), 4),
        "f1_all_at_best": round(best_f1, 4),
        "best_threshold": round(threshold, 4),
        "reliability": [[b.count, round(b.confidence, 3), round(b.accuracy, 3)] for b in bins],
    }


def _write_articles(examples: Sequence[Example], folder: Path) -> None:
    """One text file an article, its paragraphs in the order in which questions ask about them."""
    folder.mkdir(parents=True)
    articles: dict[str, dict[str, None]] = {}
    for example in examples:
        articles.setdefault(example.title, {})[example.context] = None
    for number, paragraphs in enumerate(articles.values()):
        text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
        (folder / f"article-{number:05d}.txt").write_text(text, encoding="utf-8")


def _halves(titles: Sequence[str]) -> tuple[set[str], set[str]]:
    """Articles to fit on and to report on: by the hash of their title, so always the same."""
    ordered = sorted(set(titles), key=lambda t: hashlib.sha256(t.encode()).hexdigest())
    return set(ordered[::2]), set(ordered[1::2])


def _sample(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    drawn = list(examples)
    random.Random(seed).shuffle(drawn)
    return drawn[:count] if count else drawn


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m qa_bot.reading.calibrate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=DATA, help=f"default: {DATA}")
    parser.add_argument("--reader", help="'small' or a model folder")
    parser.add_argument("--questions", type=int, default=800, help="most questions asked")
    parser.add_argument("--minutes", type=float, default=4.5, help="stop asking after so long")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="default: calibration.json beside the weights")
    given = parser.parse_args(arguments)
    try:
        settings = load_settings(reader=given.reader)
        examples = load_examples(given.data)
        asked = _sample(examples, given.questions, given.seed)
        reader = load_reader(settings)
        output = given.output or reader.folder
        if output is None:
            parser.error("a reader from a model hub has no folder: give --output")
        if output.is_dir():
            output = output / FILE
        fit_titles, report_titles = _halves([example.title for example in examples])
        outcomes = ask_all(examples, asked, reader, settings, 60 * given.minutes)
        fitted_on = [o for o in outcomes if o.title in fit_titles]
        held_out = [o for o in outcomes if o.title in report_titles]
        calibration = Calibration.fit([o.table for o in fitted_on], [o.right for o in fitted_on])
    except (QABotError, DataError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return getattr(error, "exit_code", 1)
    figures = report(held_out, calibration)
    provenance = {
        "reader": reader.name,
        "reader_fingerprint": reader.fingerprint,
        "data": given.data.name,
        "candidates": settings.candidates,
        "fitted_on_questions": len(fitted_on),
        "held_out": figures,
        "held_out_default": report(held_out, Calibration()),
    }
    Calibration(**{**vars(calibration), "provenance": provenance}).save(output)
    sys.stdout.write(json.dumps(provenance, indent=2) + f"\nWritten: {output}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
