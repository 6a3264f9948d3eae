"""Which sentences bear on a question: fits the weights, and measures on questions of people.

    python benchmarks/sentences.py users FILE.jsonl [--corpus NAME=DIR] [--index NAME=DIR] [--read]
    python benchmarks/sentences.py precise FILE.jsonl --corpus DIR --index DIR
    python benchmarks/sentences.py overview FILE.jsonl [--corpus NAME=DIR] [--index NAME=DIR]
    python benchmarks/sentences.py fit RAW.jsonl ... --corpus DIR --gold FILE ... [--out JSON]

`users` prints the share of answerable rows (../shared/users) whose points stand in the 1, 3, 5
and 8 best sentences, under the restrictions that the bot itself reads in the question; `precise`
the rank of the first passage and of the first sentence with a gold answer. `fit` takes questions
whose passages and spans were gathered before (a JSON line each: id, question, hits, by.small), the
collection they were asked of, and the files with their answers; it leaves one file's questions out
at a time, then fits all.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np

from qa_bot import QABot
from qa_bot.corpus import load_corpus
from qa_bot.index.sentences import Sentences, cut
from qa_bot.index.stores.bm25 import Bm25Store
from qa_bot.retrieval import Retriever
from qa_bot.retrieval.evidence import FEATURES, HITS, READ, EvidenceRanker
from qa_bot.retrieval.nearest import NearestSentence, with_sentences
from qa_bot.retrieval.overview import overview
from qa_bot.schema import DocumentInfo, Filters, Hit, Passage, Span
from qa_bot.text.cleaning import clean
from qa_bot.understanding.followups import complete
from qa_bot.understanding.query import Query, read_query

SHOWN = (1, 3, 5, 8)
PENALTY = 1.0


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON lines file, gzipped or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def requested(bot: QABot, row: dict[str, Any]) -> Query:
    """What the bot would look for, and under which restrictions."""
    past = [tuple(turn) if not isinstance(turn, dict) else (turn["question"], turn["answer"])
            for turn in row.get("history") or []]  # fmt: skip
    understood = complete(bot.spelling.respelled(row["question"]), past).question
    typed = (row["question"], *(earlier for earlier, _ in past))
    return read_query(understood, bot.entities, Filters(), ignore=(), typed=typed)


def flat(text: str) -> str:
    """As the scorer of the users' questions compares."""
    marks = {"’": "'", "‘": "'"}
    return " ".join(re.sub(r"[*_“”\"‘’']", lambda m: marks.get(m[0], ""), text).split()).lower()


def served(row: dict[str, Any], texts: Sequence[str]) -> bool:
    """Whether somebody who reads these texts sees enough of what is needed."""
    body = [flat(text) for text in texts]
    seen = [any(flat(way) in text for way in point for text in body) for point in row["points"]]
    sides = all(any(seen[at] for at in side) for side in row.get("sides") or [])
    return sum(seen) >= row["need"] and sides


def opened(given: argparse.Namespace) -> dict[str, QABot]:
    """The bots by the names of their collections, opened when first asked for."""
    folders = [dict(pair.split("=", 1) for pair in pairs) for pairs in (given.corpus, given.index)]

    class Bots(dict[str, QABot]):
        def __missing__(self, name: str) -> QABot:
            places = zip(("corpus", "index"), folders, strict=True)
            self[name] = QABot.open(**{kind: f[name] for kind, f in places if name in f})
            return self[name]

    return Bots()


def users(given: argparse.Namespace) -> None:
    """The share of answerable questions that so many best sentences serve."""
    bots, rankers = opened(given), {}
    counts: dict[tuple[str, int], list[bool]] = defaultdict(list)
    took = []
    for row in rows_of(given.file):
        if row.get("refuse") or row["intent"] == "overview":
            continue
        bot = bots[row["corpus"]]
        ranker = rankers.setdefault(
            row["corpus"], EvidenceRanker(bot.index, bot.retriever.embedder)
        )
        request = requested(bot, row)
        found = []
        if request.allowed is not None:
            hits = bot.retriever.search(request.question, top_k=HITS, filters=request.allowed)
            first = hits[: bot.settings.candidates]
            spans = (
                bot.reader.read(request.question, [h.passage for h in first]) if given.read else ()
            )
            began = time.perf_counter()
            found = ranker.rank(request.question, hits, spans=spans, filters=request.allowed)
            took.append(1000 * (time.perf_counter() - began))
        texts = []
        for one in found:
            start, end = ranker.with_neighbours(one)
            texts.append(bot.document(one.document_id).text[start:end])
        for count in SHOWN:
            counts[row["corpus"], count].append(served(row, texts[:count]))
    for (name, count), values in sorted(counts.items()):
        print(f"{name:6} {count} sentences: {np.mean(values):.3f} of {len(values)} served")
    print(f"ranking: median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms")


