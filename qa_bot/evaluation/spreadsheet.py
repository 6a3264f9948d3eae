"""Test sets kept in a spreadsheet: question, expected answer, document; saved as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from qa_bot.corpus.tables import delimiter_of, table_text
from qa_bot.errors import TestSetError
from qa_bot.evaluation.testset import SPLITS, GoldSpan, Item, Problem, Question, TestSet

# Column titles that are understood, lower-cased.
COLUMNS = {
    "question": ("question", "questions", "query"),
    "answer": ("expected answer", "expected", "answer", "gold", "gold answer", "expected_answer"),
    "document": ("document", "speech", "source", "file", "doc", "document id"),
    "type": ("type", "category"),
    "split": ("split",),
    "id": ("id", "number", "no", "nr"),
}
NO_ANSWER = frozenset(["", "-", "–", "not found", "no answer", "none", "n/a"])


def read_spreadsheet(path: Path) -> TestSet:
    """Questions of a CSV file: commas, semicolons or tabs; UTF-8, UTF-16 or Western European.

    The first row names the columns. In an answer, each line of the cell is one required item and
    ``|`` separates alternatives; an empty cell or "not found" means that there is no answer.

    Raises:
        TestSetError: the file cannot be read, or has no column for the question.
    """
    text = _decoded(path)
    delimiter, skip = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    questions: list[Question] = []
    problems: list[Problem] = []
    columns: dict[str, int] | None = None
    seen: dict[str, int] = {}
    line, width = 1, 0
    try:
        for cells in reader:
            first, line = line, reader.line_num + 1
            if first <= skip or not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns, width = _columns(path, cells), len(cells)
                continue
            try:
                question = _question(cells, columns, width, first)
                if question.id in seen:
                    raise ValueError(f"id {question.id!r} is already on line {seen[question.id]}")
                seen[question.id] = first
                questions.append(question)
            except ValueError as error:
                problems.append(Problem(first, str(error)))
    except csv.Error as error:
        problems.append(Problem(line, f"not CSV: {error}"))
    if columns is None:
        raise TestSetError(f"The test set {path} is empty.")
    return TestSet(path.name, tuple(questions), tuple(problems))


def _question(cells: Sequence[str], columns: dict[str, int], width: int, line: int) -> Question:
    def cell(name: str) -> str:
        at = columns.get(name, len(cells))
        return cells[at].strip() if at < len(cells) else ""

    if any(extra.strip() for extra in cells[width:]):
        raise ValueError("more cells than column titles: is an answer with commas not quoted?")
    if not cell("question"):
        raise ValueError("the question is blank")
    split = cell("split").lower()
    if split and split not in SPLITS:
        raise ValueError(f"split is {split!r}, not one of {', '.join(SPLITS)}")
    items = _items(cell("answer"), cell("document"))
    return Question(
        id=cell("id") or f"line-{line}",
        question=cell("question"),
        answers=items,
        type=cell("type") or ("question" if items else "unanswerable"),
        split=split,
        line=line,
    )


def _items(answer: str, document: str) -> tuple[Item, ...]:
    if answer.lower() in NO_ANSWER:
        return ()
    alternatives = [
        tuple(GoldSpan(text.strip(), document) for text in line.split("|") if text.strip())
        for line in answer.splitlines()
    ]
    return tuple(item for item in alternatives if item)


def _columns(path: Path, titles: Sequence[str]) -> dict[str, int]:
    """Column number by our name for it."""
    lowered = [title.strip().lower() for title in titles]
    found = {}
    for name, known in COLUMNS.items():
        at = next((lowered.index(title) for title in known if title in lowered), None)
        if at is not None:
            found[name] = at
    for name in ("question", "answer"):
        if name not in found:
            raise TestSetError(
                f"{path} has no column titled {COLUMNS[name][0]!r}; its first row is: "
                f"{', '.join(titles)[:200]}.",
                "The first row names the columns: question, expected answer, document.",
            )
    return found


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TestSetError(f"The test set {path} cannot be read: {error.strerror}.") from error
    try:
        return table_text(raw)
    except UnicodeDecodeError as error:
        hint = 'Save the sheet as "CSV UTF-8".'
        raise TestSetError(f"The test set {path} is not text.", hint) from error
