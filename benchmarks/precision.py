"""Are the answers the same in fp32 and bf16, on another processor, with other threads?

    python benchmarks/precision.py                                   # small alone
    python benchmarks/precision.py --second-reader base       # with a second look
    python benchmarks/precision.py --ways bf16 --sample 60           # where bf16 is slow

Every question of both splits is asked in each way, in a process of its own, and its answer is laid
beside that of plain fp32: found or not; the citations' places, in the same order; and the same of
all that is shown (the next best quotations, places where the same words stand). Every question
answered otherwise is listed. An older processor is had by masking the features of this one from
torch, oneDNN and MKL. Where a processor lacks the instructions for bf16, torch imitates them: the
rounding is the same, and it is slow. Exit code 1: fewer than `--least` of the questions have the
same citations in some way.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qa_bot import QABot
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.places import resolve
from qa_bot.schema import Citation
from qa_bot.settings import load_settings

PLAIN = "fp32"
MASKED = {
    "ATEN_CPU_CAPABILITY": "default",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_CBWR": "COMPATIBLE",
}
WAYS: dict[str, dict[str, str]] = {
    PLAIN: {},
    "bf16": {"QA_BOT_PRECISION": "bf16"},
    "fp32 masked": MASKED,
    "fp32 2 threads": {"QA_BOT_THREADS": "2"},
    "bf16 masked": MASKED | {"QA_BOT_PRECISION": "bf16"},
}
USUAL = ("bf16", "fp32 masked", "fp32 2 threads")
Row = dict[str, Any]


def place(citation: Citation) -> tuple[str, int, int]:
    return citation.document.id, citation.start, citation.end


def ask_all(given: argparse.Namespace) -> dict[str, Any]:
    """The answers to the chosen questions, by the settings of this process."""
    chosen = load_test_set(given.test_set)
    with tempfile.TemporaryDirectory() as folder:
        bot = QABot.open(load_settings(index=Path(folder) / "index"))
        questions = resolve(chosen, bot.index.documents).questions
        rows = []
        began = time.perf_counter()
        for question in questions[:: -(-len(questions) // (given.sample or len(questions)))]:
            answer = bot.ask(question.question, question.history, question.filters)
            shown = [*answer.citations, *answer.alternatives]
            rows.append(
                {
                    "id": question.id,
                    "question": question.question,
                    "text": answer.text,
                    "confidence": answer.confidence,
                    "found": answer.found,
                    "citations": [place(citation) for citation in answer.citations],
                    "all shown": [
                        [place(citation), *map(place, citation.also)] for citation in shown
                    ],
                }
            )
        taken = time.perf_counter() - began
    return {
        "runtime": bot.reader.runtime.name,
        "reader": bot.reader.name,
        "of": len(questions),
        "seconds": taken / max(len(rows), 1),
        "rows": rows,
    }


def asked(way: str, given: argparse.Namespace) -> dict[str, Any]:
    """`ask_all` in a process of its own."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("QA_BOT_")}
    environment |= {"QA_BOT_PRECISION": "fp32", "QA_BOT_THREADS": "1"} | WAYS[way]
    environment |= {"QA_BOT_SECOND_READER": given.second_reader, "OMP_NUM_THREADS": "2"}
    command = [sys.executable, __file__, "--answers", "--sample", str(given.sample)]
    command += ["--test-set", str(given.test_set)]
    sys.stderr.write(f"{way} …\n")
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def compare(way: str, plain: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Print a line, and each question answered otherwise; the share with the same citations."""
    pairs: Sequence[tuple[Row, Row]] = list(zip(plain["rows"], other["rows"], strict=True))
    same = {
        name: sum(one[name] == two[name] for one, two in pairs) / len(pairs)
        for name in ("found", "citations", "all shown")
    }
    most = max(abs(one["confidence"] - two["confidence"]) for one, two in pairs)
    print(
        f"{way:16} {other['runtime']:11} {other['seconds']:8.2f} s {same['found']:9.1%} "
        f"{same['citations']:10.1%} {same['all shown']:10.1%} {most:10.4f}",
        flush=True,
    )
    for one, two in pairs:
        if one["citations"] != two["citations"]:
            said = " / ".join(
                f"{row['text'][:60] or 'not found'!r} ({row['confidence']:.3f})"
                for row in (one, two)
            )
            print(f"    {one['id']}: {one['question'][:70]!r}: {said}")
    return same["citations"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--test-set", type=Path, default=Path("eval/speeches.jsonl"))
    parser.add_argument("--second-reader", default="", help="a folder; empty: small alone")
    parser.add_argument("--ways", nargs="+", choices=sorted(WAYS), default=USUAL)
    parser.add_argument("--sample", type=int, default=0, help="about so many; 0: every question")
    parser.add_argument("--least", type=float, default=0.99, help="share that must agree")
    parser.add_argument("--answers", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answers:
        print(json.dumps(ask_all(given)))
        return 0
    plain = asked(PLAIN, given)
    number = len(plain["rows"])
    sampled = "" if number == plain["of"] else f", a sample of the {plain['of']}"
    print(f"{number} questions of {given.test_set.name}{sampled}; reader {plain['reader']}")
    print(
        "beside plain fp32, one thread      a question     found  citations  all shown  confidence"
    )
    shares = [compare(way, plain, asked(way, given)) for way in (PLAIN, *given.ways)]
    return int(min(shares) < given.least)


if __name__ == "__main__":
    raise SystemExit(main())
