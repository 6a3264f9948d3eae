"""What a larger collection costs: time to build, disk, memory, time for an answer.

Makes speeches of shuffled sentences of the corpus at hand (each with a number in it, so that no two
are alike), indexes them in a temporary folder and asks questions that those sentences answer.

    python benchmarks/sizing.py                    100 speeches of 2,500 words
    python benchmarks/sizing.py --speeches 1000
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from qa_bot import QABot
from qa_bot.corpus import load_corpus
from qa_bot.index import build_index
from qa_bot.settings import load_settings
from qa_bot.text.sentences import sentences

QUESTIONS = (
    "Where will the Global Compact be signed?",
    "What did IOM commit to as Network secretariat?",
    "Who is the Special Representative for International Migration?",
    "What is the Global Mayoral Forum?",
    "What is Boost Africa?",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--speeches", type=int, default=100)
    parser.add_argument("--words", type=int, default=2500, help="words in each")
    parser.add_argument("--rounds", type=int, default=4, help="times each question is asked")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), args.speeches, args.words, args.rounds)


def measure(folder: Path, speeches: int, words: int, rounds: int) -> None:
    """Build, open, ask; print a line for each."""
    corpus = folder / "corpus"
    corpus.mkdir()
    size = write_speeches(corpus, speeches, words, said_in(load_settings().corpus))
    print(f"{speeches} speeches of about {words} words, {size / 2**20:.1f} MB of text")

    settings = load_settings(corpus=corpus, index=folder / "index", feedback=folder / "feedback")
    began = time.perf_counter()
    built = build_index(settings)
    seconds = time.perf_counter() - began
    disk = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
    print(
        f"build    {seconds:.0f} s, {built.passages} passages, {built.passages / seconds:.0f} a "
        f"second; {disk / 2**20:.1f} MB on disk"
    )
    (corpus / "0000.txt").write_text("One more sentence was said here. " * 40, encoding="utf-8")
    began = time.perf_counter()
    again = build_index(settings)
    print(f"rebuild  {time.perf_counter() - began:.1f} s after one speech changed, "
          f"{again.embedded} passages embedded")  # fmt: skip

    began = time.perf_counter()
    bot = QABot.open(settings)
    bot.ask(QUESTIONS[0])  # the first one allocates
    print(f"open     {time.perf_counter() - began:.1f} s")
    taken = []
    for _ in range(rounds):
        for question in QUESTIONS:
            began = time.perf_counter()
            bot.ask(question)
            taken.append(1000 * (time.perf_counter() - began))
    cuts = statistics.quantiles(taken, n=20)
    print(f"ask      p50 {statistics.median(taken):.0f} ms, p95 {cuts[-1]:.0f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory   {peak:.0f} MB at most, the build included")


def said_in(corpus: Path) -> list[str]:
    """The sentences of a collection, each on one line."""
    return [
        " ".join(document.text[a:b].split())
        for document in load_corpus(corpus).documents
        for a, b in sentences(document.text)
    ]


def write_speeches(corpus: Path, speeches: int, words: int, said: Sequence[str]) -> int:
    """Writes files of shuffled sentences and returns their size in bytes."""
    draw = random.Random(7)
    size = 0
    for number in range(speeches):
        lines: list[str] = []
        count = 0
        while count < words:
            line = draw.choice(said)
            count += len(line.split())
            lines.append(f"{line} That was point {draw.randrange(10**6)}.")
        paragraphs = [" ".join(lines[i : i + 5]) for i in range(0, len(lines), 5)]
        text = "\n\n".join(paragraphs)
        (corpus / f"{number:04}.txt").write_text(text, encoding="utf-8")
        size += len(text.encode())
    return size


if __name__ == "__main__":
    main()
