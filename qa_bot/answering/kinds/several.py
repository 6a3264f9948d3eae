"""Several questions asked at once, answered one by one."""

from __future__ import annotations

from dataclasses import replace

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.schema import BETWEEN_QUOTES, Answer, Group
from qa_bot.understanding.query import Query


def several(query: Query, found: Evidence, tools: Tools) -> Answer | None:
    """The answers of all parts under one another; None when one is asked or none is answered."""
    if not query.parts:
        return None
    earlier = query.asked.history
    answers = []
    for part in query.parts:
        answers.append(tools.ask(replace(query.asked, question=part, history=earlier)))
        earlier = (*earlier, (part, answers[-1].text))
    if not any(answer.found for answer in answers):
        return None
    groups = [
        Group(part, answer.citations or answer.closest)
        for part, answer in zip(query.parts, answers, strict=True)
        if answer.citations or answer.closest
    ]
    citations = tuple(dict.fromkeys(citation for group in groups for citation in group.citations))
    first = next(answer for answer in answers if answer.found)
    return replace(
        first,
        question=query.asked.question,
        understood=query.understood,
        text=BETWEEN_QUOTES.join(answer.text for answer in answers if answer.found),
        confidence=min(answer.confidence for answer in answers if answer.found),
        citations=citations,
        facts=tuple(fact for answer in answers for fact in answer.facts),
        kind="exact" if all(answer.kind == "exact" for answer in answers) else "evidence",
        groups=tuple(groups),
    )
