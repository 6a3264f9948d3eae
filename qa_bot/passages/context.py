"""The question that a turn answers: "No, at 64." says little without it."""

from __future__ import annotations

from bisect import bisect_right

from qa_bot.schema import Document
from qa_bot.text.sentences import sentences

LONGEST = 300  # characters of a question
ANSWERED = 500  # characters at the beginning of a turn that answer what was asked before


def question_before(document: Document, offset: int) -> str:
    """What somebody else asked right before the turn that holds ``offset``; "" if nothing.

    Only what stands near the beginning of the turn answers it.

    Example:
        >>> from qa_bot.schema import Turn
        >>> text = "Q: Will it rise? A: No."
        >>> turns = (Turn(0, 16, "Q", words=3), Turn(17, 23, "A", words=20))
        >>> question_before(Document("a", text=text, turns=turns), 20)
        'Will it rise?'
    """
    at = bisect_right(document.turns, offset, key=lambda turn: turn.start) - 1
    if at < 1:
        return ""
    turn, before = document.turns[at], document.turns[at - 1]
    if turn.asks or turn.speaker == before.speaker or not turn.start <= offset < turn.end:
        return ""
    if offset > turn.said_from + ANSWERED:
        return ""
    first = max(before.said_from, before.end - 2 * LONGEST)
    asked = document.text[first : before.end]
    bounds = sentences(asked)
    if not bounds or not (before.asks or asked.rstrip(' \n*_"”’)').endswith("?")):
        return ""
    start = bounds[-1][0]
    for low, _ in reversed(bounds):
        if len(asked) - low > LONGEST:
            break
        start = low
    return asked[max(start, len(asked) - LONGEST) :]
