"""From scored sentences to what is shown: citations, grouped by who said them and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa_bot.answering.quoting import Quoter
from qa_bot.retrieval.evidence import EvidenceRanker, ScoredSentence
from qa_bot.schema import Citation, Group, Span
from qa_bot.understanding.comparisons import label_of

MOST_SHOWN = 2200  # characters of all sentences together: what a person reads at once


def cited(
    sentences: Iterable[ScoredSentence],
    ranker: EvidenceRanker,
    quoter: Quoter,
    *,
    spans: Sequence[Span] = (),
    most: int = MOST_SHOWN,
    after: Sequence[Citation] = (),
) -> tuple[Citation, ...]:
    """Each sentence as a citation, best first, with the neighbour that it leans on.

    The words marked are those of a reader's span inside it, or else those of the question. Those of
    ``after`` come first and count among them. Sentences beyond ``most`` characters in all are left
    out, but for the first.
    """
    citations = list(after)
    left = most - sum(len(citation.quote) for citation in after)
    for sentence in sentences:
        start, end = quoter.sentences_around(
            sentence.document_id, *ranker.with_neighbours(sentence)
        )
        known = any(
            c.document.id == sentence.document_id and c.start <= sentence.start < c.end
            for c in citations
        )
        if known or (citations and end - start > left):
            continue
        left -= end - start
        citation = quoter.cite(
            sentence.document_id,
            start,
            end,
            score=sentence.score,
            confidence=sentence.probability,
        )
        inside = [
            (span.start, span.end)
            for span in spans
            if span.passage.document_id == sentence.document_id
            and sentence.start <= span.start < span.end <= sentence.end
        ]
        citations.append(replace(citation, marks=tuple(inside[:1]) or sentence.matched))
    return tuple(citations)


def grouped(citations: Sequence[Citation]) -> tuple[Group, ...]:
    """Citations speech by speech, and speaker by speaker where several speak in one, the one of the
    best first; () when all are of one.
    """
    by_speech: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        by_speech.setdefault((citation.document.id, citation.about.speaker), []).append(citation)
    if len(by_speech) < 2:
        return ()
    return tuple(Group(label_of(own[0].about), tuple(own)) for own in by_speech.values())
