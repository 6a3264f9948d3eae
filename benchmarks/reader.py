"""The reader measured: how fast each runtime is, and how good the decoding is.

    python benchmarks/reader.py speed              # side by side, in one run
    python benchmarks/reader.py quality            # dev sets: one span, and several spans

Speed is the time of one question over its passages (12 of 200 tokens), against the plain way: a
transformers model in fp32, one passage at a time. On a busy machine only the ratios mean anything:
the runtimes take turns, question by question.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from qa_bot.evaluation.text_metrics import best_over_golds, best_threshold, normalise
from qa_bot.reading.lists import several
from qa_bot.reading.reader import Reader, load_reader
from qa_bot.reading.runtimes.base import Runtime
from qa_bot.reading.runtimes.onnx import OnnxRuntime
from qa_bot.reading.runtimes.torch import TorchRuntime
from qa_bot.schema import Passage, Span
from qa_bot.settings import Settings
from qa_bot.training.data import Example, load_examples

DATA = Path("../shared/data/dev")
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
    reader = load_reader(Settings(reader=given.reader, runtime="torch"))
    if reader.folder is None:
        raise SystemExit("a model folder is needed")
    plain = OneAtATime(reader.runtime)
    runtimes = [plain, reader.runtime, OnnxRuntime(reader.folder)]
    runtimes.append(OnnxRuntime(reader.folder, int8=True))
    if reader.runtime.name != "torch fp32":
        runtimes.append(TorchRuntime(reader.folder))
    readers = [with_runtime(reader, runtime) for runtime in runtimes]
    examples = load_examples(DATA / "squad2.jsonl.gz")
    passages = passages_of(examples, given.tokens)
    rng = np.random.default_rng(0)
    for one in readers:
        one.warm_up()
    seconds: list[list[float]] = [[] for _ in readers]
    agreed = np.zeros(len(readers))
    for number in rng.permutation(len(examples))[: given.questions]:
        question = examples[number].question
        chosen = [passages[i] for i in rng.permutation(len(passages))[: given.passages]]
        found: list[list[Span]] = []
        for one, taken in zip(readers, seconds, strict=True):
            begun = time.perf_counter()
            found.append(one.read(question, chosen))
            taken.append(time.perf_counter() - begun)
        best = [(s[0].passage.document_id, s[0].start, s[0].end) for s in found]
        agreed += [b == best[0] for b in best]
    base = np.median(seconds[0])
    print(f"{given.questions} questions, {given.passages} passages of {given.tokens} tokens")
    print(f"{'runtime':38} {'p50':>8} {'p95':>8} {'passages/s':>10} {'× plain':>8} {'agrees':>7}")
    for one, taken, same in zip(readers, seconds, agreed, strict=True):
        p50, p95 = np.percentile(taken, [50, 95])
        print(
            f"{one.runtime.name:38} {p50 * 1e3:6.0f}ms {p95 * 1e3:6.0f}ms"
            f" {given.passages / p50:10.1f} {base / p50:8.2f} {same / given.questions:7.1%}"
        )


def quality(given: argparse.Namespace) -> None:
    """EM and F1 of the best span, and the list scores of the several spans."""
    reader = load_reader(Settings(reader=given.reader, runtime="torch"))
    result: dict[str, dict[str, float]] = {}
    for name in SETS:
        examples = sample(load_examples(DATA / f"{name}.jsonl.gz"), given.questions)
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
    examples = sample(load_examples(DATA / "multispanqa.jsonl.gz"), given.questions)
    single, many, golds_of = [], [], []
    for example in examples:
        spans = reader.read(example.question, [whole(example)])
        single.append([spans[0].text] if spans else [])
        many.append([span.text for span, _ in several(spans)])
        golds_of.append([answer.text for answer in example.answers])
    for name, found in (("one span", single), ("several spans", many)):
        print(f"multispanqa, {name}:", json.dumps(multi_span_scores(found, golds_of)))


def sample(examples: list[Example], count: int) -> list[Example]:
    order = np.random.default_rng(0).permutation(len(examples))
    return [examples[i] for i in order[: count or len(examples)]]


def whole(example: Example) -> Passage:
    return Passage(example.id, 0, len(example.context), example.context)


def multi_span_scores(
    found: Sequence[Sequence[str]], golds: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Exact-match F1 and partial F1 over all spans of all questions (Li et al. 2022), in per cent.

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
            common = np.array([[longest_common(x, y) for y in b] for x in a], dtype=float)
            overlap_found += float((common.max(axis=1) / [len(x) for x in a]).sum())
            overlap_gold += float((common.max(axis=0) / [len(y) for y in b]).sum())
    return {
        "em_f1": round(100 * harmonic(exact / predicted, exact / wanted), 1),
        "partial_f1": round(100 * harmonic(overlap_found / predicted, overlap_gold / wanted), 1),
        "spans_per_question": round(predicted / max(1, len(found)), 2),
    }


def longest_common(a: str, b: str) -> int:
    return SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size


def harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=["speed", "quality"])
    parser.add_argument("--reader", default="small", help="'small' or a model folder")
    parser.add_argument("--questions", type=int, default=0, help="of each set; 0: 30, or all")
    parser.add_argument("--passages", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=200)
    given = parser.parse_args()
    if given.what == "speed":
        given.questions = given.questions or 30
        speed(given)
    else:
        quality(given)


if __name__ == "__main__":
    main()
