"""Which words of a record with several speakers may answer a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qa_bot.schema import Document, Span
from qa_bot.text.names import HONORIFICS, plain_words
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
    return [
        span
        for span in spans
        if _may(span, documents, asking, query.whose)
        and may_tell_of_named(query, span.passage.document_id, span.start, documents)
    ]


def may_tell_of_named(
    query: Query, document_id: str, offset: int, documents: Mapping[str, Document]
) -> bool:
    """Whether words may tell of those whom a question names, if these speak in debates.

    They may where those say them, or where a turn of somebody else names them: what another says of
    himself is no answer to "How many will Mr. Boyle hire?".
    """
    document = documents.get(document_id)
    if not query.named or document is None or not document.turns:
        return True
    parts = [part for part in document.parts if part.id in query.named]
    if not parts or document.parts[document.part_at(offset)] in parts:
        return True
    asked = {word.text for word in plain_words(query.understood)}
    names = {w.text for part in parts for w in plain_words(f"{part.speaker} {part.role}")}
    turn = document.turn_at(offset)
    said = document.text[turn.said_from : turn.end] if turn else ""
    return not (names & asked - HONORIFICS).isdisjoint(word.text for word in plain_words(said))


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
