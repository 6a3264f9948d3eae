"""Passages and sentences end where a turn ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.corpus.turns import recognise
from qa_bot.index.sentences import cut, spoken_sentences
from qa_bot.passages import Splitter
from qa_bot.passages.context import question_before
from qa_bot.passages.marks import ASKED, BARE, LEADS
from qa_bot.schema import Document, Turn


def words(texts: list[str], **options: object) -> dict[str, list[list[str]]]:
    """Stands in for a tokenizer."""
    return {"input_ids": [text.split() for text in texts]}


def debate(text: str, **facts: str) -> Document:
    return Document("a", text=text, turns=recognise(text, facts.get("speaker", "")), **facts)


TEXT = """Ferries

Ms. Lund: When will it sail?

Mr. Roy (Transport): In May. It sails each day. The fare is two euros.

Bridges

Ms. Lund: Thank you. I have no more to ask.
"""


def test_a_passage_holds_words_of_one_speaker() -> None:
    document = debate(TEXT)
    passages = Splitter(words, size=200, overlap=40).split(document)
    assert [p.text.split("\n")[-1] for p in passages] == [
        "Ms. Lund: When will it sail?",
        "Mr. Roy (Transport): In May. It sails each day. The fare is two euros.",
        "Ms. Lund: Thank you. I have no more to ask.",
    ]
    assert passages[0].text.startswith("Ferries") and passages[2].text.startswith("Bridges")
    assert [p.context for p in passages] == ["", "When will it sail?", ""]
    assert all(p.text == document.text[p.start : p.end] for p in passages)


def test_sentences_stay_in_their_turn_and_labels_are_none() -> None:
    document = debate(TEXT)
    spans = [TEXT[a:b] for a, b in spoken_sentences(document)]
    assert spans[:5] == [
        "Ferries",
        "Ms. Lund:",
        "When will it sail?",
        "Mr. Roy (Transport):",
        "In May.",
    ]
    made = cut([document])
    bounds = zip(made.starts, made.ends, strict=True)
    marks = dict(zip((TEXT[a:b] for a, b in bounds), made.marks.tolist(), strict=True))
    assert marks["Ms. Lund:"] & LEADS and marks["Bridges"] & LEADS
    assert not marks["In May."] & (LEADS | BARE)
    assert made.texts[spans.index("In May.")] == "When will it sail? In May."


def test_what_journalists_say_is_marked() -> None:
    text = "Q: Is it true?\nA: It is not so.\nQ: Are you sure of it?\nA: Yes, I am."
    made = cut([debate(text, speaker="Rosa Neri")])
    asked = [t for t, bits in zip(made.texts, made.marks.tolist(), strict=True) if bits & ASKED]
    assert asked == ["Is it true?", "Are you sure of it?"]


def test_only_the_beginning_of_a_turn_answers() -> None:
    text = "A: Why? B: " + "We wait. " * 200
    turns = (Turn(0, 7, "A", words=3), Turn(8, len(text), "B", words=11))
    document = Document("a", text=text, turns=turns)
    assert question_before(document, 11) == "Why?"
    assert question_before(document, len(text) - 20) == question_before(document, 3) == ""


@given(st.lists(st.sampled_from(["Yes. ", "No? ", "\n\n", "Well then; ", "# H\n"]), max_size=30),
       st.lists(st.integers(0, 150), max_size=12), st.integers(3, 30))  # fmt: skip
def test_every_character_is_in_a_passage_of_its_own_turn(
    parts: list[str], cuts: list[int], size: int
) -> None:
    text = "".join(parts)
    bounds = sorted({at for at in cuts if at <= len(text)})
    turns = tuple(
        Turn(a, b, f"S{a % 3}", words=(a + b) // 2)
        for a, b in zip(bounds[::2], bounds[1::2], strict=False)
    )
    document = Document("a", text=text, turns=turns)
    passages = Splitter(words, size=size, overlap=size // 3).split(document)
    held = {at for p in passages for at in range(p.start, p.end)}
    assert all(at in held for at, char in enumerate(text) if not char.isspace())
    for p in passages:
        said = {document.turn_at(at) for at in range(p.start, p.end) if not text[at].isspace()}
        assert len(said - {None}) <= 1
    spans = spoken_sentences(document)
    assert all(a < b for a, b in spans) and spans == sorted(spans)
