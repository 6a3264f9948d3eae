"""What two runs of words that agree have in common."""

from __future__ import annotations

import re

from qa_bot.text.cleaning import clean

# An amount is what its signs and its separators make it: "1.5" is neither "15" nor "1-5".
TOKEN = re.compile(r"(?:(?<!\w)[-+−])?[$€£¥₹]?\s?\d+(?:[.,:/]\d+)*(?:\s?[%‰$€£¥₹])?|[^\W\d]\w*|\w+")
_ARTICLES = frozenset(["a", "an", "the"])


def same_words(quote: str) -> str:
    """What two quotations that agree have in common: their words, without case and articles.

    Example:
        >>> same_words("The “Global\\nCompact”,") == same_words("Global compact")
        True
        >>> same_words("$5 million") == same_words("€5 million")
        False
    """
    words = TOKEN.findall(clean(quote).text.casefold())
    return " ".join("".join(word.split()) for word in words if word not in _ARTICLES) or quote


def counterpart(
    text: str, span: tuple[int, int], other: str, within: tuple[int, int]
) -> tuple[int, int] | None:
    """Where another sentence has the words of a span, if they stand at the same place in it.

    Args:
        text: a sentence.
        span: (start, end) in it.
        other: a text that holds the other sentence, unchanged.
        within: (start, end) of that sentence.

    Returns:
        Offsets into ``other``; None where the two have not as many words, or others there.

    Example:
        >>> counterpart("In Oslo we pay 5 marks.", (15, 22), "In Bonn, we pay 5  marks!", (0, 25))
        (16, 24)
    """
    own = [found.span() for found in TOKEN.finditer(text)]
    places = [found.span() for found in TOKEN.finditer(other, *within)]
    inside = [at for at, (low, high) in enumerate(own) if low < span[1] and span[0] < high]
    if len(own) != len(places) or not inside:
        return None
    start, end = places[inside[0]][0], places[inside[-1]][1]
    start += len(other[start:end]) - len(other[start:end].lstrip())
    return (start, end) if same_words(other[start:end]) == same_words(text[slice(*span)]) else None
