"""Other languages are told; English questions and names never pass for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_bot.understanding.language import question_language

ROWS = Path(__file__).parents[2] / "eval" / "understanding"


def read(name: str) -> list[dict[str, str]]:
    lines = (ROWS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_no_english_question_passes_for_another_language() -> None:
    english = [row["question"] for row in read("kinds.jsonl")]
    english += [row["question"] for row in read("languages.jsonl") if row["language"] == "en"]
    assert [q for q in english if question_language(q)] == []


def test_nine_in_ten_questions_in_other_languages_are_told() -> None:
    others = [row for row in read("languages.jsonl") if row["language"] != "en"]
    told = [question_language(row["question"]) == row["language"] for row in others]
    assert sum(told) / len(told) >= 0.9


@pytest.mark.parametrize(
    "question", ["", "?", "12", "👋", "π", "Huerta", "iDiaspora", 'who said "je ne regrette rien"?']
)
def test_nothing_is_claimed_without_evidence(question: str) -> None:
    assert question_language(question) is None


@given(st.text(max_size=300))
@example("\U00017000")  # a letter that this Python has no name for
def test_any_text_is_stood(text: str) -> None:
    assert question_language(text) is None or len(question_language(text) or "") == 2
