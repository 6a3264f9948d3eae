"""What typing mistakes cost, with and without the spelling of the speeches.

Each answerable question of a split of ``eval/speeches.jsonl`` that stands by itself is asked as it
is, and with one slip of the fingers in one of its longer words (a letter lost, doubled, replaced by
its neighbour on the keyboard, or exchanged with the next), as typed and respelled. Then the
questions of SQuAD 2.0, which are about other things, are only respelled, to see how many correct
words are taken for mistakes: they are no words of the speeches, and none of them needs it.

    python benchmarks/typos.py                  dev, one slip
    python benchmarks/typos.py --slips 2 --split test
"""

from __future__ import annotations

import argparse
import random
import re
import time
from pathlib import Path
from statistics import mean

from qa_bot import QABot
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.scoring import candidate_scores

ROOT = Path(__file__).parent.parent
OTHERS = ROOT.parent / "shared" / "data" / "dev" / "squad2.jsonl.gz"
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONG = re.compile(r"\b[A-Za-z]*[a-z][A-Za-z]{4,}\b")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--split", default="dev")
    parser.add_argument("--slips", type=int, default=1, help="words of each question with a slip")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    bot = QABot.open(corpus=ROOT / "corpus")
    test_set = load_test_set(ROOT / "eval" / "speeches.jsonl").select(args.split)
    questions = [
        q
        for q in resolve(test_set, bot.index.documents).questions
        if q.answerable and not q.history
    ]
    rng = random.Random(args.seed)
    rows: dict[str, list[tuple[float, float]]] = {}
    mended = 0
    for question in questions:
        typed = with_slips(question.question, args.slips, rng)
        mended += bot.spelling.respelled(typed) == question.question
        for name, text, rewrite in (
            ("as it should be", question.question, True),
            ("with a slip, as typed", typed, False),
            ("with a slip, respelled", typed, True),
        ):
            answer = bot.ask(text, filters=question.filters, rewrite=rewrite)
            scores = candidate_scores(answer, question)
            f1 = scores["candidate_f1"] if answer.found else 0.0
            rows.setdefault(name, []).append((f1, float(answer.found)))
    print(f"{len(questions)} answerable questions of {args.split}; {mended} mended exactly")
    print(f"{'':24} {'F1':>6} {'found':>6}")
    for name, scored in rows.items():
        f1, found = (100 * mean(values) for values in zip(*scored, strict=True))
        print(f"{name:24} {f1:6.1f} {found:6.1f}")
    if OTHERS.is_file():
        others = [q.question for q in load_test_set(OTHERS).questions]
        began = time.perf_counter()
        wrong = [q for q in others if bot.spelling.respelled(q) != q]
        spent = (time.perf_counter() - began) / len(others)
        print(f"{len(wrong)} of {len(others)} questions about other things respelled, "
              f"{1e3 * spent:.1f} ms each")  # fmt: skip
        for text in wrong[:8]:
            print(f"  {bot.spelling.respelled(text)}")
    return 0


def with_slips(question: str, slips: int, rng: random.Random) -> str:
    """The question with one slip in each of some of its words of five letters or more."""
    words = list(_LONG.finditer(question))
    for word in sorted(rng.sample(words, min(slips, len(words))), key=lambda m: -m.start()):
        question = question[: word.start()] + slip(word[0], rng) + question[word.end() :]
    return question


def slip(word: str, rng: random.Random) -> str:
    """The word with one letter after the first lost, doubled, replaced or exchanged."""
    while True:
        at = rng.randrange(1, len(word))
        kind = rng.choice(("lost", "doubled", "replaced", "exchanged"))
        if kind == "lost":
            made = word[:at] + word[at + 1 :]
        elif kind == "doubled":
            made = word[:at] + word[at] + word[at:]
        elif kind == "exchanged":
            made = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at > 1 else word
        else:
            made = word[:at] + neighbour(word[at], rng) + word[at + 1 :]
        if made != word:
            return made


def neighbour(letter: str, rng: random.Random) -> str:
    """A letter beside this one on an English keyboard."""
    for row in ROWS:
        at = row.find(letter.lower())
        if at >= 0:
            return rng.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    return letter


if __name__ == "__main__":
    raise SystemExit(main())
