"""Each kind of answer, by the real bot over the two speeches."""

from __future__ import annotations

import pytest

from qa_bot import QABot
from qa_bot.answering.pipeline import KINDS
from qa_bot.schema import ANSWERS, NO_ANSWERS, Answer, Citation

# (question, kind, words that a person must see)
ASKED = [
    ("What did Laura Thompson say about youth?", "evidence", "Engaging youth"),
    ("Anything on climate?", "evidence", "changes in our climate"),
    ("Is the Compact legally binding?", "evidence", "legally non-binding"),
    ("How do the two speeches differ on financing?", "comparison", "Adequate financing"),
    ("Summarise the closing remarks", "overview", "capacity development"),
    ("How many people work for IOM?", "closest", ""),
    ("Hello!", "note", ""),
    ("Thanks, that helped", "note", ""),
    ("What can you do?", "note", ""),
]


def everything(answer: Answer) -> list[Citation]:
    """All citations of an answer, wherever they stand."""
    grouped = [citation for group in answer.groups for citation in group.citations]
    return [*answer.citations, *answer.closest, *grouped]


@pytest.mark.parametrize(("question", "kind", "words"), ASKED)
def test_a_question_gets_its_kind_of_answer(
    bot: QABot, question: str, kind: str, words: str
) -> None:
    answer = bot.ask(question)
    assert answer.kind == kind
    assert answer.found == (kind in ANSWERS)
    assert answer.found != (kind in NO_ANSWERS)
    assert bool(answer.note) == (kind == "note")
    shown = " ".join(citation.sentence for citation in everything(answer))
    assert words in " ".join(shown.split())


@pytest.mark.parametrize("question", [question for question, _, _ in ASKED])
def test_what_is_shown_stands_in_the_speech_to_the_character(bot: QABot, question: str) -> None:
    for citation in everything(bot.ask(question)):
        text = bot.document(citation.document.id).text
        assert text[citation.start : citation.end] == citation.quote
        assert text[citation.sentence_start : citation.sentence_end] == citation.sentence
        assert citation.sentence_start <= citation.start < citation.end <= citation.sentence_end
        for start, end in citation.marks:
            assert citation.sentence_start <= start < end <= citation.sentence_end


def test_a_comparison_shows_both_sides(bot: QABot) -> None:
    answer = bot.ask("How do the two speeches differ on financing?")
    assert len(answer.groups) == 2
    documents = [{c.document.id for c in group.citations} for group in answer.groups]
    assert documents[0].isdisjoint(documents[1])
    assert [c for group in answer.groups for c in group.citations] == list(answer.citations)


def test_an_overview_keeps_to_the_speech_it_is_asked_of(bot: QABot) -> None:
    answer = bot.ask("Summarise the closing remarks")
    (document,) = {citation.document.id for citation in answer.citations}
    assert bot.document(document).speaker == "Laura Thompson"
    assert 5 <= len(answer.citations) <= 8


def test_several_questions_at_once_are_answered_one_by_one(bot: QABot) -> None:
    answer = bot.ask("Who cofacilitated the Compact and where will it be signed?")
    assert answer.found
    assert [group.label for group in answer.groups] == [
        "Who cofacilitated the Compact?",
        "Where will it be signed?",
    ]


def test_nothing_is_claimed_of_names_that_no_speech_knows(bot: QABot) -> None:
    answer = bot.ask("Why did Laura Thompson criticise Hungary?")
    assert answer.kind == "closest"
    assert not answer.found
    assert answer.citations == ()


def test_the_last_kind_always_answers(bot: QABot) -> None:
    answer = bot.ask("zyx wvut")
    assert answer.kind in NO_ANSWERS
    assert KINDS[-1].__name__ == "closest"
