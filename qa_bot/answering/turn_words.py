"""Which words of a record with several speakers may answer a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qa_bot.schema import Document, Span
from qa_bot.understanding.query import Query

_ABOUT_ASKING = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|questions?|questioned|want(?:s|ed)? to know|enquir\w+|inquir\w+)\b",
    re.I,
)
_END = re.compile(r"[.!?…](?=[\s\"”’)*_\]]|\Z)")


def quotable(query: Query, spans: Sequence[Span], documents: Mapping[str, Document]) -> list[Span]:
    """The spans that somebody says, in their order; all of them where one person speaks.

    A label is nobody's words. What is asked answers nothing, unless the question is about what was
    asked: the premise of a question is not what the person says who is asked.
    """
    asking = _ABOUT_ASKING.search(query.question) is not None
    return [span for span in spans if _may(span, documents, asking, query.whose)]


def _may(span: Span, documents: Mapping[str, Document], asking: bool, whose: bool) -> bool:
    document = documents.get(span.passage.document_id)
    if document is None or not document.turns:
        return True
    turn = document.turn_at(span.start)
    if turn is None:  # a heading, or what comes before the first of them speaks
        return not whose
    if span.start < turn.said_from or span.end > turn.end:
        return False
    return asking or not (turn.asks or is_question(document, span.end, turn.end))


def is_question(document: Document, offset: int, end: int) -> bool:
    """Whether the sentence of the character before ``offset`` ends in a question mark."""
    found = _END.search(document.text, max(0, offset - 1), end)
    return found is not None and found[0] == "?"
