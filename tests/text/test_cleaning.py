from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.text.cleaning import clean

# Pieces of text that cleaning has a rule for, so that generated texts exercise the rules.
TROUBLE = [
    "word", "Word", "the", "of", "é", "ﬁx", "ﬄ", " ", "  ", "\n", "\n\n", "\f", "\t", "\xa0",
    "\xad", "\u200b", "\x00", "\u2028", "-", "-\n", "—", "“", "”", "’", "**", "__", "_", "*", "#",
    "# ", "> ", "[a](https://b.c)", "[", "](", "1. ", "- ", ".", ",", "2018", "5*3", "ملف", "文",
    "🙂", "\ud800", "snake_case",
]  # fmt: skip
texts = st.lists(st.sampled_from(TROUBLE) | st.text(max_size=5), max_size=40).map("".join)
# Prose: no markup that comes in pairs, which a slice could cut in two.
PROSE = [t for t in TROUBLE if not set("*_[](") & set(t) or t in ("**", "snake_case", "5*3")]
prose = st.lists(st.sampled_from(PROSE), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("assess the\n\nexpected outcomes", "assess the expected outcomes"),
        ("the support of\n\nmultitude of players", "the support of multitude of players"),
        ("“One way\n\nof making", '"One way of making'),
        ("aegis of the\n\nSpecial Rapporteur", "aegis of the Special Rapporteur"),
        ("cut by a\fpage", "cut by a page"),
        ("A sentence.\n\nAnother one", "A sentence.\nAnother one"),
        ("CONCLUSION\n\nIn conclusion", "CONCLUSION\nIn conclusion"),
        ("takeaways:\n\nmigration is", "takeaways:\nmigration is"),
        ("Excellencies,\n\nLadies", "Excellencies,\nLadies"),
        ("wrapped\nline", "wrapped line"),
        ("good govern-\nance", "good governance"),
        ("good govern-\n\nance", "good governance"),
        ("govern\xad\nance", "governance"),
        ("state and non-\nstate actors", "state and non-state actors"),
        ("Franco-\nGerman", "Franco- German"),
        ("a — b -\nc", "a - b - c"),
        ("so\xadft \u200bze\u200bro\x00", "soft zero"),
        ("“don’t” ‘do’", "\"don't\" 'do'"),
        ("2015–2016", "2015-2016"),
        ("ﬁnal oﬃce", "final office"),
        ("**called for** it", "called for it"),
        ("__bold__ and ***both***", "bold and both"),
        ("an *emphasis* and _another_.", "an emphasis and another."),
        ("# Heading\n\n## Next\n> quote", "Heading\nNext quote"),
        ("see [the site](https://example.org/a_(b)) now", "see the site now"),
        ("snake_case 5*3*2 2**3", "snake_case 5*3*2 2**3"),
        ("a * b footnote* [1] (x)", "a * b footnote* [1] (x)"),
        ("C# and #hash > 5", "C# and #hash > 5"),
        ("one\n- two\n- three", "one\n- two\n- three"),
        ("  padded \n", "padded"),
        ("", ""),
        ("\x00\u200b \n", ""),
    ],
)  # fmt: skip
def test_rules(text: str, expected: str) -> None:
    assert clean(text).text == expected


@given(texts)
def test_offsets_are_monotonic_and_inside(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned.offsets) == len(cleaned.text)
    if cleaned.text:
        assert (np.diff(cleaned.offsets) >= 0).all()
        assert cleaned.offsets[0] >= 0 and cleaned.offsets[-1] < len(text)


@given(texts)
def test_kept_characters_stand_where_the_map_says(text: str) -> None:
    cleaned = clean(text)
    for at, character in enumerate(cleaned.text):
        if character.isalnum() and not "\ufb00" <= text[cleaned.offsets[at]] <= "\ufb06":
            assert text[cleaned.offsets[at]] == character


@given(texts, st.data())
def test_spans_are_never_empty_and_never_outside(text: str, data: st.DataObject) -> None:
    cleaned = clean(text)
    if not cleaned.text:
        return
    start = data.draw(st.integers(0, len(cleaned.text) - 1))
    end = data.draw(st.integers(start + 1, len(cleaned.text)))
    low, high = cleaned.span(start, end)
    assert 0 <= low < high <= len(text)
    back = cleaned.locate(low, high)
    assert back[0] <= start and end <= back[1]


@given(prose, st.data())
def test_a_span_of_words_cleans_to_itself(text: str, data: st.DataObject) -> None:
    cleaned = clean(text)
    words = [match.span() for match in re.finditer(r"\w+", cleaned.text)]
    if not words:
        return
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    start, end = words[first][0], words[last][1]
    low, high = cleaned.span(start, end)
    # A slice may end inside the mark of a list item, so a line end may have become a space.
    assert clean(text[low:high]).text.split() == cleaned.text[start:end].split()


def test_both_letters_of_a_ligature_come_from_one_character() -> None:
    cleaned = clean("an oﬃce")
    assert cleaned.text == "an office"
    assert cleaned.span(4, 5) == cleaned.span(6, 7) == (4, 5)
    assert cleaned.span(3, 9) == (3, 7)


@pytest.mark.parametrize("span", [(0, 0), (2, 1), (-1, 2), (0, 5)])
def test_impossible_spans_are_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="No span"):
        clean("four").span(*span)
