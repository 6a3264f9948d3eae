"""Words of a text as character ranges: the only places where an answer may begin or end.

Models see subword pieces; people read words. Everything after the model works on these units, so a
quotation can never stop inside a word, whatever the tokenizer.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np

# Scripts written without spaces: each character (with its marks) counts as a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)


def _mark_ranges() -> str:
    """Combining marks as the inside of a regular-expression class: `\\w` leaves them out."""
    marks = [c for c in range(0x300, 0x1F000) if unicodedata.category(chr(c))[0] == "M"]
    marks += range(0xE0100, 0xE01F0)  # variation selectors
    parts: list[str] = []
    first = last = marks[0]
    for code in [*marks[1:], -1]:
        if code != last + 1:
            parts.append(f"{chr(first)}-{chr(last)}")
            first = code
        last = code
    return "".join(parts)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    marks = _mark_ranges()
    letter = rf"(?:[^\W{_UNSPACED}{marks}][{marks}\u200c\u200d]*)"
    return re.compile(
        rf"(?:[^\W\d_]\.){{2,}}(?!\w)"  # U.S., e.g.
        rf"|\d+(?:[.,:]\d+)+{letter}*"  # 1,000  3.5  10:30
        rf"|[{_UNSPACED}][{marks}]*"
        rf"|['’]s\b"  # its own unit: "IOM" may be cut from "IOM's"
        rf"|{letter}+(?:(?:['’](?!s\b)|(?<=[^\W\d_])[-‐‑](?=[^\W\d_])){letter}+)*"
        # A symbol with what modifies it: marks, joiners and the skin tones of emoji.
        rf"|[^\w\s](?:[{marks}\U0001f3fb-\U0001f3ff]|\u200d[^\w\s]?)*"
    )


def words(text: str) -> np.ndarray:
    """Character ranges (n, 2) of the words and punctuation marks of `text`, in order.

    Ranges do not overlap; what lies between them is white space. Hyphenated words, numbers with
    separators and dotted abbreviations are one unit; a possessive 's is a unit of its own.

    >>> text = "IOM's start-up fund (U.S.) holds 1,000."
    >>> [text[a:b] for a, b in words(text)]
    ['IOM', "'s", 'start-up', 'fund', '(', 'U.S.', ')', 'holds', '1,000', '.']
    """
    ranges = [match.span() for match in _pattern().finditer(text)]
    return np.array(ranges, dtype=np.int64).reshape(-1, 2)


def paragraphs(text: str, ranges: np.ndarray) -> np.ndarray:
    """For each word range (n, 2), the number of the paragraph it stands in (n,), from 0.

    A paragraph ends at a line break: cleaning has already joined the lines of a sentence.
    """
    breaks = np.array([i for i, c in enumerate(text) if c in "\n\f\v\u2028\u2029"], dtype=np.int64)
    return np.searchsorted(breaks, ranges[:, 0])
