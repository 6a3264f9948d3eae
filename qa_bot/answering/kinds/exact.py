"""The words that the reader takes for the answer, when it is sure enough of them."""

from __future__ import annotations

from dataclasses import replace

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import BY_SENTENCE, SUBJECT, SURE_UNREAD, Tools
from qa_bot.answering.quoting import shown
from qa_bot.reading.lists import is_list_question
from qa_bot.retrieval.evidence import content, holds
from qa_bot.schema import BETWEEN_QUOTES, Answer, Citation, Span
from qa_bot.understanding.query import Query

SHARE = 0.5  # of the words that somebody is asked to have said


def exact(query: Query, evidence: Evidence, tools: Tools) -> Answer | None:
    """The spans that answer; None when the best one is not sure enough, or none is asked for."""
    several_wanted = is_list_question(query.understood)
    by_sentence = query.asks_for(*SUBJECT, least=SURE_UNREAD) or query.asks_for(*BY_SENTENCE)
    if (by_sentence and not several_wanted) or not evidence.found.found(tools.min_confidence):
        return None
    if query.asks_for("attribution") and not _of_subject(query, evidence.found.spans[0], tools):
        return None
    citations, others = shown(
        evidence.found,
        tools.quoter,
        tools.min_confidence,
        several_wanted=several_wanted,
        most_others=tools.settings.answers - 1,
    )
    answer = quoting_answer(
        query, evidence, tools, citations, others, confidence=evidence.found.best
    )
    # One sentence that enumerates is a whole list; items gathered from several may not be all.
    gathered = several_wanted and len({c.sentence_start for c in citations}) > 1
    return replace(answer, at_least=gathered)


def _of_subject(query: Query, span: Span, tools: Tools) -> bool:
    """Whether the sentence of some words holds half of what somebody is asked to have said."""
    sentence = tools.quoter.cite_sentence(span, 1.0).sentence
    return holds(sentence, content(query.subject), SHARE)


def quoting_answer(
    query: Query,
    evidence: Evidence,
    tools: Tools,
    citations: tuple[Citation, ...],
    others: tuple[Citation, ...] = (),
    *,
    confidence: float,
) -> Answer:
    """An answer made of citations, with the passages and the restrictions they were found under.

    Args:
        citations: what answers; () when nothing does.
        others: next-best quotations.
    """
    kept = evidence.kept
    return Answer(
        question=query.asked.question,
        understood=query.understood,
        found=bool(citations),
        text=BETWEEN_QUOTES.join(citation.quote for citation in citations),
        confidence=confidence,
        citations=citations,
        alternatives=others,
        passages=tuple(evidence.found.hits[: tools.settings.top_k]),
        chips=kept.chips,
        set_aside=tuple(chip for chip in query.chips if chip not in kept.chips),
    )
