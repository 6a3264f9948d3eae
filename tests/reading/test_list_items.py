from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.reading.list_items import list_items
from qa_bot.reading.prepare import prepare


def items(text: str, word: str) -> list[str]:
    prepared = prepare(text)
    at = prepared.tokens.index(word)
    return [" ".join(prepared.tokens[a : b + 1]) for a, b in list_items(prepared, at, at)]


@pytest.mark.parametrize(
    ("text", "word", "wanted"),
    [
        ("First, we act. Second, we pay. Lastly, we go.", "pay",
         ["we act .", "we pay .", "we go ."]),
        ("First, we act. First, they ask. Second, they go.", "act", []),
        ("• one aim;\n• two aims\n\nThree aims", "aims", ["one aim", "two aims"]),
        ("1. Data\n2. Money\n(3) Time", "Money", ["Data", "Money", "Time"]),
        ("- one\n\nBreak.\n\n- two", "one", []),
        ("First we act. Second we pay.", "act", []),
        ("The second, a fund, works. Finally, we go.", "fund", []),
    ],
)  # fmt: skip
def test_lists(text: str, word: str, wanted: list[str]) -> None:
    assert items(text, word) == wanted


PARTS = st.sampled_from(
    ["First", ",", "Second", "Finally", "and", "-", "•", "\n", ".", "aim", "1", "(", ")", ";"]
)


@settings(max_examples=100)
@given(st.lists(PARTS, max_size=40).map(" ".join))
def test_items_are_ranges_in_order(text: str) -> None:
    prepared = prepare(text)
    for at in range(len(prepared.words)):
        found = list_items(prepared, at, at)
        assert all(0 <= a <= b < len(prepared.words) for a, b in found)
        assert all(a[1] < b[0] for a, b in pairwise(found))
