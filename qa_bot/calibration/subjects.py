"""Fit how likely a sentence is about a subject: ``python -m qa_bot.calibration.subjects``.

    python -m qa_bot.calibration.subjects --collection eval/users/speeches.jsonl=corpus,index \
        --collection eval/users/sotu.jsonl=models/sotu,models/sotu-index

Of each row of people that asks what was said about something, the best sentence is taken to be
about it; and of speeches that hold none of the subject's words, none is. The ranking stays as it is
(``weights`` in ``retrieval/evidence.json``): only the probability is fitted, once with each
collection left out, for the figures, and on all of them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from qa_bot.answering.kinds.base import TOPICAL
from qa_bot.answering.kinds.evidence import LEAST
from qa_bot.bot import QABot
from qa_bot.retrieval.evidence import HITS, WEIGHTS, EvidenceRanker, content
from qa_bot.schema import Filters
from qa_bot.text.stems import words
from qa_bot.understanding.sides import subject

Asked = Sequence[tuple[str, Filters]]  # questions, and the speeches that hold what is asked

STRENGTH = 100.0  # inverse of the regularisation
OTHERS = 3  # speeches that hold none of a subject's words, for each subject and collection
SEED = 1


@dataclass(frozen=True, slots=True)
class Example:
    """The score of the best sentence on a subject, and whether it is about it."""

    collection: str
    score: float
    about: bool


def questions(path: Path) -> Iterator[tuple[str, Filters]]:
    """What people ask about a subject and where it stands, of a file of their rows.

    Those with a history are left out, and those about no speech.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["intent"] in TOPICAL and not row.get("history") and row.get("docs"):
            yield row["question"], Filters(documents=tuple(row["docs"]))


def examples(bots: Mapping[str, QABot], asked: Mapping[str, Asked]) -> Iterator[Example]:
    """Of each question of a collection, and of each subject in speeches that do not hold it."""
    chance = random.Random(SEED)
    stems = {
        (name, document.id): set(words(document.text))
        for name, bot in bots.items()
        for document in bot.index.documents.values()
    }
    score = {
        name: partial(best, bot, EvidenceRanker(bot.index, bot.retriever.embedder))
        for name, bot in bots.items()
    }
    for name, texts in asked.items():
        for question, filters in texts:
            yield Example(name, score[name](question, filters), True)
            wanted = set(content(subject(question)))
            for other in bots:
                without = [d for at, d in stems if at == other and not wanted & stems[at, d]]
                for document in chance.sample(without, min(OTHERS, len(without))):
                    bare = f"What was said about {subject(question)}?"
                    alone = Filters(documents=(document,))
                    yield Example(other, score[other](bare, alone), False)


def best(bot: QABot, ranker: EvidenceRanker, question: str, filters: Filters) -> float:
    """The score of the best sentence on the subject of a question."""
    hits = bot.retriever.search(question, top_k=HITS, filters=filters)
    found = ranker.rank(
        question, hits, subject=subject(question), filters=filters, limit=1, topical=True
    )
    return found[0].score if found else 0.0


def fitted(some: Sequence[Example]) -> tuple[float, float]:
    """Scale and constant of the log-odds."""
    table = np.array([[e.score] for e in some])
    model = LogisticRegression(C=STRENGTH).fit(table, [e.about for e in some])
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def figures(held: Sequence[Example], scale: float, constant: float) -> str:
    """Brier score, and what would be shown rightly and wrongly."""
    odds = scale * np.array([e.score for e in held]) + constant
    chances, about = 1 / (1 + np.exp(-odds)), np.array([e.about for e in held])
    shown = chances >= LEAST
    return (
        f"{about.sum()} about, {(~about).sum()} not; Brier {np.mean((chances - about) ** 2):.3f}; "
        f"shown {shown[about].mean():.3f} and {shown[~about].mean():.3f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure, write. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m qa_bot.calibration.subjects",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--collection",
        action="append",
        required=True,
        metavar="ROWS[,ROWS]=CORPUS,INDEX",
        help="rows of people (docs/evaluation.md) and what they were asked of",
    )
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    given = parser.parse_args(arguments)
    bots: dict[str, QABot] = {}
    asked: dict[str, Asked] = {}
    for text in given.collection:
        files, _, places = text.partition("=")
        corpus, index = places.split(",")
        bots[files] = QABot.open(corpus=corpus, index=index, second_reader="")
        asked[files] = [row for path in files.split(",") for row in questions(Path(path))]
    made = list(examples(bots, asked))
    for name in bots:
        rest = [e for e in made if e.collection != name]
        held = [e for e in made if e.collection == name]
        sys.stdout.write(f"{name}, fitted on the others: {figures(held, *fitted(rest))}\n")
    scale, constant = fitted(made)
    shape = json.loads(given.output.read_text(encoding="utf-8"))
    shape["subject"]["probability"] |= {"score": round(scale, 4), "constant": round(constant, 4)}
    given.output.write_text(json.dumps(shape, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{given.output}: {scale:.2f} × score {constant:+.2f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
