"""Test sets from files of several formats, told apart by file name and shape."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from qa_bot.corpus.loaders.decoding import unmarked
from qa_bot.errors import TestSetError
from qa_bot.evaluation.rows import parse_rows
from qa_bot.evaluation.spreadsheet import read_spreadsheet
from qa_bot.evaluation.testset import (
    GoldSpan,
    Item,
    Paragraph,
    Problem,
    Question,
    TestSet,
    plain,
    shortened,
)

SUFFIXES = (".jsonl", ".json", ".csv", ".tsv")
MAX_BYTES = 500_000_000
# Data sets whose answers are all required; elsewhere they are alternatives of one answer.
ALL_REQUIRED = re.compile(r"multi-?span", re.IGNORECASE)


def load_test_set(path: Path) -> TestSet:
    """The questions of one file, whatever its format; bad rows are in ``problems``.

    Known formats: our JSON lines, SQuAD v1/v2 JSON, JSON lines with a ``context`` in each row
    (SQuAD flattened), and CSV as spreadsheets save it; each but the last may be gzipped.

    Raises:
        TestSetError: the file is missing, not text, or of no known format.
    """
    name = path.name.removesuffix(".gz").lower()
    if name.endswith((".csv", ".tsv")):
        return read_spreadsheet(path)
    if name.endswith((".xlsx", ".xls", ".ods")):
        raise TestSetError(f"{path} is a workbook.", 'Save the sheet as "CSV UTF-8" and use that.')
    text = _read(path)
    if not text.strip():
        raise TestSetError(f"The test set {path} is empty.")
    if name.endswith(".json"):
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise TestSetError(
                f"{path} cannot be read as JSON: {plain(error)}.",
                "Name a file of one JSON object a line .jsonl.",
            ) from error
        if not (isinstance(whole, dict) and isinstance(whole.get("data"), list)):
            raise TestSetError(
                f"{path} is JSON, but not in the SQuAD format.",
                "Our own format is JSON lines: name the file .jsonl (see docs/evaluation.md).",
            )
        return squad(path.name, _qas(whole["data"], text))
    lines = text.split("\n")
    if _has_context(lines):
        return squad(path.name, _flat(lines))
    questions, problems = parse_rows(lines)
    return TestSet(path.name, questions, problems)


def squad(name: str, rows: Iterable[tuple[int, Any]]) -> TestSet:
    """A test set from flattened SQuAD rows; every distinct context becomes a document.

    Args:
        rows: (line, row) with the fields ``id, question, context, answers, is_impossible, title``;
            or (line, text) for a row that cannot be read.
    """
    paragraphs: dict[str, Paragraph] = {}
    questions: list[Question] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for line, row in rows:
        try:
            if not isinstance(row, dict):
                raise ValueError(row if isinstance(row, str) else "not a JSON object")
            context, title = row.get("context"), row.get("title") or ""
            if not isinstance(context, str) or not context.strip():
                raise ValueError("the field 'context' is missing or blank")
            if not isinstance(title, str):
                raise ValueError("'title' is not text")
            number = len(paragraphs) + 1
            paragraph = paragraphs.setdefault(
                context, Paragraph(f"{number:06d}-{_slug(title)}".rstrip("-"), title, context)
            )
            questions.append(_squad_question(row, line, paragraph, seen))
        except ValueError as error:
            problems.append(Problem(line, plain(error)))
    return TestSet(name, tuple(questions), tuple(problems), tuple(paragraphs.values()))


def _squad_question(
    row: dict[str, Any], line: int, paragraph: Paragraph, seen: set[str]
) -> Question:
    identifier, question = str(row.get("id", f"line-{line}")), row.get("question")
    if not isinstance(question, str) or not question.strip():
        raise ValueError("the field 'question' is missing or blank")
    if identifier in seen:
        raise ValueError(f"id {identifier!r} occurs twice")
    impossible = row.get("is_impossible", False)
    spans = () if impossible else _squad_spans(row.get("answers"), paragraph)
    if not impossible and not spans:
        raise ValueError("no answers, and 'is_impossible' is not true")
    items: tuple[Item, ...] = (spans,) if spans else ()
    if ALL_REQUIRED.search(str(row.get("source", ""))):
        items = tuple((span,) for span in spans)
    seen.add(identifier)
    kind = "unanswerable" if not items else "list" if len(items) > 1 else "question"
    return Question(identifier, question, items, kind, about=paragraph.title, line=line)


def squad_answers(answers: Any) -> Iterator[tuple[str, int]]:
    """(text, where it starts) of each answer, in any form that SQuAD data is passed around in.

    >>> list(squad_answers({"text": ["Oslo"], "answer_start": [15]}))
    [('Oslo', 15)]
    >>> list(squad_answers([{"text": "Oslo", "start": 15}]))
    [('Oslo', 15)]

    Raises:
        ValueError: another form, a blank text, or a start that is no whole number.
    """
    if isinstance(answers, dict):  # {"text": [...], "answer_start": [...]}
        texts, starts = answers.get("text"), answers.get("answer_start")
        if not (isinstance(texts, list) and isinstance(starts, list) and len(texts) == len(starts)):
            raise ValueError("'answers' has no 'text' and 'answer_start' of equal length")
        answers = [{"text": t, "answer_start": s} for t, s in zip(texts, starts, strict=True)]
    if answers is None:
        return
    if not isinstance(answers, list):
        raise ValueError("'answers' is not a list")
    for answer in answers:
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            raise ValueError("an answer has no 'text'")
        text, start = answer["text"], answer.get("answer_start", answer.get("start"))
        if not text.strip() or type(start) is not int or start < 0:
            raise ValueError("an answer has no 'text' or no 'answer_start'")
        yield text, start


def _squad_spans(answers: Any, paragraph: Paragraph) -> tuple[GoldSpan, ...]:
    found: dict[tuple[int, str], GoldSpan] = {}
    for text, start in squad_answers(answers):
        actual = paragraph.text[start : start + len(text)]
        if actual != text:
            raise ValueError(
                f"{shortened(text)} is not at {start}, where it is {shortened(actual)}"
            )
        found[start, text] = GoldSpan(text, paragraph.name, start, start + len(text))
    return tuple(found.values())


def _qas(data: list[Any], text: str) -> Iterator[tuple[int, Any]]:
    """Flattened rows of SQuAD JSON, each with the line that its question's id stands on."""
    at, counted, line = 0, 0, 1
    for where, qa in _walk(data):
        if not isinstance(qa, dict):
            yield line, f"{where} is not in the SQuAD format"
            continue
        found = text.find(json.dumps(qa.get("id")), at)
        if found >= 0:
            line += text.count("\n", counted, found)
            at = counted = found
        yield line, qa


