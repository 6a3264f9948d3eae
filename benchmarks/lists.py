"""Answers of several spans: the official MultiSpanQA scores of one span and of several.

    python benchmarks/lists.py
    python benchmarks/lists.py --questions 100 --reader my-model-folder

Scores are those of the data set's own evaluation script (Li et al., NAACL 2022, repository
haonan-li/MultiSpanQA): exact-match F1 over all spans of all questions, and partial F1 from the
longest common substring with the best counterpart. Every question there wants several spans, so
"several spans" treats each as a list question; "as the bot answers" only those whose form asks for
a list. The settings of reading/lists.py were chosen on the first half (by the hash of the
question's id); the second half is what to look at. Only measured, never trained on; but a reader
trained before the mixture kept out the questions of all dev files has seen 36 of the 334 questions,
with QED's passages.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from qa_bot_training.data import load_examples

from qa_bot.evaluation.text_metrics import normalise
from qa_bot.reading import is_list_question, load_reader, several
from qa_bot.schema import Passage
from qa_bot.settings import Settings

DATA = Path("../shared/data/dev/multispanqa.jsonl.gz")
PUBLIC = "BERT-base trained for it: 59.3 / 76.1 (published, on the whole validation set)"


def half(name: str) -> int:
    """0: looked at when choosing; 1: for reporting only."""
    return hashlib.sha256(f"half{name}".encode()).digest()[0] % 2


def multi_span_scores(
    found: Sequence[Sequence[str]], golds: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Exact-match F1 and partial F1 over all spans of all questions, in per cent.

    Partial: the longest common substring with the best counterpart, as a share of the predicted
    span (precision) and of the gold span (recall).
    """
    exact = predicted = wanted = 0
    overlap_found = overlap_gold = 0.0
    for texts, gold in zip(found, golds, strict=True):
        a = sorted({normalise(t) for t in texts} - {""})
        b = sorted({normalise(t) for t in gold} - {""})
        predicted, wanted = predicted + max(len(a), 1), wanted + max(len(b), 1)
        exact += len(set(a) & set(b))
        if a and b:
            common = np.array([[longest_common(y, x) for y in b] for x in a], dtype=float)
            overlap_found += float((common.max(axis=1) / [len(x) for x in a]).sum())
            overlap_gold += float((common.max(axis=0) / [len(y) for y in b]).sum())
    return {
        "em_f1": round(100 * harmonic(exact / predicted, exact / wanted), 1),
        "partial_f1": round(100 * harmonic(overlap_found / predicted, overlap_gold / wanted), 1),
        "spans_per_question": round(predicted / max(1, len(found)), 2),
    }


def longest_common(gold: str, found: str) -> int:
    """Characters of the longest common substring, as the official script finds it."""
    return SequenceMatcher(None, gold, found).find_longest_match().size


def harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--reader", default="small", help="'small' or a model folder")
    parser.add_argument("--questions", type=int, default=0, help="at most so many; 0: all")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    reader = load_reader(Settings(reader=given.reader, second_reader=""))
    examples = sorted(load_examples(DATA), key=lambda e: hashlib.sha256(e.id.encode()).hexdigest())
    examples = examples[: given.questions or len(examples)]
    names = ("one span", "several spans", "as the bot answers")
    ways: dict[str, list[list[str]]] = {name: [] for name in names}
    for number, example in enumerate(examples, start=1):
        passage = Passage(example.id, 0, len(example.context), example.context)
        spans = reader.read(example.question, [passage])
        one = [spans[0].text] if spans else []
        many = [span.text for span, _ in several(spans)]
        ways["one span"].append(one)
        ways["several spans"].append(many)
        ways["as the bot answers"].append(many if is_list_question(example.question) else one)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {len(examples)} ")
    golds = [[answer.text for answer in example.answers] for example in examples]
    parts = {"chosen on": 0, "held out": 1, "all": None}
    made: dict[str, dict[str, dict[str, float]]] = {}
    for name, which in parts.items():
        places = [i for i, e in enumerate(examples) if which is None or half(e.id) == which]
        made[f"{name}, {len(places)} questions"] = {
            way: multi_span_scores([found[i] for i in places], [golds[i] for i in places])
            for way, found in ways.items()
        }
    if given.json:
        print(json.dumps(made))
        return
    for name, rows in made.items():
        print(name)
        for way, scores in rows.items():
            print(
                f"  {way:20} {scores['em_f1']:5.1f} / {scores['partial_f1']:5.1f}"
                f"   {scores['spans_per_question']:.2f} spans a question"
            )
    print(PUBLIC)


if __name__ == "__main__":
    main()
