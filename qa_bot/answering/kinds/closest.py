"""No direct answer: the nearest sentences, so that nobody goes away with nothing."""

from __future__ import annotations

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.answering.kinds.exact import quoting_answer
from qa_bot.answering.sentences import cited
from qa_bot.schema import Answer
from qa_bot.understanding.query import Query

MOST = 3  # sentences


def closest(query: Query, found: Evidence, tools: Tools) -> Answer:
    """The answer that there is none, with the nearest sentences."""
    answer = quoting_answer(query, found, tools, (), confidence=found.found.best)
    nearest = cited(found.sentences[:MOST], tools.ranker, tools.quoter, spans=found.found.spans)
    return answer.of_kind("closest", closest=nearest)
