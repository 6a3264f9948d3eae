"""Who, when, where, at what event, which speeches: what the catalogue knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.answering.quoting import Quoter, merged
from qa_bot.schema import (
    BETWEEN_QUOTES,
    Answer,
    CatalogueFact,
    Chip,
    Citation,
    Document,
    DocumentInfo,
    Turn,
)
from qa_bot.text.lexicon import MONTHS
from qa_bot.understanding.catalogue_questions import CatalogueQuestion
from qa_bot.understanding.query import Query

HEADING = 800  # characters at the beginning of a speech that may say who, when and where


def catalogue(query: Query, evidence: Evidence, tools: Tools) -> Answer | None:
    """The answer to a question about the speeches themselves; None to any other."""
    if query.about_speeches is None:
        return None
    return from_catalogue(
        query.asked.question, query.understood, query.about_speeches, tools.quoter
    )


def from_catalogue(
    question: str, understood: str, asked: CatalogueQuestion, quoter: Quoter
) -> Answer:
    """Who, when, where, at what, which: quoted when the speeches' own headings say it.

    If the heading of one of the speeches does not say it, all of the answer is facts of the
    catalogue, marked as such, so that nobody takes a half for the whole.

    Args:
        question: as asked.
        understood: as understood.
        asked: what it asks, and of which speeches.
    """
    if asked.field == "speaker":
        asked = replace(asked, documents=_who_spoke(asked.documents, quoter))
    found = [_said(info, asked.field, quoter) for info in asked.documents]
    citations = merged([one for one in found if one]) if all(found) else ()
    facts = () if citations else facts_of(asked)
    return telling(question, understood, citations, facts, asked.chips)


def telling(
    question: str,
    understood: str,
    citations: tuple[Citation, ...],
    facts: tuple[CatalogueFact, ...],
    chips: tuple[Chip, ...],
) -> Answer:
    """The answer that citations give, or where there are none, facts."""
    values = [citation.quote for citation in citations] or [fact.value for fact in facts]
    return Answer(
        question=question,
        understood=understood,
        found=True,
        text=BETWEEN_QUOTES.join(values),
        confidence=1.0,
        citations=citations,
        chips=chips,
        facts=facts,
    )


def _who_spoke(documents: Sequence[DocumentInfo], quoter: Quoter) -> tuple[DocumentInfo, ...]:
    """Those whose speakers answer: a debate's own, if the catalogue names one, else all parts'."""
    kept: dict[str, DocumentInfo] = {}
    for info in documents:
        whole = quoter.document(info.whole).info
        if info.id == info.whole or whole.speaker:
            kept[info.whole] = whole
        elif not Turn(0, 0, info.speaker).asks:
            kept[info.id] = info
    return tuple(kept.values())


def _said(info: DocumentInfo, field: str, quoter: Quoter) -> Citation | None:
    """Where the beginning of a speech says it, or for one of several speakers the label."""
    document = quoter.document(info.whole)
    if info.id == info.whole:
        place = said_in_heading(document, field)
        return quoter.cite(info.id, *place, score=0.0, confidence=1.0) if place else None
    first = next(turn for turn in document.turns if turn.speaker == info.speaker)
    return quoter.label(document.id, first, confidence=1.0)


def facts_of(asked: CatalogueQuestion) -> tuple[CatalogueFact, ...]:
    """What the catalogue answers, each value once, with the first speech that has it."""
    first: dict[str, CatalogueFact] = {}
    for document in asked.documents:
        value = getattr(document, asked.field)
        key = document.id if asked.field == "title" else value.casefold()
        whole = replace(document, id=document.whole)
        first.setdefault(key, CatalogueFact(whole, asked.field, value))
    return tuple(first.values())


def said_in_heading(document: Document, field: str) -> tuple[int, int] | None:
    """Where the beginning of a speech says what the catalogue says, or None.

    Args:
        document: with its text.
        field: "speaker", "date", "place", "event" or "title".

    Returns:
        (start, end) into ``document.text``.

    Example:
        >>> talk = Document("a", date="2018-10-09", text="Closing remarks, 9 October 2018, Geneva")
        >>> said_in_heading(talk, "date")
        (17, 31)
    """
    value = getattr(document, field)
    heading = document.text[:HEADING]
    for pattern in _date_forms(value) if field == "date" else [_loosely(value)]:
        match = re.search(pattern, heading, re.IGNORECASE) if pattern else None
        if match:
            return match.span()
    return None


def _loosely(value: str) -> str:
    """The words with any space between them."""
    words = [re.escape(word) for word in value.split()]
    return r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)" if words else ""


def _date_forms(value: str) -> list[str]:
    """The ways in which a text writes a day or a month; a range of days is not one of them."""
    year, month, day = [*value.split("-"), "", ""][:3]
    if not month:
        return []
    name = MONTHS[int(month) - 1]
    name = rf"{name[:3]}(?:{name[3:]})?\.?" if name[3:] else name
    if not day:
        return [rf"(?<!\w){name},?\s+{year}(?!\w)"]
    number = rf"0?{int(day)}"
    return [
        rf"(?<![\w–—-])(?<![–—-]\s){number}(?:st|nd|rd|th)?(?:\s+of)?\s+{name},?\s+{year}(?!\w)",
        rf"(?<!\w){name}\s+{number}(?:st|nd|rd|th)?,?\s+{year}(?!\w)",
        rf"(?<!\w){re.escape(value)}(?!\w)",
    ]
