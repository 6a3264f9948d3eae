"""Our own JSON-lines format read into questions.

docs/evaluation.md describes it for the people who write such files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from qa_bot.evaluation.testset import SPLITS, GoldSpan, Item, Problem, Question, plain, shortened
from qa_bot.evaluation.text_metrics import normalise
from qa_bot.schema import Filters

ROW_KEYS = frozenset(
    [
        "id",
        "split",
        "type",
        "question",
        "history",
        "filters",
        "answerable",
        "answers",
        "absent",
        "notes",
    ]
)


def parse_rows(lines: Iterable[str]) -> tuple[tuple[Question, ...], tuple[Problem, ...]]:
    """Questions and bad rows of a file in our own JSON-lines format. Blank lines are skipped.

    Example:
        >>> row = '{"id": "1", "question": "Where?", "answers": [["Geneva"]]}'
        >>> questions, problems = parse_rows([row, "not a row"])
        >>> questions[0].answers[0][0].text
        'Geneva'
        >>> print(problems[0])
        line 2: not JSON: Expecting value at column 1
    """
    questions: list[Question] = []
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            question = parse_row(row, number)
            if question.id in first_line:
                raise ValueError(f"id {question.id!r} is already on line {first_line[question.id]}")
        except (ValueError, RecursionError) as error:
            problems.append(Problem(number, plain(error)))
            continue
        first_line[question.id] = number
        questions.append(question)
    return tuple(questions), tuple(problems)


def parse_row(row: object, line: int = 0) -> Question:
    """One question from its JSON object.

    Raises:
        ValueError: a field is missing or has the wrong shape; the message names it.
    """
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    if unknown := sorted(set(row) - ROW_KEYS):
        raise ValueError(f"unknown field {unknown[0]!r}; known: {', '.join(sorted(ROW_KEYS))}")
    question = _text(row, "question")
    if not question.strip():
        raise ValueError("the field 'question' is missing or blank")
    answers = row.get("answers", [])
    if not isinstance(answers, list):
        raise ValueError("'answers' is not a list")
    items = tuple(_item(item) for item in answers)
    answerable = row.get("answerable", bool(items))
    if not isinstance(answerable, bool):
        raise ValueError("'answerable' is not true or false")
    if answerable and not items:
        raise ValueError("'answerable' is true but there are no 'answers'")
    if not answerable and items:
        raise ValueError("'answerable' is false but there are 'answers'")
    split = _text(row, "split")
    if split and split not in SPLITS:
        raise ValueError(f"'split' is {split!r}, not one of {', '.join(SPLITS)}")
    identifier = row.get("id", f"line-{line}")
    return Question(
        id=str(identifier) if isinstance(identifier, int) else _text({"id": identifier}, "id"),
        question=question,
        answers=items,
        type=_text(row, "type") or "question",
        split=split,
        history=_history(row.get("history", [])),
        filters=_filters(row.get("filters")),
        absent=_texts(row.get("absent", []), "absent"),
        notes=_text(row, "notes"),
        line=line,
    )


def _item(value: object) -> Item:
    alternatives = value if isinstance(value, list) else [value]
    if not alternatives:
        raise ValueError("an item of 'answers' has no alternatives")
    return tuple(_span(alternative) for alternative in alternatives)


def _span(value: object) -> GoldSpan:
    if isinstance(value, str):
        value = {"text": value}
    if not isinstance(value, dict):
        raise ValueError("an answer is neither text nor an object with 'text'")
    if unknown := sorted(set(value) - {"document", "start", "end", "text"}):
        raise ValueError(f"unknown field {unknown[0]!r} in an answer")
    text, document = _text(value, "text"), _text(value, "document")
    if not normalise(text):
        raise ValueError("an answer has no 'text' or its text holds no word")
    start, end = value.get("start", -1), value.get("end")
    if type(start) is not int or (end is not None and type(end) is not int):
        raise ValueError("'start' or 'end' of an answer is not a whole number")
    if start < 0:
        if "start" in value or end is not None:
            raise ValueError("an answer has an 'end' without a 'start', or a negative 'start'")
        return GoldSpan(text, document)
    if end is not None and end != start + len(text):
        raise ValueError(f"{shortened(text)} is {len(text)} characters, not {start}-{end}")
    return GoldSpan(text, document, start, start + len(text))


def _history(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        raise ValueError("'history' is not a list of [question, answer] pairs")
    turns = []
    for turn in value:
        if not (
            isinstance(turn, list) and len(turn) == 2 and all(isinstance(t, str) for t in turn)
        ):
            raise ValueError("'history' is not a list of [question, answer] pairs")
        turns.append((turn[0], turn[1]))
    return tuple(turns)


def _filters(value: object) -> Filters | None:
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        raise ValueError("'filters' is not an object")
    known = {f.name: f for f in fields(Filters)}
    given: dict[str, Any] = {}
    for name, wanted in value.items():
        if name not in known:
            raise ValueError(f"unknown filter {name!r}; known: {', '.join(known)}")
        many = name in ("documents", "groups")
        given[name] = _texts(wanted, name) if many else _text(value, name)
    return Filters(**given)


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name!r} is not text")
    return value


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise ValueError(f"{name!r} is not a list of texts")
    return tuple(value)
