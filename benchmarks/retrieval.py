"""How often the right paragraph is found: by vectors, by words, and fused.

The paragraphs of a reading-comprehension file are the corpus, its answerable questions the queries;
the paragraph that a question was asked about is the right one. Runs the stores and the fusion that
the bot runs.

    python benchmarks/retrieval.py FILE.jsonl.gz ... [--limit 1500] [--embedder FOLDER]
        [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np

from qa_bot.index import load_embedder
from qa_bot.index.stores.bm25 import Bm25Store
from qa_bot.index.stores.flat import FlatStore
from qa_bot.retrieval.fusion import minmax, reciprocal_rank
from qa_bot.retrieval.retriever import POOL, find
from qa_bot.settings import load_settings
from qa_bot.text.cleaning import clean
from qa_bot.text.stems import words

Fuse = Callable[[np.ndarray, np.ndarray], np.ndarray]
SHARES = (0.3, 0.4, 0.5, 0.6)


def plain_words(text: str) -> list[str]:
    """Lower-cased words as they stand."""
    return re.findall(r"\w+", text.casefold())


def stems(text: str) -> list[str]:
    """Stems of all words, function words kept."""
    import Stemmer

    return list(Stemmer.Stemmer("english").stemWords(plain_words(text)))


def read(path: Path, limit: int) -> tuple[list[str], list[str], list[int]]:
    """Paragraphs, questions, and the number of each question's paragraph.

    All paragraphs are kept; at most ``limit`` questions, spread evenly over the file.
    """
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = [row for row in map(json.loads, stream) if not row["is_impossible"]]
    paragraphs = {text: n for n, text in enumerate(dict.fromkeys(row["context"] for row in rows))}
    if limit < len(rows):
        rows = [rows[i] for i in np.linspace(0, len(rows) - 1, limit).astype(int)]
    return (
        list(paragraphs),
        [row["question"] for row in rows],
        [paragraphs[row["context"]] for row in rows],
    )


def positions(
    dense: FlatStore,
    sparse: Bm25Store,
    vectors: np.ndarray,
    questions: list[str],
    gold: list[int],
    fuse: Fuse,
    pool: int,
) -> np.ndarray:
    """Position (from 0) of the right paragraph for each question; a million when not found."""
    out = []
    for vector, question, right in zip(vectors, questions, gold, strict=True):
        candidates, by_meaning, by_words = find(dense, sparse, vector, clean(question).text, pool)
        order = candidates[np.argsort(-fuse(by_meaning, by_words), kind="stable")]
        place = np.flatnonzero(order == right)
        out.append(int(place[0]) if place.size else 1_000_000)
    return np.array(out)


def missing_is_lowest(pool: int) -> Fuse:
    """Min-max over two lists of ``pool``, a candidate missing from one taking its lowest score."""

    def fuse(dense: np.ndarray, sparse: np.ndarray) -> np.ndarray:
        edges = (np.sort(scores)[::-1][min(pool, len(scores)) - 1] for scores in (dense, sparse))
        low_dense, low_sparse = edges
        return minmax(np.maximum(dense, low_dense), np.maximum(sparse, low_sparse))

    return fuse


def report(name: str, places: np.ndarray) -> None:
    recalls = "  ".join(f"{np.mean(places < k):.3f}" for k in (1, 5, 10))
    print(f"{name:<44}{recalls}  {np.mean(1 / (places + 1)):.3f}", flush=True)


def kept(keep: Path | None, key: str, encode: Callable[[list[str]], np.ndarray], texts: list[str]):  # type: ignore[no-untyped-def]
    """Vectors of ``texts``, from the folder ``keep`` if they were made before."""
    digest = hashlib.sha256("\0".join([key, *texts]).encode()).hexdigest()[:16]
    path = keep / f"{digest}.npy" if keep else None
    if path and path.is_file():
        return np.load(path, allow_pickle=False)
    vectors = encode(texts)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors, allow_pickle=False)
    return vectors


def measure(path: Path, limit: int, keep: Path | None, embedder) -> None:  # type: ignore[no-untyped-def]
    paragraphs, questions, gold = read(path, limit)
    passages_key, questions_key = f"p {embedder.fingerprint}", f"q {embedder.fingerprint}"
    dense = FlatStore.build(kept(keep, passages_key, embedder.encode_passages, paragraphs))
    vectors = kept(keep, questions_key, embedder.encode_questions, questions)
    texts = [clean(text).text for text in paragraphs]
    stores = {
        "words as they stand": Bm25Store.build(texts, plain_words),
        "stems": Bm25Store.build(texts, stems),
        "stems without function words": Bm25Store.build(texts, words),
    }
    used = stores["stems without function words"]
    print(f"\n{path.name}: {len(paragraphs)} paragraphs, {len(questions)} questions")
    print(f"{'':<44}R@1    R@5    R@10   MRR")

    def run(name: str, sparse: Bm25Store, fuse: Fuse, pool: int = POOL) -> None:
        report(name, positions(dense, sparse, vectors, questions, gold, fuse, pool))

    run("vectors alone", used, lambda d, s: d, len(paragraphs))
    for name, store in stores.items():
        run(f"BM25 alone, {name}", store, lambda d, s: s, len(paragraphs))
    run("reciprocal rank", used, reciprocal_rank)
    for share in SHARES:
        run(f"min-max, vectors {share:.1f}", used, lambda d, s, share=share: minmax(d, s, share))
    run("min-max, missing scores lowest", used, missing_is_lowest(POOL))
    run("min-max, function words kept", stores["stems"], minmax)
    latency(dense, used, embedder, questions)


def latency(dense: FlatStore, sparse: Bm25Store, embedder, questions: Iterable[str]) -> None:  # type: ignore[no-untyped-def]
    seconds = []
    for number, question in enumerate(list(questions)[:100]):
        began = time.perf_counter()
        asked = f"{question} {number}"  # never asked before: question vectors are remembered
        vector = embedder.encode_questions([asked])[0]
        encoded = time.perf_counter()
        _, by_meaning, by_words = find(dense, sparse, vector, clean(asked).text, POOL)
        minmax(by_meaning, by_words)
        seconds.append((encoded - began, time.perf_counter() - encoded))
    encode, search = 1000 * np.array(seconds).T
    print(
        f"one question: encode p50 {np.median(encode):.1f} ms, "
        f"p95 {np.quantile(encode, 0.95):.1f} ms; "
        f"search p50 {np.median(search):.1f} ms, p95 {np.quantile(search, 0.95):.1f} ms"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=100_000, help="most questions of each file")
    parser.add_argument("--embedder", help="a folder; default: the packaged one")
    parser.add_argument("--keep", type=Path, help="folder to keep vectors in between runs")
    given = parser.parse_args()
    embedder = load_embedder(load_settings(embedder=given.embedder, passage_tokens=480))
    print(
        f"embedder: {embedder.name}; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs"
    )
    for path in given.files:
        measure(path, given.limit, given.keep, embedder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
