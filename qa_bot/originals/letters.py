"""A text as its letters and digits alone: what a page and the text made of it have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

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


def breaks(text: str, places: Sequence[int]) -> list[int]:
    """How strong a break stands before each letter: 0 inside a word, 1 between words, 2 at a line
    end, 3 at a blank line.

    Args:
        places: of the letters, as :func:`letters` tells them.

    Example:
        >>> breaks("A b\\ncd\\n\\ne", [0, 2, 4, 5, 8])
        [0, 1, 2, 0, 3]
    """
    found = [0] * len(places)
    for at, (one, other) in enumerate(pairwise(places), 1):
        between = text[one + 1 : other]
        if between:
            found[at] = min(between.count("\n"), 2) + 1 if "\n" in between else int(" " in between)
    return found


@lru_cache(maxsize=4096)
def letters_of(character: str) -> str:
    """The letters and digits of one character; "" if it is none."""
    return "".join(filter(str.isalnum, plain(character)))