def precise(given: argparse.Namespace) -> None:
    """The rank of the first passage, and of the first sentence, with a gold answer."""
    bot = QABot.open(corpus=given.corpus[0], index=given.index[0])
    ranker = EvidenceRanker(bot.index, bot.retriever.embedder)
    plain = Retriever(bot.index, bot.retriever.embedder, bot.settings, sentence_share=0)
    names = {name: row for row, name in enumerate(bot.index.documents)}
    rows = np.array([names[p.document_id] for p in bot.index.passages])
    nearest = NearestSentence(bot.index.sentences, bot.index.passages, rows)
    ranks: dict[str, list[float]] = defaultdict(list)
    for row in rows_of(given.file):
        if not row["answerable"]:
            continue
        request = requested(bot, row)
        gold = [(a["document"], a["text"]) for way in row["answers"] for a in way]
        hits = []
        if request.allowed is not None:
            hits = plain.search(request.question, top_k=100, filters=request.allowed)
        right = np.array([any(h.document.id == d and t in h.text for d, t in gold) for h in hits])
        vector = bot.retriever.embedder.encode_questions([request.question])[0]
        near, _ = nearest.scores(
            vector, np.array([h.passage.ordinal for h in hits], dtype=np.int64)
        )
        fused = np.array([h.score for h in hits])
        ranks["passage, fused"].append(_first(right, fused))
        for share in (0.5, 1.0, 1.5):
            mixed = with_sentences(fused, near, share)
            ranks[f"passage, + {share} best sentence"].append(_first(right, mixed))
        found = ranker.rank(request.question, hits[:HITS], filters=request.allowed, limit=1000)
        texts = [bot.index.documents[one.document_id].text[one.start : one.end] for one in found]
        held = np.array(
            [any(one.document_id == d and t in text for d, t in gold)
             for one, text in zip(found, texts, strict=True)]
        )  # fmt: skip
        ranks["sentence"].append(_first(held, np.array([one.score for one in found])))
    for name, places in ranks.items():
        at = np.array(places)
        shares = "  ".join(f"@{k} {np.mean(at <= k):.3f}" for k in (1, 3, 5, 12, 24))
        print(f"{name:30} n {len(at)}  MRR {np.mean(1 / at):.3f}  {shares}")


def _first(right: np.ndarray, scores: np.ndarray) -> float:
    """The rank of the first right one; infinite when none is."""
    order = np.argsort(-scores, kind="stable")
    places = np.flatnonzero(right[order]) if len(right) else np.empty(0)
    return float(places[0]) + 1 if len(places) else float("inf")


def overviews(given: argparse.Namespace) -> None:
    """What the overview rows get, to be read, and whether it is enough."""
    bots = opened(given)
    for count in (5, 6, 8):
        enough = []
        for row in rows_of(given.file):
            if row["intent"] != "overview":
                continue
            bot = bots[row["corpus"]]
            names, found = list(bot.index.documents), bot.index.sentences
            texts = [
                bot.document(names[found.rows[n]]).text[found.starts[n] : found.ends[n]]
                for n in overview(found, [names.index(name) for name in row["docs"]], count)
            ]
            enough.append(served(row, texts))
            if count == 8:
                print(row["id"], row["question"], enough[-1], *texts, sep="\n  ")
        print(f"{count} sentences: {np.mean(enough):.3f} of {len(enough)}")


