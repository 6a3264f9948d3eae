"""Names and numbers of a question that a passage does not know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.reading.strangers import named, strangers
from qa_bot.schema import DocumentInfo

PASSAGE = (
    "The African Union’s framework was presented by Ms. Bralo in Geneva on 9 October 2018. The "
    "International Organization for Migration spent $1.5 million; the IDM met twice."
)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("what does iom do?", []),
        ("WHAT DOES IOM DO?", []),
        ("Beginning when did it rain?", []),
        ("IOM did what?", ["IOM"]),
        ("Which Member States joined in 2018–2019?", ["Member States", "2018", "2019"]),
        ("What did Ms. Bralo’s Fund give?", ["Bralo's Fund"]),
        ("Who leads the Ministry of Health of Chad?", ["Ministry of Health of Chad"]),
        ("Is it 1.5 or 3,000?", ["1.5", "3,000"]),
    ],
)
def test_names_of_a_question(question: str, names: list[str]) -> None:
    assert named(question) == names


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("What was presented?", 0.0),
        ("What did Bralo present in GENEVA?", 0.0),
        ("What is the European Union's framework?", 0.5),
        ("What is the Arab League's framework?", 1.0),
        ("Whose framework is it, the African Union's or the Arab League's?", 1.0),
        ("What did IOM spend?", 0.0),
        ("What did UNHCR spend?", 1.0),
        ("How often did the International Dialogue on Migration meet?", 0.0),
        ("What happened in 2018?", 0.0),
        ("What happened in 2019?", 1.0),
        ("Who spent 1.5 million?", 0.0),
        ("Who spent 5 million?", 1.0),
        ("What did the Unions present?", 0.0),
    ],
)
def test_how_much_a_passage_lacks(question: str, lacking: float) -> None:
    assert strangers(question, PASSAGE) == lacking


def test_what_is_known_about_the_speech_counts_as_known() -> None:
    about = DocumentInfo("a", title="Closing Remarks", speaker="Laura Thompson", date="2019-01-02")
    asked = "What did Laura Thompson say in the Closing Remarks of 2019?"
    assert strangers(asked, PASSAGE) == 1.0
    assert strangers(asked, PASSAGE, about) == 0.0


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_text(question: str, passage: str) -> None:
    assert 0.0 <= strangers(question, passage) <= 1.0
    assert strangers(question, f"{passage} {question}") == 0.0
