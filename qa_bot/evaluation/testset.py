"""Test sets: questions with gold spans, and the rows that cannot be used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, replace
from typing import Any

from qa_bot.schema import Filters

SPLITS = ("dev", "test")


@dataclass(frozen=True)
class Problem:
    """One row that cannot be used, by the line it starts on (from 1)."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True)
class GoldSpan:
    """Words that answer a question: ``document.text[start:end] == text``.

    A span as written in a file may lack its document (any document) and its offsets (-1: every
    place where the text occurs); ``places.resolve`` fills them in.
    """

    text: str
    document: str = ""
    start: int = -1
    end: int = -1

    @property
    def located(self) -> bool:
        return bool(self.document) and self.start >= 0


Item = tuple[GoldSpan, ...]
Point = tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """What a person who asks must see to be satisfied: the gold of a users' row.

    Attributes:
        points: each one a tuple of alternatives, words that stand in the speeches; a point is
            seen when what is shown holds one of them.
        need: how many points are enough.
        sides: of a comparison, the numbers of the points (from 0) of each side: one of each must
            be seen.
        refuse: nothing may be passed off as an answer; there are no points then.
        documents: where the points stand, as the row names them; () for anywhere.
    """

    points: tuple[Point, ...] = ()
    need: int = 0
    sides: tuple[tuple[int, ...], ...] = ()
    refuse: bool = False
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One row of a test set.

    Attributes:
        type: any word; scores are also reported by type.
        history: earlier (question, answer) pairs, oldest first.
        answers: all the items that a full answer holds, each with its alternatives; one of them
            is enough for the item. Empty when the documents hold no answer.
        absent: beginnings of words that occur nowhere in the documents searched; the check of a
            question without an answer compares them.
        about: title of the paragraphs that it was written about, when the file brings them.
        wanted: for a question as people ask it, what they must see; its ``type`` is the kind of
            question then, and it has no ``answers``.
        corpus: name of the collection that it is about, for people.
        line, file: where the row starts, and in which of several files.
    """

    id: str
    question: str
    answers: tuple[Item, ...] = ()
    type: str = "question"
    split: str = ""
    history: tuple[tuple[str, str], ...] = ()
    filters: Filters | None = None
    absent: tuple[str, ...] = ()
    notes: str = ""
    about: str = ""
    line: int = 0
    file: str = ""
    wanted: Wanted | None = None
    corpus: str = ""

    @property
    def answerable(self) -> bool:
        return not self.wanted.refuse if self.wanted else bool(self.answers)

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that hold the answer, sorted."""
        if self.wanted:
            return tuple(sorted(self.wanted.documents))
        return tuple(sorted({span.document for item in self.answers for span in item}))

    def problem(self, message: str) -> Problem:
        """Something wrong with this row."""
        return Problem(self.line, f"{self.file}: {message}" if self.file else message)

    def to_dict(self) -> dict[str, Any]:
        """The row as it is written to a file."""
        row: dict[str, Any] = {"id": self.id}
        if self.split:
            row["split"] = self.split
        if self.wanted and self.corpus:
            row["corpus"] = self.corpus
        kind = "intent" if self.wanted else "type"
        row |= {kind: self.type, "question": self.question}
        if self.history:
            row["history"] = [list(turn) for turn in self.history]
        if self.filters is not None:
            given = {f.name: getattr(self.filters, f.name) for f in fields(Filters)}
            row["filters"] = {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in given.items()
                if value
            }
        if self.wanted:
            row |= _wanted_dict(self.wanted)
        else:
            row["answerable"] = self.answerable
            row["answers"] = [
                [
                    {"document": s.document, "start": s.start, "end": s.end, "text": s.text}
                    for s in item
                ]
                for item in self.answers
            ]
        if self.absent:
            row["absent"] = list(self.absent)
        if self.notes:
            row["notes"] = self.notes
        return row


def _wanted_dict(wanted: Wanted) -> dict[str, Any]:
    row: dict[str, Any] = {"points": [list(p) for p in wanted.points], "need": wanted.need}
    if wanted.sides:
        row["sides"] = [list(side) for side in wanted.sides]
    return row | {"refuse": wanted.refuse, "docs": list(wanted.documents)}


@dataclass(frozen=True)
class Paragraph:
    """A text that comes with a test set and is searched instead of the corpus: one document."""

    name: str
    title: str
    text: str


@dataclass(frozen=True)
class TestSet:
    """Questions that can be used, and the rows that cannot.

    Attributes:
        paragraphs: the documents to search, when the file brings its own (SQuAD); gold spans name
            them by ``Paragraph.name``.

    Example:
        >>> where = Question("1", "Where?", answers=((GoldSpan("Geneva"),),))
        >>> TestSet("mine", (where,)).questions[0].answerable
        True
    """

    __test__ = False  # the name starts with "Test": keep pytest from collecting it

    name: str
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()

    @property
    def fingerprint(self) -> str:
        """sha256 of questions and gold answers, independent of their order."""
        lines = sorted(json.dumps(q.to_dict(), sort_keys=True) for q in self.questions)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def select(self, split: str = "all", limit: int | None = None) -> TestSet:
        """Only one split (rows without a split belong to every one), only so many questions.

        A limit takes questions evenly spaced over the file, so that a sorted file keeps its mix.
        """
        kept = [q for q in self.questions if split == "all" or q.split in ("", split)]
        if limit is not None and limit < len(kept):
            kept = [kept[i * len(kept) // limit] for i in range(limit)]
        return replace(self, questions=tuple(kept))


def shortened(text: str) -> str:
    """The text in quotes, cut to 60 characters: for messages."""
    return repr(text if len(text) <= 60 else text[:57] + "…")


def plain(error: Exception) -> str:
    """What is wrong, without Python's own words around it."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at column {error.colno}"
    return str(error) or type(error).__name__