def fit(given: argparse.Namespace) -> None:
    """Fit the weights, each file left out once, and print how they do."""
    from qa_bot.index import load_embedder
    from qa_bot.settings import load_settings

    embedder = load_embedder(load_settings())
    golds = {row["id"]: row for path in given.gold for row in rows_of(path)}
    tables, outcomes, sets = [], [], []
    answerable = []
    for name, table, right, can in gathered(given, embedder, golds):
        tables.append(table)
        outcomes.append(right)
        sets.append(name)
        answerable.append(can)
    print(f"{len(tables)} questions, {sum(map(len, tables))} sentences")
    can_be = [at for at, it in enumerate(answerable) if it]
    near = [tables[at][:, 0] for at in can_be]
    print("near alone", _ranks(near, [outcomes[at] for at in can_be]))
    out = {}
    for kind, names in (("plain", FEATURES), ("read", (*FEATURES, *READ))):
        wide = len(names)
        scores: list[np.ndarray] = [np.empty(0)] * len(tables)
        sure: list[np.ndarray] = [np.empty(0)] * len(tables)
        for left in sorted(set(sets)):
            rest = [i for i, name in enumerate(sets) if name != left]
            one, two = _both([tables[i][:, :wide] for i in rest], [outcomes[i] for i in rest])
            mine = [i for i, name in enumerate(sets) if name == left]
            for i in mine:
                scores[i] = tables[i][:, :wide] @ one[:-1] + one[-1]
                sure[i] = 1 / (1 + np.exp(-(_best(scores[i]) @ two[:-1] + two[-1])))
            asked = [i for i in mine if answerable[i]]
            print(
                f"{kind}, without {left}",
                _ranks([scores[i] for i in asked], [outcomes[i] for i in asked]),
            )
        asked = [i for i, can in enumerate(answerable) if can]
        print(f"{kind}, all", _ranks([scores[i] for i in asked], [outcomes[i] for i in asked]))
        every, best = (
            _ece(np.concatenate(sure), np.concatenate(outcomes), 20),
            _ece(
                np.array([p.max() for p in sure]),
                np.array([o[np.argmax(s)] for s, o in zip(scores, outcomes, strict=True)]),
                6,
            ),
        )
        print(f"{kind}, calibration error of all sentences {every:.4f}, of the best {best:.3f}")
        one, two = _both([t[:, :wide] for t in tables], outcomes)
        out[kind] = {
            "constant": round(float(one[-1]), 4),
            "weights": {n: round(float(w), 4) for n, w in zip(names, one, strict=False)},
            "probability": dict(
                zip(("score", "first", "constant"), two.round(4).tolist(), strict=True)
            ),
        }
    if given.out:
        given.out.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