def _walk(data: list[Any]) -> Iterator[tuple[str, Any]]:
    """(where, question with its context and title), or (where, None) for what has another shape."""
    for a, article in enumerate(data):
        paragraphs = article.get("paragraphs") if isinstance(article, dict) else None
        if not isinstance(paragraphs, list):
            yield f"data[{a}]", None
            continue
        for p, paragraph in enumerate(paragraphs):
            where = f"data[{a}].paragraphs[{p}]"
            qas = paragraph.get("qas") if isinstance(paragraph, dict) else None
            if not isinstance(qas, list):
                yield where, None
                continue
            about = {"context": paragraph.get("context"), "title": article.get("title")}
            for q, qa in enumerate(qas):
                yield f"{where}.qas[{q}]", {**qa, **about} if isinstance(qa, dict) else None


def _flat(lines: list[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, plain(error)


def _has_context(lines: list[str]) -> bool:
    """Whether the first row that is an object has a ``context``."""
    for line in lines:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            return "context" in row
    return False


def _read(path: Path) -> str:
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as file:
                raw = file.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise TestSetError(f"The test set {path} cannot be read: {reason}.") from error
    if len(raw) > MAX_BYTES:
        raise TestSetError(f"The test set {path} is larger than {MAX_BYTES // 1_000_000} MB.")
    bare, encoding = unmarked(raw)
    try:
        return bare.decode(encoding or "utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise TestSetError(
            f"The test set {path} is not {error.encoding.upper()} text.", "Save it as UTF-8."
        ) from error


def _slug(title: str) -> str:
    plain_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain_title.lower()).strip("-")[:40]
