"""Which spans are shown beside each other, and which are one."""

from __future__ import annotations

import pytest

from qa_bot.answering.quoting import Quoter, agreeing, chosen_spans, merged, same_words
from qa_bot.errors import IndexDamagedError
from qa_bot.schema import Document, Passage, Span

TEXTS = {
    "a": "It was held in the Green Hall. It rained.",
    "b": "We met in Lima. The “Green\nHall” was full.",
    "c": "Nobody came.",
}
DOCUMENTS = {name: Document(name, text=text) for name, text in TEXTS.items()}
QUOTER = Quoter(DOCUMENTS)


def span(document: str, words: str, score: float) -> Span:
    text = TEXTS[document]
    start = text.index(words)
    return Span(Passage(document, 0, len(text), text), start, start + len(words), score)


def choose(*spans: Span, alone: float = 0.5, sure: float = 0.6) -> list[str]:
    probabilities = [sure, *[0.01] * (len(spans) - 1)]
    chosen = chosen_spans(
        spans, probabilities, 0.2, alone=lambda _: alone, several_wanted=False
    )  # fmt: skip
    return [kept.text for kept, _ in chosen]


def test_another_speech_that_would_answer_alone_is_shown_too() -> None:
    best, other = span("a", "the Green Hall", 6.0), span("b", "Lima", 4.0)
    assert choose(best, span("a", "It rained", 5.0), other) == ["the Green Hall", "Lima"]
    assert choose(best, other, alone=0.1) == ["the Green Hall"]
    assert choose(best, span("b", "Lima", 1.0)) == ["the Green Hall"]
    assert choose(span("a", "the Green Hall", 1.0), span("b", "Lima", -0.5)) == ["the Green Hall"]
    assert choose(best, other, sure=0.1) == []


def test_quotations_of_the_same_words_are_one() -> None:
    spans = [span("a", "the Green Hall", 6.0), span("b", "Lima", 5.0),
             span("b", "Green\nHall", 4.0), span("c", "Nobody", 3.0)]  # fmt: skip
    assert agreeing(spans, spans[:1]) == [2]
    assert agreeing([spans[0], span("b", "Green\nHall", -1.0)], spans[:1]) == []
    made = merged([QUOTER.cite_span(s, 0.5) for s in spans])
    assert [c.quote for c in made] == ["the Green Hall", "Lima", "Nobody"]
    assert [c.quote for c in made[0].also] == ["Green\nHall"]
    assert made[0].also[0].document.id == "b"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("$5 million", "€5 million", False),
        ("1.5", "1-5", False),
        ("+5%", "-5 %", False),
        ("5%", "5 %", True),
        ("5 per cent", "5%", False),
        ("The 1,000 people", "1,000 people", True),
        ("1,000", "1000", False),
        ("1994-95", "1994–95", True),
        ("in 2018.", "In 2018", True),
        ("COVID-19", "covid 19", True),
        ("10:30", "10.30", False),
        ("US$ 5", "US$5", True),
    ],
)
def test_amounts_are_the_same_only_with_their_signs(one: str, other: str, same: bool) -> None:
    assert (same_words(one) == same_words(other)) == same


def test_items_of_the_best_spans_list_need_no_sureness_of_their_own() -> None:
    text = "We need:\n- clean wells\n- safe roads\n- warm homes\n- open schools\n\nIt rained today."
    passage = Passage("d", 0, len(text), text)

    def at(words: str, score: float) -> Span:
        start = text.index(words)
        return Span(passage, start, start + len(words), score)

    spans = [at("clean wells", 3.0), at("safe roads", -1.0), at("It rained", 2.0)]
    chosen = chosen_spans(
        spans, [0.7, 0.1, 0.1], 0.4, alone=lambda _: 0.5, several_wanted=True
    )  # fmt: skip
    assert [kept.text for kept, _ in chosen] == ["clean wells", "safe roads", "warm homes",
                                                 "open schools"]  # fmt: skip
    elsewhere = Span(Passage("e", 0, 5, "Maize"), 0, 5, 2.5)
    for sure, wanted in ((0.1, 4), (0.3, 5)):
        chosen = chosen_spans(
            [spans[0], elsewhere], [0.7, sure], 0.4, alone=lambda _: 0.5, several_wanted=True
        )  # fmt: skip
        assert len(chosen) == wanted


def test_citations_stand_together_by_speech() -> None:
    spans = [span("b", "Lima", 5.0), span("a", "It rained", 4.0), span("b", "We", 3.0)]
    made = merged([QUOTER.cite_span(s, 0.5) for s in spans])
    assert [(c.document.id, c.quote) for c in made] == [("b", "Lima"), ("b", "We"),
                                                        ("a", "It rained")]  # fmt: skip


def test_words_that_the_document_does_not_hold_are_never_cited() -> None:
    wrong = Span(Passage("a", 0, 5, "Other"), 0, 5, 1.0)
    with pytest.raises(IndexDamagedError):
        QUOTER.cite_span(wrong, 0.5)
    with pytest.raises(IndexDamagedError):
        QUOTER.cite_span(Span(Passage("gone", 0, 5, "Other"), 0, 5, 1.0), 0.5)
