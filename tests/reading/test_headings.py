"""What the catalogue knows of a speech, told to the reader where the question names it."""

from __future__ import annotations

import numpy as np
import pytest

from qa_bot.reading import Reader
from qa_bot.reading.headings import heading, headings
from qa_bot.reading.two_stage import TwoStageReader, with_first
from qa_bot.schema import DocumentInfo, Hit, Passage, Span
from tests.reading.test_reader import one, random_reader

__all__ = ["random_reader"]  # a fixture

SPEECH = DocumentInfo("a", title="First message", speaker="Émile Zeta-Smith", date="1961-01-30")
TEXT = "The embassy was closed in March. Three hundred people were short of food."


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What did Zeta say about food?", "Émile Zeta-Smith. "),
        ("what did emile smith say in 1961?", "Émile Zeta-Smith, 1961. "),
        ("How many in January 1961?", "January 1961. "),
        ("How many in March 1961?", "1961. "),
        ("How many in January?", ""),
        ("What of smithies in 19611?", ""),
    ],
)
def test_what_the_question_names_is_told(question: str, told: str) -> None:
    assert heading(question, SPEECH) == told


def test_a_speech_of_which_nothing_is_known_has_no_heading() -> None:
    hits = [Hit(one(TEXT, info.id), info, 1.0) for info in (SPEECH, DocumentInfo("b"))]
    assert headings("What did Zeta say in 1961?", hits) == {"a": "Émile Zeta-Smith, 1961. "}
    assert heading("In 1961?", DocumentInfo("c", date="1961")) == "1961. "


def test_a_heading_is_read_but_never_quoted(reader: Reader) -> None:
    passage = one(TEXT, "a")
    question = "How many people were short of food, as Zeta said in 1961?"
    plain = reader.read(question, [passage])
    told = reader.read(question, [passage], told={"a": "Émile Zeta-Smith, 1961. ", "b": "No. "})
    assert told[0].text == plain[0].text
    assert told[0].score > plain[0].score
    for span in told:
        assert TEXT[span.start : span.end] == span.text
    asked = reader.read("Who spoke in 1961?", [passage], told={"a": "Émile Zeta-Smith, 1961. "})
    assert all("Zeta" not in span.text for span in asked)


def test_without_a_heading_nothing_changes(random_reader: Reader) -> None:
    passage = one(TEXT, "a")
    assert random_reader.read("Who?", [passage], told={}) == random_reader.read("Who?", [passage])
    assert random_reader.read("Who?", [passage], told={"b": "Me. "}) == random_reader.read(
        "Who?", [passage]
    )


def test_both_readers_are_told(reader: Reader, random_reader: Reader) -> None:
    passages = [one(TEXT, "a"), one("Nobody came to the fair.", "b")]
    told = {"a": "Émile Zeta-Smith, 1961. "}
    question = "How many people were short of food, as Zeta said in 1961?"
    readers = TwoStageReader(random_reader, reader, 2)
    readers.enough = float("inf")
    both = readers.read(question, passages, told=told)
    alone = reader.read(question, passages, told=told)
    assert [(s.start, s.end, s.score) for s in both] == [(s.start, s.end, s.score) for s in alone]


def test_each_span_knows_what_the_first_reader_gave_it() -> None:
    passage = Passage("a", 0, 40, "x" * 40)
    other = Passage("b", 0, 40, "y" * 40)
    first = [Span(passage, 0, 10, 5.0), Span(passage, 4, 10, 3.0), Span(passage, 30, 34, -2.0)]
    found = [
        Span(passage, 2, 9, 7.0),
        Span(passage, 20, 25, 1.0),
        Span(passage, 29, 33, 0.0),
        Span(other, 0, 5, 4.0),
    ]
    scores = [span.first for span in with_first(found, first)]
    assert scores == [5.0, -2.0, -2.0, None]
    assert np.isfinite(with_first(found, first)[0].score)
