"""The reader measured: how fast each runtime is, and how good the decoding is.

    python benchmarks/reader.py speed              # side by side, in one run
    python benchmarks/reader.py quality            # dev sets, by the product's own decoder
    python benchmarks/reader.py agreement          # do bf16 and ONNX find the same best spans?

Speed is the time of one question over its passages (8 of 200 tokens), against the plain way: a
transformers model in fp32, one passage at a time. On a busy machine only the ratios mean anything:
the runtimes take turns, question by question. CPU time counts the work of all cores and suffers
less from what else is running.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from qa_bot_training.data import Example, load_examples
from qa_bot_training.dev_scores import fixed_sample

from qa_bot.evaluation.text_metrics import best_over_golds, best_threshold
from qa_bot.reading import Reader, load_reader
from qa_bot.reading.runtimes.base import Runtime
from qa_bot.reading.runtimes.onnx import OnnxRuntime
from qa_bot.reading.runtimes.torch import TorchRuntime
from qa_bot.schema import Passage, Span
from qa_bot.settings import Settings

DATA = Path("../shared/data/dev")
WIDTHS = (8, 8, 10, 8, 8, 7)
COMPARED = ("squad2", "fairytaleqa")
SETS = ("squad2", "squadshifts_newwiki", "fairytaleqa", "squad_addsent")


class OneAtATime:
    """Any runtime, fed single windows: how plain code does it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.name = f"{runtime.name}, one passage at a time"

    def logits(
        self, input_ids: np.ndarray, attention_mask: np.ndarray, token_type_ids: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        rows = zip(input_ids, attention_mask, token_type_ids, strict=True)
        pairs = [self._runtime.logits(i[None], m[None], t[None]) for i, m, t in rows]
        return np.concatenate([s for s, _ in pairs]), np.concatenate([e for _, e in pairs])


def with_runtime(reader: Reader, runtime: Runtime) -> Reader:
    """The same reader on another runtime."""
    return Reader(
        runtime,
        reader._windows,
        reader.calibration,
        reader.name,
        reader.fingerprint,
        reader._pad_id,
        reader.folder,
    )


def passages_of(examples: Sequence[Example], tokens: int) -> list[Passage]:
    """Paragraphs cut or joined to about `tokens` tokens (three quarters as many words)."""
    words = [w for e in {e.context: e for e in examples}.values() for w in e.context.split()]
    size = tokens * 3 // 4
    texts = [" ".join(words[i : i + size]) for i in range(0, len(words) - size, size)]
    return [Passage(f"d{i}", 0, len(t), t, i) for i, t in enumerate(texts)]


def speed(given: argparse.Namespace) -> None:
    """p50 and p95 of one question over its passages, per runtime, and whether spans agree."""
    reader = load_reader(Settings(reader=given.reader, second_reader="", runtime="torch"))
    if reader.folder is None:
        raise SystemExit("a model folder is needed")
    full, half = (TorchRuntime(reader.folder, precision=name) for name in ("fp32", "bf16"))
    runtimes = [OneAtATime(full), full, half, OnnxRuntime(reader.folder)]
    runtimes.append(OnnxRuntime(reader.folder, int8=True))
    print(f"The default here is {reader.runtime.name}.")
    readers = [with_runtime(reader, runtime) for runtime in runtimes]
    examples = load_examples(DATA / "squad2.jsonl.gz")
    passages = passages_of(examples, given.tokens)
    rng = np.random.default_rng(0)
    for one in readers:
        one.read("What was said?", passages[:1])  # the first pass allocates
    seconds: list[list[float]] = [[] for _ in readers]
    work = np.zeros(len(readers))
    agreed = np.zeros(len(readers))
    for number in rng.permutation(len(examples))[: given.questions]:
        question = examples[number].question
        chosen = [passages[i] for i in rng.permutation(len(passages))[: given.passages]]
        found: list[list[Span]] = []
        for place, (one, taken) in enumerate(zip(readers, seconds, strict=True)):
            begun, busy = time.perf_counter(), time.process_time()
            found.append(one.read(question, chosen))
            taken.append(time.perf_counter() - begun)
            work[place] += time.process_time() - busy
        best = [(s[0].passage.document_id, s[0].start, s[0].end) for s in found]
        agreed += [b == best[0] for b in best]
    base = np.median(seconds[0])
    print(f"{given.questions} questions, {given.passages} passages of {given.tokens} tokens")
    titles = ("p50", "p95", "passages/s", "× plain", "CPU", "agrees")
    print(f"{'runtime':38} " + " ".join(f"{t:>{w}}" for t, w in zip(titles, WIDTHS, strict=True)))
    for one, taken, same, busy in zip(readers, seconds, agreed, work, strict=True):
        p50, p95 = np.percentile(taken, [50, 95])
        print(
            f"{one.runtime.name:38} {p50 * 1e3:6.0f}ms {p95 * 1e3:6.0f}ms"
            f" {given.passages / p50:10.1f} {base / p50:8.2f}"
            f" {busy / given.questions * 1e3:6.0f}ms {same / given.questions:7.1%}"
        )


def quality(given: argparse.Namespace) -> None:
    """EM and F1 of the product's best span; `lists.py` measures several spans."""
    reader = load_reader(Settings(reader=given.reader, second_reader="", runtime="torch"))
    result: dict[str, dict[str, float]] = {}
    for name in SETS:
        examples = fixed_sample(load_examples(DATA / f"{name}.jsonl.gz"), given.questions)
        pairs, scores, known = [], [], []
        for example in examples:
            spans = reader.read(example.question, [whole(example)])
            golds = [answer.text for answer in example.answers]
            pairs.append(best_over_golds(spans[0].text if spans else "", golds))
            scores.append(spans[0].score if spans else float("-inf"))
            known.append(bool(golds))
        answerable = [pair for pair, yes in zip(pairs, known, strict=True) if yes]
        em, f1 = np.mean(answerable, axis=0) * 100
        result[name] = {"questions": len(examples), "em": round(em, 1), "f1": round(f1, 1)}
        if not all(known):
            best, threshold = best_threshold([f for _, f in pairs], scores, known)
            result[name] |= {"f1_all": round(100 * best, 1), "threshold": round(threshold, 2)}
        print(name, json.dumps(result[name]), flush=True)


def agreement(given: argparse.Namespace) -> None:
    """The share of questions, each about its own passage, with the same best span in both."""
    if find_spec("onnxruntime") is None:
        print("skipped: onnxruntime is not installed (pip install onnxruntime onnx)")
        return
    reader = load_reader(Settings(reader=given.reader, second_reader="", runtime="torch"))
    if reader.folder is None:
        raise SystemExit("a model folder is needed")
    ours = with_runtime(reader, TorchRuntime(reader.folder, precision="fp32"))
    others = [
        with_runtime(reader, TorchRuntime(reader.folder, precision="bf16")),
        with_runtime(reader, OnnxRuntime(reader.folder)),
    ]
    for place, name in enumerate(COMPARED):
        share = (given.questions + place) // len(COMPARED)
        if not share:
            continue
        examples = fixed_sample(load_examples(DATA / f"{name}.jsonl.gz"), share)
        same = np.zeros(len(others), dtype=int)
        for example in examples:
            found = [one.read(example.question, [whole(example)]) for one in (ours, *others)]
            best = [(s[0].start, s[0].end) if s else None for s in found]
            same += [own == best[0] for own in best[1:]]
        for other, number in zip(others, same, strict=True):
            print(
                f"{name}: {ours.runtime.name} and {other.runtime.name} agree on {number} of "
                f"{len(examples)} best spans ({number / len(examples):.1%})",
                flush=True,
            )


def whole(example: Example) -> Passage:
    return Passage(example.id, 0, len(example.context), example.context)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=["speed", "quality", "agreement"])
    parser.add_argument("--reader", default="small", help="'small' or a model folder")
    parser.add_argument(
        "--questions",
        type=int,
        default=0,
        help="speed: 30; quality: all of each set; agreement: 100 in all",
    )
    parser.add_argument("--passages", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=200)
    given = parser.parse_args()
    if given.what == "speed":
        given.questions = given.questions or 30
        speed(given)
    elif given.what == "agreement":
        given.questions = given.questions or 100
        agreement(given)
    else:
        quality(given)


if __name__ == "__main__":
    main()
