"""What no speech answers: greetings, questions about the bot, opinions, other languages."""

from __future__ import annotations

import re

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.schema import Answer
from qa_bot.understanding.query import Query

_NOTES = {"meta": "abilities", "opinion": "opinion", "out_of_scope": "out_of_scope"}
_THANKS = re.compile(r"\b(?:thank|thanks|thx|cheers|appreciate\w*)\b", re.IGNORECASE)


def note(query: Query, evidence: Evidence, tools: Tools) -> Answer | None:
    """What the question is about, for the fronts to put into words; None if speeches may answer."""
    about = _about(query)
    if not about:
        return None
    return Answer(
        question=query.asked.question,
        understood=query.understood,
        found=False,
        text="",
        confidence=query.guess.probability if query.guess else 0.0,
        kind="note",
        note=about,
    )


def _about(query: Query) -> str:
    if query.language:
        return "language"
    if query.guess is None or not query.guess.note or query.about_speeches or query.attributed:
        return ""
    if query.guess.kind == "social":
        return "thanks" if _THANKS.search(query.asked.question) else "greeting"
    return _NOTES.get(query.guess.kind, "")
