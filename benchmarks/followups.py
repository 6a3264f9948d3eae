"""What follow-up questions refer to: closeness to human rewrites, retrieval, and answers.

Two measurements, each for no rewriting, concatenation, our rewriting and the human's:

    python benchmarks/followups.py rewrites FILE.jsonl.gz [--sample 400] [--no-retrieval]
    python benchmarks/followups.py answers [eval/conversations/followups.jsonl] [--split test]

``rewrites`` reads rows of {"history", "question", "rewrite"}. Closeness: F1 of the content words
that a rewrite adds to the question (1 when neither the human nor the method adds any), ROUGE-1 and
ROUGE-L as F1, and the share of rewrites that are the human's word for word. Retrieval: the
collection is the answers in the histories, each under the title of its conversation where the file
has one; a method's ten best passages are compared with those of the human rewrite, and where the
file holds the answer that followed, so is its rank. ``answers`` asks the bot over the two speeches.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np

from qa_bot.evaluation.intervals import mean_measure, paired_difference
from qa_bot.evaluation.text_metrics import best_over_golds, f1, normalise
from qa_bot.text.cleaning import clean
from qa_bot.text.lexicon import STOP_WORDS
from qa_bot.understanding.followups import complete

Turns = tuple[tuple[str, str], ...]
TOP = 10
MOST = 1000  # characters of a question, as in the settings


@dataclass(frozen=True)
class Row:
    """A question in its conversation; ``answer`` is what followed, where the file holds it."""

    question: str
    history: Turns
    rewrite: str
    title: str = ""
    answer: str = ""


def nothing(row: Row) -> str:
    return row.question


def last_turn(row: Row) -> str:
    """The last question and answer, then the question."""
    earlier = " ".join(row.history[-1]) if row.history else ""
    return f"{earlier[: MOST - len(row.question) - 1]} {row.question}".strip()


def all_questions(row: Row) -> str:
    """All questions of the conversation, in order."""
    return " ".join([q for q, _ in row.history] + [row.question])[-MOST:]


def ours(row: Row) -> str:
    return complete(row.question, row.history).question[:MOST]


def human(row: Row) -> str:
    return row.rewrite


METHODS: dict[str, Callable[[Row], str]] = {
    "no rewriting": nothing,
    "last turn + question": last_turn,
    "all questions": all_questions,
    "ours": ours,
    "human": human,
}


def read(path: Path) -> list[Row]:
    """The rows of a file of rewrites."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    answers = {}  # (conversation, number of turns) -> the answer that was given then
    for row in rows:
        if row["source"].endswith("canard"):
            for at in range(3, len(row["history"]), 2):
                answers[row["id"].rsplit("_", 1)[0], at - 1] = row["history"][at]
    return [_row(row, answers) for row in rows]


def _row(row: dict, answers: dict[tuple[str, int], str]) -> Row:  # type: ignore[type-arg]
    """CANARD's histories open with title and section, then alternate like newer CAsT ones."""
    texts = row["history"]
    if row["source"].endswith("canard"):
        turns = tuple(zip(texts[::2], texts[1::2], strict=True))
        key = row["id"].rsplit("_", 1)[0], len(texts)
        return Row(
            row["question"], turns, row["rewrite"], ", ".join(texts[:2]), answers.get(key, "")
        )
    if row["id"][:4] in ("2021", "2022"):
        return Row(
            row["question"], tuple(zip(texts[::2], texts[1::2], strict=False)), row["rewrite"]
        )
    return Row(row["question"], tuple((text, "") for text in texts), row["rewrite"])


def added(rewrite: str, question: str) -> set[str]:
    """Content words of ``rewrite`` that ``question`` does not have."""
    found = set(normalise(rewrite.replace("’", "'").replace("'s", "")).split())
    return found - set(normalise(question.replace("'s", "")).split()) - STOP_WORDS


def added_f1(rewrite: str, wanted: str, question: str) -> float:
    ours_, gold = added(rewrite, question), added(wanted, question)
    if not ours_ or not gold:
        return float(ours_ == gold)
    return 2 * len(ours_ & gold) / (len(ours_) + len(gold))


