"""What was asked is kept whole, so that numbers can be made of it again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qa_bot.calibration.__main__ import outcomes_of
from qa_bot.calibration.asked import Asked, Said, load
from qa_bot.calibration.asking import Asking, ask_missing
from qa_bot.evaluation.testset import Question
from qa_bot.reading.confidence import features
from qa_bot.schema import DocumentInfo, Hit, Passage, Span


def asked(name: str = "q1", score: float = 4.0) -> Asked:
    about = DocumentInfo("a", speaker="Zeta", date="1961", groups=("staff",))
    passage = Passage("a", 10, 27, "It met in Geneva.", 3)
    hits = (Hit(passage, about, 1.0, 0.8, 5.5, 26), Hit(Passage("b", 0, 2, "No"), about, 0.5))
    spans = (Span(passage, 20, 26, score), Span(passage, 10, 12, -1.0))
    both = (Span(passage, 20, 26, score + 1, 4.0),)
    by = {"small": Said(spans, (1.0, 0.0)), "small+base": Said(both, (1.0,))}
    return Asked(name, "fact", True, "Where did it meet?", hits, by)


def test_a_row_is_read_back_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "kept.jsonl"
    rows = [asked("q1"), asked("q2", -3.25)]
    lines = [json.dumps(row.to_row()) for row in rows]
    place.write_text("\n".join(lines) + '\n{"id": "half-writ', encoding="utf-8")
    assert list(load(place)) == rows
    assert not list(load(tmp_path / "nothing.jsonl"))


def test_numbers_are_made_of_kept_rows() -> None:
    row = asked()
    (made,) = outcomes_of({"mine": [row]}, "small")
    assert (made.kind, made.first_right, made.f1) == ("mine", True, (1.0, 0.0))
    spans = row.by["small"].spans
    assert np.allclose(made.table, features(spans, row.hits, row.question), equal_nan=True)
    assert not outcomes_of({"mine": [row]}, "other")


class Fake(Asking):
    """Knows its answers, and remembers what it was asked."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def ask(self, question: Question) -> Asked | None:
        self.given.append(question.id)
        return None if question.id == "catalogue" else asked(question.id)


def test_only_what_is_missing_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "new" / "kept.jsonl"
    questions = [Question(name, "Where?") for name in ("q1", "catalogue", "q2")]
    fake = Fake()
    made = ask_missing(questions[:2], lambda: fake, place, "mine")
    assert [a.id for a in made] == ["q1"]
    made = ask_missing(questions, lambda: fake, place, "mine")
    assert [a.id for a in made] == ["q1", "q2"]
    assert fake.given == ["q1", "catalogue", "catalogue", "q2"]
    assert not ask_missing([Question("q3", "Who?")], lambda: fake, place, "mine", seconds=0)
    assert "mine: 1 of 2" in capsys.readouterr().err
