"""Which passages the second reader should read: how many, and how far below the best one.

    python benchmarks/second_look.py base [--test-set eval/speeches.jsonl] [--split dev]

Every question takes the bot's path up to the first reader (the last time, where it reads twice).
Then the second reader reads each of the six passages that the first one likes best. For every
greatest number and margin the table says how many passages it would have read, F1 of its best span
on answerable questions (against the nearest gold item), and how well its score tells answerable
questions from others (area under ROC). The confidence comes later and needs no second reader here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot import QABot
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.testset import Question
from qa_bot.evaluation.text_metrics import best_over_golds
from qa_bot.reading import Reader, load_reader
from qa_bot.reading.two_stage import best_scores
from qa_bot.schema import Passage, Span
from qa_bot.settings import load_settings

MOST = 6
COUNTS = (1, 2, 3, 4, 6)
MARGINS = (2.0, 4.0, 5.0, 6.0, 8.0, float("inf"))


@dataclass(frozen=True)
class Looked:
    """One question: per liked passage, what the first reader gave it and what the second found."""

    golds: tuple[str, ...]
    first: tuple[float, ...]
    second: tuple[Span | None, ...]

    def read(self, most: int, margin: float) -> list[Span | None]:
        """The second reader's best spans of the passages that it would be given."""
        near = [
            s for f, s in zip(self.first, self.second, strict=True) if f >= self.first[0] - margin
        ]
        return near[:most]


class Listener(Reader):
    """A reader that remembers the last question it was asked, and what it found."""

    def __init__(self, reader: Reader) -> None:
        vars(self).update(vars(reader))
        self.question = ""
        self.found: list[Span] = []

    def read(self, question: str, passages: Sequence[Passage], **more: Any) -> list[Span]:
        """As the reader itself."""
        self.question = question
        self.found = super().read(question, passages, **more | {"limit": 999})
        return self.found[: more.get("limit", 20)]


def golds(question: Question) -> tuple[str, ...]:
    """The words of every item of the answer, each alternative; none: no answer."""
    return tuple(span.text for item in question.answers for span in item)


def look(bot: QABot, second: Reader, questions: Sequence[Question]) -> list[Looked]:
    """Ask all; questions that are answered without reading are left out."""
    listener = Listener(bot.reader)
    bot = bot.with_reader(listener)
    made = []
    for done, question in enumerate(questions, start=1):
        listener.found = []
        bot.ask(question.question, question.history, question.filters)
        best = best_scores(listener.found)
        liked = list(best)[:MOST]
        if liked:
            spans = [second.read(listener.question, [passage], limit=1) for passage in liked]
            scores = tuple(best[passage] for passage in liked)
            made.append(Looked(golds(question), scores, tuple(s[0] if s else None for s in spans)))
        if sys.stderr.isatty() or not done % 20:
            sys.stderr.write(f"\r{done} of {len(questions)} questions ")
    sys.stderr.write("\n")
    return made


def figures(looked: Sequence[Looked], most: int, margin: float) -> tuple[float, float, float]:
    """(passages read a question, F1 of answerable ones, area under ROC of answerable or not)."""
    read, right = [], []
    scores: dict[bool, list[float]] = {True: [], False: []}
    for one in looked:
        spans = one.read(most, margin)
        read.append(len(spans))
        best = max((s for s in spans if s), key=lambda s: s.score, default=None)
        scores[bool(one.golds)].append(best.score if best else -99.0)
        if one.golds:
            right.append(best_over_golds(best.text if best else "", one.golds)[1])
    wins = [(a > b) + (a == b) / 2 for a in scores[True] for b in scores[False]]
    return float(np.mean(read)), 100 * float(np.mean(right)), 100 * float(np.mean(wins))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("second", help="the second reader's folder")
    parser.add_argument("--test-set", type=Path, default=Path("eval/speeches.jsonl"))
    parser.add_argument("--split", default="dev", choices=["dev", "test"])
    given = parser.parse_args()
    chosen = load_test_set(given.test_set).select(given.split)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(index=Path(folder) / "index", second_reader="")
        second = load_reader(settings.model_copy(update={"reader": given.second}))
        bot = QABot.open(settings)
        looked = look(bot, second, resolve(chosen, bot.index.documents).questions)
    print(f"{len(looked)} questions of {given.test_set.name}, {given.split}")
    print("most  margin  passages read  F1 answerable  AUC answerable or not")
    for most in COUNTS:
        for margin in MARGINS:
            read, f1, area = figures(looked, most, margin)
            print(f"{most:4}  {margin:6.0f}  {read:13.2f}  {f1:13.1f}  {area:21.1f}")


if __name__ == "__main__":
    main()