def _both(
    tables: Sequence[np.ndarray], outcomes: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the score, and of the probability made of it."""
    one = _fitted(tables, outcomes)
    return one, _fitted([_best(table @ one[:-1] + one[-1]) for table in tables], outcomes)


def _best(scores: np.ndarray) -> np.ndarray:
    """The scores, and which one is the highest, as two columns."""
    return np.stack([scores, scores == scores.max(initial=-np.inf)], axis=1).astype(float)


def gathered(
    given: argparse.Namespace, embedder: Any, golds: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, np.ndarray, np.ndarray, bool]]:
    """(file, columns, which sentences hold the answer, whether any should) of each question.

    Only the sentences of the passages that were found are embedded: a collection of thousands is
    not indexed for a hundred questions.
    """
    documents = list(load_corpus(Path(given.corpus[0]), max_file_mb=50).documents)
    rows = {document.id: row for row, document in enumerate(documents)}
    made = cut(documents)
    lines = [line for d in documents for line in clean(d.text).text.split("\n") if line.strip()]
    store = Bm25Store.build(lines)
    words = [sorted(set(store.numbers(text))) for text in made.texts]
    ends = np.cumsum([len(line) for line in words]).astype(np.int32)
    vectors = np.zeros((len(made.texts), embedder.encode_questions(["a"]).shape[1]), np.float16)
    found = Sentences(
        made.rows, made.starts, made.ends, made.marks, vectors,
        np.array([n for line in words for n in line], np.int32), ends,
        np.arange(len(ends), dtype=np.int32),
    )  # fmt: skip
    index = SimpleNamespace(documents={d.id: d for d in documents}, sentences=found, sparse=store)
    ranker = EvidenceRanker(index, embedder)  # type: ignore[arg-type]
    asked, need = [], set()
    for path in given.raw:
        for line in rows_of(path):
            places = _places(golds.get(line["id"]), documents, rows) if line["answerable"] else []
            if line["answerable"] and not places:
                continue
            hits = [
                Hit(Passage(**passage), DocumentInfo(id=name), score, dense, sparse, among)
                for passage, name, score, dense, sparse, among in line["hits"]
            ]
            asked.append((path.stem, line, hits, places))
            for hit in hits:
                part = found.within(rows[hit.document.id], hit.start, hit.end)
                need |= set(range(max(0, part.start - 1), min(len(found), part.stop + 1)))
    order = sorted(need)
    vectors[order] = embedder.encode_sentences([made.texts[n] for n in order])
    for name, line, hits, places in asked:
        numbers = ranker.candidates(hits)
        spans = [Span(hits[at].passage, a, b, s) for at, a, b, s, *_ in line["by"]["small"][:-1]]
        table = np.hstack([
            ranker.features(line["question"], numbers),
            ranker.read_features(numbers, spans),
        ])  # fmt: skip
        right = np.zeros(len(numbers))
        for row, start, end in places:
            part = found.within(row, start, end)
            right[(numbers >= part.start) & (numbers < part.stop)] = 1
        yield name, table, right, line["answerable"]


def _places(
    gold: dict[str, Any] | None, documents: Sequence[Any], rows: dict[str, int]
) -> list[tuple[int, int, int]]:
    """(document, start, end) of the gold answers of a question."""
    if gold is None:
        return []
    if "context" in gold:
        for row, document in enumerate(documents):
            at = document.text.find(gold["context"])
            if at >= 0:
                return [
                    (row, at + a["start"], at + a["start"] + len(a["text"]))
                    for a in gold["answers"]
                ]
        return []
    return [
        (rows[a["document"]], m.start(), m.end())
        for way in gold["answers"]
        for a in way
        if a["document"] in rows
        for m in re.finditer(re.escape(a["text"]), documents[rows[a["document"]]].text)
    ]


def _fitted(tables: Sequence[np.ndarray], outcomes: Sequence[np.ndarray]) -> np.ndarray:
    """Weights of a logistic regression with a ridge, the constant last (Newton's method)."""
    table, right = np.vstack(tables), np.concatenate(outcomes)
    design = np.hstack([table, np.ones((len(table), 1))])
    ridge = np.diag([PENALTY] * table.shape[1] + [1e-8])
    weights = np.zeros(design.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (chance - right) + ridge @ weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _ranks(scores: Sequence[np.ndarray], outcomes: Sequence[np.ndarray]) -> str:
    at = np.array([_first(o > 0, np.round(s, 6)) for s, o in zip(scores, outcomes, strict=True)])
    shares = "  ".join(f"@{k} {np.mean(at <= k):.3f}" for k in (1, 3, 5))
    return f"n {len(at)}  MRR {np.mean(1 / at):.3f}  {shares}"


def _ece(chance: np.ndarray, right: np.ndarray, groups: int) -> float:
    """How far probabilities are from frequencies, in groups of like probability."""
    parts = np.array_split(np.argsort(chance, kind="stable"), groups)
    return sum(len(g) * abs(chance[g].mean() - right[g].mean()) for g in parts) / len(chance)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    kinds = parser.add_subparsers(required=True)
    for name, run in (("users", users), ("precise", precise), ("overview", overviews)):
        one = kinds.add_parser(name)
        one.add_argument("file", type=Path)
        one.add_argument("--corpus", action="append", default=[])
        one.add_argument("--index", action="append", default=[])
        one.add_argument("--read", action="store_true", help="with the reader's spans")
        one.set_defaults(run=run)
    one = kinds.add_parser("fit")
    one.add_argument("raw", type=Path, nargs="+")
    one.add_argument("--corpus", action="append", required=True)
    one.add_argument("--gold", type=Path, action="append", required=True)
    one.add_argument("--out", type=Path)
    one.set_defaults(run=fit)
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
