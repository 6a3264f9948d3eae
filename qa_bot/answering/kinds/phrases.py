"""Words in quotation marks, shown where the speeches say them."""

from __future__ import annotations

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.answering.kinds.exact import quoting_answer
from qa_bot.answering.quoting import merged
from qa_bot.schema import Answer, Citation
from qa_bot.understanding.query import Query, only_phrases


def phrases(query: Query, evidence: Evidence, tools: Tools) -> Answer | None:
    """The quoted words, when nothing else is asked or nothing else answers."""
    if not query.phrases or not evidence.found.hits or not evidence.kept.phrases:
        return None
    alone = only_phrases(query.understood)
    if not alone and evidence.found.found(tools.min_confidence):
        return None
    # That the words stand there does not mean that they answer, unless nothing else was asked.
    confidence = 1.0 if alone else evidence.found.best
    citations = _places(evidence, tools, confidence)
    return quoting_answer(
        query,
        evidence,
        tools,
        citations,
        confidence=citations[0].confidence if citations else evidence.found.best,
    )


def _places(evidence: Evidence, tools: Tools, confidence: float) -> tuple[Citation, ...]:
    """The phrases where the passages found hold them."""
    kept = evidence.kept
    return merged(
        [
            tools.quoter.cite(info.id, start, end, score=0.0, confidence=confidence)
            for phrase in kept.phrases
            for info, start, end in tools.retriever.places(phrase, kept.allowed)
            if any(
                hit.document.id == info.id and hit.start < end and start < hit.end
                for hit in evidence.found.hits
            )
        ]
    )
