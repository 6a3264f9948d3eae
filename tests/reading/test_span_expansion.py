import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.reading.span_expansion import grow
from qa_bot.reading.word_offsets import paragraphs, words


def grown(text: str, span: str, peaks: str = "", height: float = -1.0) -> str:
    """What `span` grows to when its ends score 0, those of `peaks` `height`, all others −9."""
    ranges = words(text)
    tokens = [text[a:b] for a, b in ranges]
    start, end = np.full(len(ranges), -9.0), np.full(len(ranges), -9.0)

    def places(part: str) -> tuple[int, int]:
        at = text.index(part)
        inside = [i for i, (a, b) in enumerate(ranges) if a >= at and b <= at + len(part)]
        return inside[0], inside[-1]

    if peaks:
        first, last = places(peaks)
        start[first], end[last] = height, height
    first, last = places(span)
    start[first], end[last] = 0.0, 0.0
    first, last = grow(tokens, paragraphs(text, ranges), start, end, first, last)
    return text[ranges[first, 0] : ranges[last, 1]]


@pytest.mark.parametrize(
    ("text", "span", "other", "height", "wanted"),
    [
        ("They left because of war, and because rain failed.", "because of war",
         "because rain failed", -6, "because of war, and because rain failed"),
        ("It is led by states, and by cities.", "states", "cities", -6, "states, and by cities"),
        ("It needs money and time.", "money", "time", -0.4, "money and time"),
        ("It needs money and time.", "money", "time", -0.6, "money"),
        ("It needs money and time.", "time", "money", -0.4, "money and time"),
        ("Learn, talk, trade, and share.", "Learn, talk, trade", "share", -5,
         "Learn, talk, trade, and share"),
        ("At the local, national and regional level.", "national and regional level", "local", -3,
         "local, national and regional level"),
        ("It needs money. And time is short.", "money", "time", -0.1, "money"),
        ("It needs money, and it needs time.", "money", "time", -0.1, "money"),
        ("The Global Fund noted it.", "Global", "Fund", -2, "Global Fund"),
        ("We thank the Global Fund.", "Fund", "Global", -2, "Global Fund"),
        ("Yesterday Ms. Bralo spoke.", "Bralo", "Yesterday", -1, "Bralo"),
    ],
)  # fmt: skip
def test_parts_become_wholes(text: str, span: str, other: str, height: float, wanted: str) -> None:
    assert grown(text, span, other, height) == wanted


WORD = st.sampled_from(["and", "or", "but", ",", ";", ".", "by", "Fund", "Global", "time", "it"])
LOGIT = st.integers(-8, 8).map(float)


@settings(max_examples=100)
@given(st.data())
def test_a_span_only_grows_and_stays_in_its_paragraph(data: st.DataObject) -> None:
    tokens = data.draw(st.lists(WORD, min_size=1, max_size=14))
    n = len(tokens)
    rows = st.lists(LOGIT, min_size=n, max_size=n).map(np.array)
    start, end = data.draw(rows), data.draw(rows)
    groups = np.cumsum(data.draw(st.lists(st.sampled_from([0, 0, 1]), min_size=n, max_size=n)))
    first = data.draw(st.integers(0, n - 1))
    last = data.draw(st.integers(first, n - 1))
    begin, stop = grow(tokens, groups, start, end, first, last)
    assert 0 <= begin <= first <= last <= stop < n
    assert groups[begin] == groups[first] and groups[stop] == groups[last]