def rouge_l(rewrite: str, wanted: str) -> float:
    """F1 of the longest common subsequence of words (Lin 2004)."""
    a, b = (re.findall(r"\w+", text.casefold()) for text in (rewrite, wanted))
    best = [0] * (len(b) + 1)
    for word in a:
        diagonal = 0
        for at, other in enumerate(b, 1):
            above = best[at]
            best[at] = diagonal + 1 if word == other else max(above, best[at - 1])
            diagonal = above
    return 2 * best[-1] / (len(a) + len(b)) if a and b else float(a == b)


def show(name: str, scores: Sequence[Sequence[float]]) -> None:
    """One line: the mean of each metric, times 100, with its 95 % bootstrap interval."""
    cells = []
    for values in scores:
        m = mean_measure(values)
        cells.append(f"{100 * m.value:5.1f} ({100 * m.low:.0f}–{100 * m.high:.0f})")
    print(f"| {name:<20} | " + " | ".join(f"{cell:<14}" for cell in cells) + " |", flush=True)


def heading(*names: str) -> None:
    print("\n| " + " | ".join(names) + " |\n|" + " --- |" * len(names))


def closeness(rows: Sequence[Row], rewrites: dict[str, list[str]]) -> None:
    heading("rewriting", "added words F1", "ROUGE-1", "ROUGE-L", "word for word")
    for name, texts in rewrites.items():
        pairs = list(zip(texts, rows, strict=True))
        show(
            name,
            [
                [added_f1(text, row.rewrite, row.question) for text, row in pairs],
                [f1(text, row.rewrite) for text, row in pairs],
                [rouge_l(text, row.rewrite) for text, row in pairs],
                [float(normalise(text) == normalise(row.rewrite)) for text, row in pairs],
            ],
        )
    kept = [
        (t, r)
        for t, r in zip(rewrites["ours"], rows, strict=True)
        if not added(r.rewrite, r.question)
    ]
    touched = sum(bool(added(text, row.question)) for text, row in kept)
    print(f"\nleft alone by the human: {len(kept)}; of these ours added words to {touched}")


def retrieval(
    rows: Sequence[Row], everything: Sequence[Row], rewrites: dict[str, list[str]]
) -> None:
    from qa_bot.index import load_embedder
    from qa_bot.index.stores.bm25 import Bm25Store
    from qa_bot.index.stores.flat import FlatStore
    from qa_bot.retrieval.fusion import minmax
    from qa_bot.retrieval.retriever import POOL, find
    from qa_bot.settings import load_settings

    texts: dict[str, int] = {}
    for row in everything:
        said = [a for _, a in (row.history[1:] if row.title else row.history)] + [row.answer]
        for answer in filter(None, said):
            texts.setdefault(f"{row.title}: {answer}" if row.title else answer, len(texts))
    embedder = load_embedder(load_settings(passage_tokens=480))
    passages = list(texts)
    dense = FlatStore.build(embedder.encode_passages(passages))
    sparse = Bm25Store.build([clean(text).text for text in passages])
    print(f"\n{len(passages)} passages")

    asked = list(dict.fromkeys(text for texts_ in rewrites.values() for text in texts_))
    vectors = dict(zip(asked, embedder.encode_questions(asked), strict=True))

    def best(text: str) -> list[int]:
        found, meaning, words = find(dense, sparse, vectors[text], clean(text).text, POOL)
        return list(found[np.argsort(-minmax(meaning, words), kind="stable")])

    wanted = [best(row.rewrite) for row in rows]
    heading(
        "rewriting", "of the human's ten best", "same best", "answer in 1", "answer in 5", "1/rank"
    )
    for name, rewritten in rewrites.items():
        overlap, same, ranks = [], [], []
        for text, gold, row in zip(rewritten, wanted, rows, strict=True):
            order = gold if text == row.rewrite else best(text)
            overlap.append(len(set(order[:TOP]) & set(gold[:TOP])) / min(TOP, len(gold)))
            same.append(float(order[0] == gold[0]))
            if row.answer:
                right = texts[f"{row.title}: {row.answer}"]
                ranks.append(order.index(right) + 1 if right in order else np.inf)
        place = np.array(ranks)
        show(name, [overlap, same, place <= 1, place <= 5, 1 / place])


