"""Questions made from sentences read like questions, and sentences that do not fit give none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.schema import Document
from qa_bot.suggestions.candidates import WORDS, candidates


def questions(text: str, speaker: str = "") -> list[str]:
    return [c.question for c in candidates(Document(id="a", text=text, speaker=speaker))]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The Forum of Mayors highlights cities.", "What does the Forum of Mayors highlight?"),
        ("The Mayoral Forum - a yearly dialogue - helps cities.", "What is the Mayoral Forum?"),
        ("In addition, IOM will ensure that all are informed.", "What will IOM ensure?"),
        ("IOM has been given a central role in this.", "What has IOM been given?"),
        ("Many speakers endorsed the decision to form it.", "What did many speakers endorse?"),
        ("We thank the envoy, Louise Arbour for her work.", "What is Louise Arbour thanked for?"),
        ("As Ms. Bralo said today: we must listen.", "What did Ms. Bralo say?"),
        ("The city council was founded in 1863 by traders.", "When was the city council founded?"),
        ("A donor meeting will be held in Lima soon.", "Where will a donor meeting be held?"),
        ("The data set should be used smartly.", "How should the data set be used?"),
        ("Long strategies afford agencies a chance.", "What do long strategies afford?"),
        (
            "The rural schools must be open because children walk far.",
            "Why must the rural schools be open?",
        ),
        ("As UNICEF heard from Anas Ansar, a young migrant, it helps.", "Who is Anas Ansar?"),
    ],
)  # fmt: skip
def test_a_plain_sentence_becomes_its_question(sentence: str, question: str) -> None:
    assert question in questions(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "We need better data.",
        "It highlights the role of cities.",
        "Since then support includes training.",
        "This requires a whole of government approach.",
        "When a referendum was held in 1967, voters approved it.",
        "Ladies and gentlemen, thank you for your attention.",
        "The first shows the entire time.",
    ],
)
def test_a_sentence_that_leans_on_others_gives_none(sentence: str) -> None:
    assert questions(sentence) == []


def test_capitals_stay_with_names_only() -> None:
    text = "Adequate funding of schools requires new ideas. Newton's law says that force is change."
    assert questions(text) == [
        "What does adequate funding of schools require?",
        "What does Newton's law say?",
    ]


def test_topics_of_a_speaker_with_a_name() -> None:
    text = "Talk of capacity development. More on capacity development."
    assert "What did Ada King say about capacity development?" in questions(text, "Ada King")
    assert questions(text, "Director General of IOM") == []


@given(st.text(max_size=300))
@settings(max_examples=25)
def test_any_text_is_survived(text: str) -> None:
    for candidate in candidates(Document(id="a", text=text)):
        assert len(candidate.question.split()) in WORDS
        assert text[candidate.start : candidate.end].strip()


def test_a_long_document_takes_bounded_time() -> None:
    text = "The Aa - of the Aa, an of - an " * 18 + "end.\n\n"
    began = time.process_time()
    candidates(Document(id="a", text=text * 100))
    assert time.process_time() - began < 5
