"""What counts as a question, and the phrases in it that must occur word for word."""

from __future__ import annotations

import re
import unicodedata

from qa_bot.errors import QuestionError
from qa_bot.text.cleaning import clean

MOST_PHRASES = 5  # further ones are ordinary words
LONGEST_PHRASE = 300  # characters

_SOME = f"{{1,{LONGEST_PHRASE}}}"
QUOTED = re.compile(rf'(?<!\w)(?:"([^"]{_SOME})"|[“„”]([^“”„"]{_SOME})[“”]|«([^«»]{_SOME})»)(?!\w)')
IN_MARKS = re.compile(r'["“„][^"“”„]*["“”]|«[^«»]*»')  # however long
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def checked_question(question: str, longest: int) -> str:
    """The question on one line, without control characters; letters and accents as one sign.

    Args:
        question: as typed.
        longest: most characters allowed.

    Raises:
        QuestionError: it is blank, holds no letter or digit, or is longer than ``longest``.

    Example:
        >>> checked_question("  Where\\nwas it? ", 100)
        'Where was it?'
    """
    if len(question) > longest:
        raise QuestionError(
            f"The question is {len(question):,} characters long; at most {longest:,} can be read.",
            "Ask it in a sentence or two.",
        )
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in question)
    visible = unicodedata.normalize("NFC", " ".join(visible.split()))
    if not visible:
        raise QuestionError("The question is empty.", "Type a question about the speeches.")
    if not any(c.isalnum() for c in visible):
        raise QuestionError("The question holds no word.", "Ask it in words.")
    return visible


def quoted(question: str) -> tuple[str, ...]:
    """The phrases in double quotation marks, without the marks and the punctuation beside them.

    Example:
        >>> quoted('Who spoke of “risk to be minimized,” and of a "ripple effect"?')
        ('risk to be minimized', 'ripple effect')
    """
    inside = ((m[1] or m[2] or m[3]) for m in QUOTED.finditer(question))
    phrases = (_EDGES.sub("", clean(text).text) for text in inside)
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase))[:MOST_PHRASES]