def rewrites_command(given: argparse.Namespace) -> None:
    rows = everything = read(given.file)
    if given.sample and given.sample < len(rows):
        rows = [rows[i] for i in np.linspace(0, len(rows) - 1, given.sample).astype(int)]
    began = time.perf_counter()
    made = {name: [method(row) for row in rows] for name, method in METHODS.items()}
    seconds = time.perf_counter() - began
    print(f"{given.file.name}: {len(rows)} rows; {1000 * seconds / len(rows):.2f} ms a row")
    closeness(rows, made)
    if given.show:
        for row, text in list(zip(rows, made["ours"], strict=True))[:: len(rows) // given.show]:
            print(
                f"\n{row.history[-2:]}\n  {row.question}\n  ours:  {text}\n  human: {row.rewrite}"
            )
    if not given.no_retrieval:
        retrieval(rows, everything, made)


def answers_command(given: argparse.Namespace) -> None:
    from qa_bot import QABot
    from qa_bot.evaluation.importers import load_test_set

    questions = load_test_set(given.file).select(given.split).questions
    bot = QABot.open()
    ask = lru_cache(maxsize=None)(bot.ask)  # many rewrites are alike
    scores: dict[str, list[tuple[float, ...]]] = {}
    kinds = sorted({q.type for q in questions})
    chosen = {name: METHODS[name] for name in given.only or METHODS}
    for name, method in chosen.items():
        for q in questions:
            row = Row(q.question, q.history, q.notes.removeprefix("rewrite: "))
            text = method(row)
            answer = ask(text)
            _, score = best_over_golds(answer.text, [span.text for span in q.answers[0]])
            gold = q.answers[0]
            held = any(
                hit.document.id == g.document and hit.start <= g.start and g.end <= hit.end
                for hit in answer.passages
                for g in gold
            )
            scores.setdefault(name, []).append(
                (float(answer.found), score, float(score >= 0.5), float(held))
            )
            if given.show and name == "ours":
                mark = "right" if score >= 0.5 else "     "
                print(f"{mark} [{q.type}] {q.question} -> {text} -> {answer.text[:70]!r}")
    print(f"\n{given.file.name}, split {given.split}: {len(questions)} questions")
    heading("rewriting", "something found", "F1", "right (F1 ≥ 50)", "gold in 5 passages")
    for name, values in scores.items():
        show(name, list(zip(*values, strict=True)))
    for other in [name for name in chosen if name != "ours" and "ours" in chosen]:
        gap = paired_difference([v[1] for v in scores["ours"]], [v[1] for v in scores[other]])
        print(
            f"ours − {other}: F1 {100 * gap.mean:+.1f} "
            f"({100 * gap.low:+.0f} to {100 * gap.high:+.0f}), p = {gap.p:.3f}"
        )
    print("\nright, of each kind:")
    heading("kind", "n", *chosen)
    for kind in kinds:
        at = [i for i, q in enumerate(questions) if q.type == kind]
        cells = [str(sum(int(scores[name][i][2]) for i in at)) for name in chosen]
        print(f"| {kind} | {len(at)} | " + " | ".join(cells) + " |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    part = commands.add_parser("rewrites", help="closeness and retrieval on a file of rewrites")
    part.add_argument("file", type=Path)
    part.add_argument("--sample", type=int, help="so many rows, evenly spaced")
    part.add_argument("--no-retrieval", action="store_true")
    part.add_argument("--show", type=int, default=0, metavar="N", help="print N rewrites")
    part.set_defaults(run=rewrites_command)
    part = commands.add_parser("answers", help="ask the bot the follow-ups over the two speeches")
    part.add_argument(
        "file", type=Path, nargs="?", default=Path("eval/conversations/followups.jsonl")
    )
    part.add_argument("--split", choices=["dev", "test", "all"], default="all")
    part.add_argument("--show", action="store_true", help="print each question and answer")
    part.add_argument("--only", nargs="*", choices=list(METHODS), help="only these rewritings")
    part.set_defaults(run=answers_command)
    given = parser.parse_args()
    given.run(given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
