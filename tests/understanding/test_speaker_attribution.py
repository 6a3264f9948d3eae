"""Words that a question takes for somebody's own, and those that are not."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.answering.attribution import may_be_words_of
from qa_bot.answering.search_pass import own_words
from qa_bot.schema import DocumentInfo, Hit, Passage, Span
from qa_bot.understanding.speaker_attribution import whose_speech

TALK = DocumentInfo("a", title="Closing remarks", speaker="Ana Silva", role="Minister, Peru")


def test_a_country_whose_minister_speaks_has_words_of_its_own() -> None:
    minister = DocumentInfo("a", title="Remarks", speaker="Faisal bin Farhan")
    minister = replace(minister, role="Minister, Saudi Arabia")
    assert may_be_words_of("Saudi Arabia", "Oil is our past.", 0, 3, minister)
    assert not may_be_words_of("New Zealand", "Oil is our past.", 0, 3, minister)


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("What did Louise Arbour say in her speech in Geneva?", "Louise Arbour"),
        ("What did Ms. Bralo also say about work in her closing remarks?", "Ms. Bralo"),
        ("In Ursula von der Leyen's speech, what was promised?", "Ursula von der Leyen"),
        ("What does Kofi Annan’s 1999 keynote call for?", "Kofi Annan"),
        ("What did the remarks by Ólafur Grímsson promise?", "Ólafur Grímsson"),
        ("According to Louise Arbour's speech, what matters?", "Louise Arbour"),
        ("What did Louise Arbour say about migrants?", ""),
        ("Who gave the speech by the lake?", ""),
        ("What was said in the opening speech?", ""),
        ("What did she say in her speech?", ""),
        ("What did IOM say in its speech?", ""),
        ("What does the speech by October 2018 say?", ""),
        ("What is said in Tuesday's speech?", ""),
        ("What did Canada and Mexico say in their speech?", ""),
        ("What did the Deputy Director General of IOM say in her speech?", ""),
        ("What was NATO's military intervention?", ""),
    ],
)
def test_who_is_taken_to_have_given_a_speech(question: str, who: str) -> None:
    assert whose_speech(question) == who


@pytest.mark.parametrize(
    ("text", "words", "who", "own"),
    [
        ("I thank Louise Arbour, for her dedication to us.", "dedication", "Louise Arbour", False),
        ("I thank Louise Arbour and hope that we say more: act.", "act", "Louise Arbour", False),
        ("I told Louise Arbour that I said cities matter.", "cities", "Louise Arbour", False),
        ("Louise Arbour was there, and we say: rain helps.", "rain", "Louise Arbour", False),
        ("Louise Arbour was there. We have made progress.", "progress", "Louise Arbour", False),
        ("Louise Arbour told us that progress is slow.", "progress is slow", "Ms. Arbour", True),
        ("We listened to Louise Arbour, who said: act.", "act", "Louise Arbour", True),
        ("Ms. Arbour warned of this. It is late. Act now.", "Act now", "Louise Arbour", True),
        ("Ms. Arbour warned us. It is late. So. Act now.", "Act now", "Louise Arbour", False),
        ("We act, in the words of Ms. Arbour.", "We act", "Louise Arbour", True),
        ("“Act”, said the Special Representative, Louise Arbour.", "Act", "Louise Arbour", True),
        (
            "Louise Arbour, U.N. Special Representative of many, said: act.",
            "act",
            "L. Arbour",
            True,
        ),
        ("Louise Arbour's message is clear: act.", "act", "Louise Arbour", True),
        ("Mr. Gómez said that rain helps.", "rain helps", "José Gomez", True),
        ("Bo Lund: We will act.", "We will act", "Bo Lund", True),
        ("We will act with Bo Lund.", "We will act", "Bo Lund", False),
        ("We will act with Bo Lund.", "We will act", "Ana Silva", True),
        ("Ms. (Lund) of [x.", "of", "Bo Lund", False),
    ],
)
def test_words_are_somebodys_where_the_text_gives_them(
    text: str, words: str, who: str, own: bool
) -> None:
    start = text.index(words)
    assert may_be_words_of(who, text, start, start + len(words), TALK) is own


def test_a_speech_of_nobody_knows_whom_may_be_theirs() -> None:
    assert may_be_words_of("Bo Lund", "We will act.", 0, 2, DocumentInfo("a", title="Opening"))


def test_spans_keep_their_order_and_offsets_are_the_documents() -> None:
    text = "We thank Ms. Lund for her work. Ms. Lund said that rain helps."
    passage = Passage("a", 100, 100 + len(text), text)
    spans = [
        Span(passage, 100 + text.index(words), 100 + text.index(words) + len(words), 1.0)
        for words in ("her work", "rain helps", "rain")
    ]
    kept, sure = own_words("Ms. Lund", spans, [0.9, 0.5, 0.3], [Hit(passage, TALK, 1.0)])
    assert [span.text for span in kept] == ["rain helps", "rain"]
    assert sure == [0.5, 0.3]


def test_a_hostile_passage_takes_no_time() -> None:
    text = "thank arbour-" * 20_000
    began = time.process_time()
    may_be_words_of("Louise Arbour", text, 5, 9, TALK)
    assert time.process_time() - began < 20


@given(st.text(max_size=80), st.text(min_size=1, max_size=80), st.data())
def test_any_text_can_be_asked_about(who: str, text: str, data: st.DataObject) -> None:
    whose_speech(who)
    start = data.draw(st.integers(0, len(text) - 1))
    may_be_words_of(who, text, start, data.draw(st.integers(start, len(text))), TALK)
