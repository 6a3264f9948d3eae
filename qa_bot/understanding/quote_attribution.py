"""Who said it: questions that ask whose words a quotation is.

The one who said a quotation is the speaker of the speech it stands in, unless its sentence gives
the words to somebody else: "As Ms. Bralo said today, …".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.schema import BETWEEN_QUOTES, Exchange
from qa_bot.understanding.question import quoted

SHORTEST, LONGEST = 2, 2000  # characters of words that are looked for

_WHO = (
    r"^(?:(?:and|but|so|ok(?:ay)?)\b[\s,]*)?"
    r"(?:who|whose\s+words?|(?:which|what)\s+(?:speaker|person)|by\s+whom)\s+"
    r"(?:(?:is|was)\s+it\s+(?:who|that)\s+|(?:(?:ha[sd]|was|were|is|are)\s+)?(?:actually\s+)?)"
)
_SAYS = (
    r"(?:said|says|say|stated|states|mentioned|claimed|noted|stressed|emphasi[sz]ed|declared|"
    r"argued|wrote)"
)
_USES = (
    rf"(?:{_SAYS}|used|uses|coined|called\s+for|(?:spoke|speaks|spoken|talked|talks)\s+"
    r"(?:of|about))"
)
_THAT = (
    r"(?:that|this|so|it|those|these|(?:that|this|those|these|the)\s+(?:very\s+|exact\s+)?"
    r"(?:words?|sentences?|quotes?|quotations?|phrases?|things?))?"
)
_BEFORE = re.compile(rf"{_WHO}(?:{_SAYS}\s*)?{_THAT}\s*[?.!]*$", re.I)
_QUOTES = re.compile(
    rf"{_WHO}{_USES}\s+(?:that\s+)?(?:(?:the|these|those)\s+(?:exact\s+)?(?:words?|phrase)\s*:?\s*)?"
    r'["“”„«][^"“”„«»]+["“”»]\s*[?.!]*$',
    re.I,
)


def words_asked_about(question: str, history: Sequence[Exchange] = ()) -> tuple[str, ...]:
    """The words whose speaker is asked for, each a stretch that must stand verbatim; () if none.

    Args:
        question: as asked.
        history: (question, answer) pairs, oldest first; "that" is the last answer.

    Example:
        >>> words_asked_about("Who said that?", [("What is it?", "a fund … a bank")])
        ('a fund', 'a bank')
        >>> words_asked_about("Who spoke of “a ripple effect”?")
        ('a ripple effect',)
        >>> words_asked_about("Who said that IOM is a bank?", [("What is it?", "a fund")])
        ()
    """
    asked = question.strip()
    if len(asked) > LONGEST:
        return ()
    if _QUOTES.match(asked):
        return quoted(asked)
    match = _BEFORE.match(asked)
    says = match and re.search(rf"\b(?:{_SAYS}|words?)\b", asked, re.I)
    if not says or not history:
        return ()
    parts = [part.strip() for part in history[-1][1].split(BETWEEN_QUOTES)]
    return tuple(part for part in parts if SHORTEST <= len(part) <= LONGEST)
