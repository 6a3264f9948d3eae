"""No direct answer: the nearest sentences, so that nobody goes away with nothing."""

from __future__ import annotations

from itertools import zip_longest

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.answering.kinds.exact import quoting_answer
from qa_bot.answering.sentences import cited
from qa_bot.schema import Answer
from qa_bot.understanding.query import Query

MOST = 3  # sentences


def closest(query: Query, found: Evidence, tools: Tools) -> Answer:
    """The answer that there is none, with the nearest sentences."""
    read = found.found
    best = list(zip(read.spans, read.confidences, strict=True))[: tools.settings.answers]
    others = tuple(tools.quoter.cite_span(span, confidence) for span, confidence in best)
    answer = quoting_answer(query, found, tools, (), others, confidence=read.best)
    both = (s for pair in zip_longest(found.sentences, found.on_subject) for s in pair if s)
    first = list({s.number: s for s in both}.values())[:MOST]
    nearest = cited(first, tools.ranker, tools.quoter, spans=read.scanned)
    return answer.of_kind("closest", closest=nearest)
