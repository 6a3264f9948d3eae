import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.reading.trimming import trim


@pytest.mark.parametrize(
    ("text", "span", "wanted"),
    [
        ("in Geneva, today", "Geneva,", "Geneva"),
        ("costs $5 million.", "$5 million.", "$5 million"),
        ("about 30%.", "30%.", "30%"),
        ("from the U.S. to", "the U.S.", "the U.S."),
        ('said "we act" twice', '"we act', '"we act"'),
        ('said "we act" twice', 'we act"', '"we act"'),
        ('said "we really must act" twice', '"we really', "we really"),
        ("the fund (a start-up) helps", "fund (a start-up", "fund (a start-up)"),
        ("the fund (a start-up) helps", "start-up)", "start-up"),
        ("a, b, and c; then", ", b, and c;", "b, and c"),
        ("Is it? Yes", "Is it?", "Is it?"),
        ("...", "...", "..."),
    ],
)
def test_ends(text: str, span: str, wanted: str) -> None:
    start = text.index(span)
    begin, stop = trim(text, start, start + len(span))
    assert text[begin:stop] == wanted


@given(st.text(alphabet='ab ()"“”.,$%\n', max_size=30), st.data())
def test_keeps_every_letter_and_stays_in_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    begin, stop = trim(text, start, end)
    assert 0 <= begin <= stop <= len(text)
    inside = [i for i in range(start, end) if text[i].isalnum()]
    assert all(begin <= i < stop for i in inside)
    assert not any(text[i].isalnum() for i in range(begin, start))
    assert not any(text[i].isalnum() for i in range(end, stop))
