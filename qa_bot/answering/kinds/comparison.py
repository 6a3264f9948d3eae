"""What each of several people, speeches or times says about one subject, side by side."""

from __future__ import annotations

from dataclasses import replace

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.answering.sentences import cited
from qa_bot.schema import BETWEEN_QUOTES, Answer, Group
from qa_bot.understanding.query import Query

EACH = 4  # sentences a side, at most
EACH_CHARS = 1100
LEAST = 0.2  # probability of the best sentence of one side at least
BESIDE = 0.01  # … of any other


def comparison(query: Query, found: Evidence, tools: Tools) -> Answer | None:
    """The sentences of each side; None to another question, or when only one side has any."""
    if len(query.sides) < 2:
        return None
    asked = query.subject or query.understood
    groups = []
    for side in query.sides:
        filters = replace(query.asked.filters, documents=tuple(sorted(side.documents)))
        ranked = tools.nearest_sentences(asked, asked, filters, EACH)
        kept = [s for s in ranked if s.probability >= BESIDE]
        if kept:
            share = 2 * EACH_CHARS // max(2, len(query.sides))
            citations = cited(kept, tools.ranker, tools.quoter, most=share)
            groups.append(Group(side.label, citations))
    sure = [group for group in groups if group.citations[0].confidence >= LEAST]
    if len(groups) < 2 or not sure:  # of two who speak of it, one may use other words
        return None
    citations = tuple(citation for group in groups for citation in group.citations)
    return Answer(
        question=query.asked.question,
        understood=query.understood,
        found=True,
        text=BETWEEN_QUOTES.join(citation.quote for citation in citations),
        confidence=min(group.citations[0].confidence for group in groups),
        citations=citations,
        chips=query.chips,
        kind="comparison",
        groups=tuple(groups),
    )
