"""Whose words a quotation is."""

from __future__ import annotations

import pytest

from qa_bot.answering.attribution import attributed
from qa_bot.understanding.quote_attribution import words_asked_about

HISTORY = [("What is needed?", "a fund … a bank")]


@pytest.mark.parametrize(
    "question",
    ["Who said that?", "and who said so?", "Who said this", "Who was it that said it?",
     "Which speaker mentioned this?", "Whose words are these?", "Who said these words?"],
)  # fmt: skip
def test_that_is_the_last_answer(question: str) -> None:
    assert words_asked_about(question, HISTORY) == ("a fund", "a bank")
    assert words_asked_about(question) == ()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who said “a ripple effect”?", ("a ripple effect",)),
        ('Who spoke of "a ripple effect"?', ("a ripple effect",)),
        ('Who used the words "risk to be minimized"?', ("risk to be minimized",)),
        ('Who is at "the core of sovereignty"?', ()),
        ("Who said that IOM will stick to its DNA?", ()),
        ("Who called for that?", ()),
        ("Who?", ()),
        ('Who said "this" about "that"?', ()),
    ],
)
def test_words_in_the_question(question: str, words: tuple[str, ...]) -> None:
    assert words_asked_about(question, HISTORY) == words


@pytest.mark.parametrize(
    ("sentence", "words", "name"),
    [
        ("As Ms. Bralo said today, they may have the solutions.", "they may have", "Ms. Bralo"),
        ("As UNICEF noted, young people matter.", "young people", "UNICEF"),
        ("One of the speakers noted that it rained.", "it rained", "One of the speakers"),
        ("It rained, as the President of Peru put it.", "It rained", "President of Peru"),
        ("According to Ana Silva, it rained.", "it rained", "Ana Silva"),
        (
            "It rained, as our speaker from SINGA Deutschland mentioned today.",
            "It rained",
            "our speaker from SINGA Deutschland",
        ),
        ("She said it rained.", "it rained", "She"),
        ("We said it rained.", "it rained", ""),
        ("IOM is ready, and UNICEF said no.", "IOM is ready", ""),
        ("As Ms. Bralo said today, it rained.", "Ms. Bralo said", ""),
        ("It rained.", "rained", ""),
        ("Kenya noted its concern, and here we have opened a centre.", "opened a centre", ""),
        ("Kenya noted its concern; I shall open a centre.", "I shall open", ""),
        ("Kenya noted its concern, and that our work goes on.", "our work goes on", "Kenya"),
        ("Kenya noted its concern, and asked for schools.", "asked for schools", "Kenya"),
        ("Russia has claimed that it is winning, but it loses daily.", "it loses daily", ""),
        ("Rui said that it rains, but that we stay.", "we stay", "Rui"),
        ("A woman from Syria told me that school is her dream.", "school is her dream", ""),
    ],
)
def test_the_sentence_may_give_the_words_to_somebody(sentence: str, words: str, name: str) -> None:
    start = sentence.index(words)
    found = attributed(sentence, start, start + len(words))
    assert (sentence[slice(*found)] if found else "") == name
