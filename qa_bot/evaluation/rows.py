"""Our own JSON-lines format read into questions.

docs/evaluation.md describes it for the people who write such files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from qa_bot.evaluation.testset import (
    SPLITS,
    GoldSpan,
    Item,
    Point,
    Problem,
    Question,
    Wanted,
    plain,
    shortened,
)
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
# Rows of questions as people ask them: told by one of the first three.
USERS_KEYS = frozenset(
    ["points", "need", "refuse", "sides", "docs", "intent", "corpus", "language"]
)
_TELLING = frozenset(["points", "need", "refuse"])
_PRECISE_KEYS = frozenset(["answers", "answerable", "absent", "type"])


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
    users = not _TELLING.isdisjoint(row)
    if users and (mixed := sorted(_PRECISE_KEYS & set(row))):
        raise ValueError(
            f"{mixed[0]!r} does not go with {min(_TELLING & set(row))!r}: a row has either "
            "'answers' or 'points'" + (" (its kind is 'intent')" if mixed[0] == "type" else "")
        )
    keys = (ROW_KEYS - _PRECISE_KEYS) | USERS_KEYS if users else ROW_KEYS
    if unknown := sorted(set(row) - keys):
        raise ValueError(f"unknown field {unknown[0]!r}; known: {', '.join(sorted(keys))}")
    question = _text(row, "question")
    if not question.strip():
        raise ValueError("the field 'question' is missing or blank")
    split = _text(row, "split")
    if split and split not in SPLITS:
        raise ValueError(f"'split' is {split!r}, not one of {', '.join(SPLITS)}")
    identifier = row.get("id", f"line-{line}")
    read = Question(
        id=str(identifier) if isinstance(identifier, int) else _text({"id": identifier}, "id"),
        question=question,
        split=split,
        history=_history(row.get("history", [])),
        filters=_filters(row.get("filters")),
        notes=_text(row, "notes"),
        line=line,
    )
    if users:
        kind, corpus = _text(row, "intent") or "question", _text(row, "corpus")
        if language := _text(row, "language"):
            kind = f"{kind} ({language})"  # the same question in several languages
        return replace(read, type=kind, corpus=corpus, wanted=_wanted(row))
    items = _items(row)
    return replace(
        read,
        answers=items,
        type=_text(row, "type") or "question",
        absent=_texts(row.get("absent", []), "absent"),
    )


def _wanted(row: Mapping[str, object]) -> Wanted:
    """What the person of a users' row must see."""
    refuse, points = row.get("refuse", False), _points(row.get("points", []))
    if not isinstance(refuse, bool):
        raise ValueError("'refuse' is not true or false")
    if refuse and points:
        raise ValueError("'refuse' is true but there are 'points': leave one of them out")
    if not refuse and not points:
        raise ValueError(
            "there are no 'points': give the words to be seen, or \"refuse\": true where no "
            "answer is right"
        )
    need = row.get("need", min(1, len(points)))
    if type(need) is not int or not min(1, len(points)) <= need <= len(points):
        raise ValueError(
            f"'need' is {need!r}, not a number of points from {min(1, len(points))} to "
            f"{len(points)}"
        )
    return Wanted(
        points=points,
        need=need,
        sides=_sides(row.get("sides", []), len(points)),
        refuse=refuse,
        documents=_texts(row.get("docs", []), "docs"),
    )


def _points(value: object) -> tuple[Point, ...]:
    if not isinstance(value, list):
        raise ValueError("'points' is not a list of lists of texts")
    points = []
    for point in value:
        alternatives = point if isinstance(point, list) else None
        if not alternatives or not all(isinstance(a, str) and normalise(a) for a in alternatives):
            raise ValueError(
                "a point is not a list of alternatives, each a text with a word: "
                + shortened(json.dumps(point, ensure_ascii=False))
            )
        points.append(tuple(alternatives))
    return tuple(points)


def _sides(value: object, points: int) -> tuple[tuple[int, ...], ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(side, list) and side for side in value):
        raise ValueError("'sides' is not a list of lists of point numbers")
    for number in (number for side in value for number in side):
        if type(number) is not int or not 0 <= number < points:
            raise ValueError(
                f"'sides' names the point {number!r}; they are numbered 0 to {points - 1}"
            )
    return tuple(tuple(side) for side in value)


def _items(row: Mapping[str, object]) -> tuple[Item, ...]:
    """The required items of a row with precise answers."""
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
    return items


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
