"""A text as its letters and digits alone: what a page and the text made of it have in common."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from qa_bot.text.folding import plain


def letters(characters: Iterable[str]) -> tuple[str, list[int]]:
    """Letters and digits in lower case without accents, and the place that each one comes from.

    Hyphens, spaces, marks and line ends are left out, ligatures are several letters.

    Example:
        >>> letters("Né-\\nﬁ")
        ('nefi', [0, 1, 4, 4])
    """
    found: list[str] = []
    places: list[int] = []
    for place, character in enumerate(characters):
        for letter in letters_of(character):
            found.append(letter)
            places.append(place)
    return "".join(found), places


@lru_cache(maxsize=4096)
def letters_of(character: str) -> str:
    """The letters and digits of one character; "" if it is none."""
    return "".join(filter(str.isalnum, plain(character)))
