"""Words that a question takes for somebody's own, and those that are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.conversation.own_speech import may_be_words_of, own_words, whose_speech
from qa_bot.schema import DocumentInfo, Hit, Passage, Span

TALK = DocumentInfo("a", title="Closing remarks", speaker="Ana Silva", role="Minister, Peru")


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("What did Louise Arbour say in her speech in Geneva?", "Louise Arbour"),
        ("What did Ms. Bralo also say about work in her closing remarks?", "Ms. Bralo"),
        ("In Ursula von der Leyen's speech, what was promised?", "Ursula von der Leyen"),
        ("What does Kofi Annan’s 1999 address call for?", "Kofi Annan"),
        ("What did the statement by Saudi Arabia promise?", "Saudi Arabia"),
        ("What did the speech from the World Bank say?", "World Bank"),
        ("What did Louise Arbour say about migrants?", ""),
        ("Who gave the speech by the lake?", ""),
        ("What was said in the opening speech?", ""),
        ("What did she say in her speech?", ""),
    ],
)
def test_who_is_taken_to_have_given_a_speech(question: str, who: str) -> None:
    assert whose_speech(question) == who


@pytest.mark.parametrize(
    ("text", "words", "who", "own"),
    [
        ("I thank Louise Arbour, for her dedication to us.", "dedication", "Louise Arbour", False),
        ("Louise Arbour was there. We have made progress.", "progress", "Louise Arbour", False),
        ("Louise Arbour told us that progress is slow.", "progress is slow", "Ms. Arbour", True),
        ("Ms. Arbour warned us. It is late. Act now.", "Act now", "Louise Arbour", True),
        ("Ms. Arbour warned us. It is late. So. Act now.", "Act now", "Louise Arbour", False),
        ("We act, in the words of Louise Arbour.", "We act", "Louise Arbour", True),
        ("Louise Arbour's message is clear: act.", "act", "Louise Arbour", True),
        ("Kenya: We will act.", "We will act", "Kenya", True),
        ("We will act with Kenya.", "We will act", "Kenya", False),
        ("We will act with Kenya.", "We will act", "Ana Silva", True),
        ("We will act with Kenya.", "We will act", "the Minister of Peru", True),
    ],
)
def test_words_are_somebodys_where_the_text_gives_them(
    text: str, words: str, who: str, own: bool
) -> None:
    start = text.index(words)
    assert may_be_words_of(who, text, start, start + len(words), TALK) is own


def test_spans_keep_their_order_and_offsets_are_the_documents() -> None:
    text = "We thank Ms. Lund for her work. Ms. Lund said that rain helps."
    passage = Passage("a", 100, 100 + len(text), text)
    spans = [
        Span(passage, 100 + text.index(words), 100 + text.index(words) + len(words), 1.0)
        for words in ("her work", "rain helps", "rain")
    ]
    hits = [Hit(passage, TALK, 1.0)]
    assert [span.text for span in own_words("Ms. Lund", spans, hits)] == ["rain helps", "rain"]


@given(st.text(max_size=80), st.text(min_size=1, max_size=80), st.data())
def test_any_text_can_be_asked_about(who: str, text: str, data: st.DataObject) -> None:
    whose_speech(who)
    start = data.draw(st.integers(0, len(text) - 1))
    may_be_words_of(who, text, start, data.draw(st.integers(start, len(text))), TALK)
