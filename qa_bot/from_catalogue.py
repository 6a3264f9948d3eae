"""The answer to a question about the speeches themselves."""

from __future__ import annotations

import time

from qa_bot.conversation.facts import CatalogueQuestion, facts_of, said_in_heading
from qa_bot.conversation.mentions import BETWEEN_QUOTES
from qa_bot.quoting import Quoter, merged
from qa_bot.schema import Answer


def from_catalogue(
    question: str, understood: str, asked: CatalogueQuestion, quoter: Quoter, began: float
) -> Answer:
    """Who, when, where, at what, which: quoted when the speeches' own headings say it.

    If the heading of one of the speeches does not say it, all of the answer is facts of the
    catalogue, marked as such, so that nobody takes a half for the whole.

    Args:
        question: as asked.
        understood: as understood.
        asked: what it asks, and of which speeches.
        began: ``time.perf_counter()`` when it was asked.
    """
    names = [info.id for info in asked.documents]
    said = {name: said_in_heading(quoter.document(name), asked.field) for name in names}
    citations = merged(
        [
            quoter.cite(name, *place, score=0.0, confidence=1.0)
            for name, place in said.items()
            if place and all(said.values())
        ]
    )
    facts = () if citations else facts_of(asked)
    values = [citation.quote for citation in citations] or [fact.value for fact in facts]
    return Answer(
        question=question,
        understood=understood,
        found=True,
        text=BETWEEN_QUOTES.join(values),
        confidence=1.0,
        citations=citations,
        chips=asked.chips,
        facts=facts,
        seconds={"retrieve": 0.0, "read": 0.0, "total": time.perf_counter() - began},
    )
