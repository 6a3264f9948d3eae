"""JSON lines in, checked `Example`s out.

Rows are in SQuAD's format, or hold a question, its candidate sentences and which of them answer.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot.corpus import load_corpus
from qa_bot.errors import CorpusError
from qa_bot.evaluation.importers import squad_answers
from qa_bot.passages.splitter import Splitter


class DataError(ValueError):
    """A data file is missing or a row of it is bad; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Gold:
    """One gold answer: `context[start:start + len(text)] == text` (characters)."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Example:
    """One question about one passage. No `answers` means the passage does not answer it.

    Not `exact`: the `answers` are the sentences that answer; which of their words do, nobody has
    marked, so only a teacher can say.
    """

    id: str
    question: str
    context: str
    answers: tuple[Gold, ...]
    title: str
    source: str
    exact: bool = True

    @property
    def is_impossible(self) -> bool:
        """True when the passage holds no answer."""
        return not self.answers


def read_examples(path: Path) -> Iterator[Example]:
    """Stream the rows of a .jsonl or .jsonl.gz file in file order; blank lines are skipped.

    Raises DataError ("file:line: what is wrong") at the first bad row: a run should stop before it
    starts rather than train on a shifted label.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    try:
                        yield _parse(json.loads(line))
                    except (ValueError, TypeError, KeyError) as problem:
                        raise DataError(f"{path}:{number}: {_in_words(problem)}") from problem
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as problem:
        raise DataError(f"{path}: cannot be read: {problem}") from problem


def load_examples(path: Path) -> list[Example]:
    """All rows of a file as a list, in file order. Raises DataError like `read_examples`."""
    return list(read_examples(path))


def speech_passages(folder: Path, tokenizer: Any, tokens: int = 200) -> list[str]:
    """The passages of a folder of speeches, of whole sentences, each at most so many tokens.

    Raises DataError when the folder is missing or holds no speech.
    """
    try:
        documents = load_corpus(folder).documents
    except CorpusError as problem:
        raise DataError(str(problem)) from problem
    splitter = Splitter(tokenizer, tokens, 0)
    found = [passage.text for document in documents for passage in splitter.split(document)]
    if not found:
        raise DataError(f"{folder}: holds no speech")
    return found


def find_dataset(folder: Path, name: str, part: str = "train") -> Path:
    """The file of data set `name`: `folder/part/name.jsonl[.gz]`, else `folder/name.jsonl[.gz]`."""
    for parent in (folder / part, folder):
        for ending in (".jsonl.gz", ".jsonl"):
            if (parent / (name + ending)).is_file():
                return parent / (name + ending)
    raise DataError(f"{folder}: holds no {part}/{name}.jsonl.gz and no {name}.jsonl.gz")


def _parse(row: Any) -> Example:
    if not isinstance(row, dict):
        raise ValueError("the row is not a JSON object")
    if "candidates" in row:
        return _sentences(row)
    for field in ("id", "question", "context"):
        if not isinstance(row[field], str) or not row[field].strip():
            raise ValueError(f"field {field!r} is not a text")
    context: str = row["context"]
    answers: list[Gold] = []
    for text, start in squad_answers(row.get("answers")):
        if context[start : start + len(text)] != text:
            raise ValueError(f"the context does not read {text!r} at {start}")
        answers.append(Gold(text, start))
    said = row.get("is_impossible")
    impossible = not answers if said is None else bool(said)
    if impossible == bool(answers):
        raise ValueError(f"is_impossible is {impossible} beside {len(answers)} answers")
    title, source = row.get("title") or "", row.get("source") or ""
    return Example(row["id"], row["question"], context, tuple(answers), str(title), str(source))


def _sentences(row: dict[str, Any]) -> Example:
    """A question, sentences that follow each other, and for each whether it answers (1) or not."""
    question, candidates, labels = row["question"], row["candidates"], row["labels"]
    if not isinstance(question, str) or not question.strip():
        raise ValueError("field 'question' is not a text")
    if not isinstance(candidates, list) or not all(isinstance(text, str) for text in candidates):
        raise ValueError("field 'candidates' is not a list of texts")
    marks = isinstance(labels, list) and all(label in (0, 1) for label in labels)
    if not marks or len(labels) != len(candidates):
        raise ValueError("field 'labels' does not hold a 0 or a 1 for each of the candidates")
    context, answers = "", []
    for text, answering in zip(candidates, labels, strict=True):
        context += " " * bool(context)
        if answering and text.strip():
            answers.append(Gold(text, len(context)))
        context += text
    if not context.strip():
        raise ValueError("field 'candidates' holds no text")
    title, source = row.get("title") or "", row.get("source") or ""
    digest = hashlib.sha256(f"{question}\0{context}".encode()).hexdigest()
    name = str(row.get("id") or digest[:16])
    return Example(name, question, context, tuple(answers), str(title), str(source), not answers)


def _in_words(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"field {problem.args[0]!r} is missing"
    if isinstance(problem, json.JSONDecodeError):
        return f"not JSON: {problem}"
    return str(problem)
