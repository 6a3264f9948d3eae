"""Retrieving and reading under the restrictions of a question, and again without doubtful ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import zip_longest

from qa_bot.answering.attribution import own_words
from qa_bot.answering.turn_words import quotable
from qa_bot.reading import Reader
from qa_bot.reading.confidence import Calibration
from qa_bot.reading.headings import headings
from qa_bot.retrieval import Retriever
from qa_bot.retrieval.evidence import HITS
from qa_bot.schema import Filters, Hit, Span
from qa_bot.understanding.query import Query
from qa_bot.understanding.speaker_attribution import whose_speech

Report = Callable[[str, int, int], None]  # (stage, done, total)
Judge = Callable[[Sequence[Span], Sequence[Hit], str], list[float]]  # the probability of each span

NEARER = 0.03  # cosine by which a passage of a less likely speech must be nearer to be read


@dataclass(frozen=True)
class SearchPass:
    """What retrieving and reading found.

    Attributes:
        hits: passages that were read, best first.
        spans: of these passages, best first.
        confidences: the probability of each span.
        seconds: by stage.
        question: that the reader was asked.
        further: passages that were not read: the next ones, and those for the question behind the
            earlier one that it follows up on.
        scanned: more spans of all these passages, by the reader that read all of them.
        judge: what gave the probabilities.
    """

    hits: Sequence[Hit]
    spans: Sequence[Span]
    confidences: Sequence[float]
    seconds: Mapping[str, float] = field(default_factory=dict)
    question: str = ""
    further: Sequence[Hit] = ()
    scanned: Sequence[Span] = ()
    judge: Judge = Calibration().confidence

    def alone(self, document_id: str) -> float:
        """Probability of a document's best span, judged without what was found in the others.

        Its passages keep the scores and ranks of the whole search, and how many were searched. Its
        spans below the last one that was kept of all are not known: the last one stands for them.
        """
        own = [span for span in self.spans if span.passage.document_id == document_id]
        return self.judge([*own, self.spans[-1]], self.hits, self.question)[0]

    @property
    def best(self) -> float:
        """Probability of the best span; 0 when there is none."""
        return self.confidences[0] if self.confidences else 0.0

    def found(self, min_confidence: float) -> bool:
        """Whether the best span counts as an answer; without a span none does, even from 0 on."""
        return bool(self.spans) and self.best >= min_confidence


def search(
    query: Query,
    retriever: Retriever,
    reader: Reader,
    *,
    candidates: int,
    report: Report,
    whole: bool = False,
) -> SearchPass:
    """Retrieve and read under the restrictions of a query.

    Args:
        candidates: how many passages are read.
        report: called with (stage, done, total), the stage being "retrieve" or "read".
        whole: read all of them, also where the first ones answer.
    """
    began = time.perf_counter()
    report("retrieve", 0, 1)
    hits: list[Hit] = []
    if query.allowed is not None:
        hits = _retrieved(query, query.allowed, retriever, max(candidates, HITS))
    hits, further = hits[:candidates], hits[candidates:]
    report("retrieve", 1, 1)
    retrieved = time.perf_counter()
    spans, scanned = reader.read_and_scan(
        query.question,
        [hit.passage for hit in hits],
        progress=partial(report, "read"),
        told=headings(query.question, hits),
        whole=whole,
    )
    spans = quotable(query, spans, retriever.documents)
    scanned = quotable(query, scanned, retriever.documents)
    confidences = reader.confidence(spans, hits, query.question)
    if not query.whose and (who := whose_speech(query.question)):
        spans, confidences = own_words(who, spans, confidences, hits)
    seconds = {"retrieve": retrieved - began, "read": time.perf_counter() - retrieved}
    return SearchPass(
        hits, spans, confidences, seconds, query.question, further, scanned, reader.confidence
    )


def _retrieved(query: Query, filters: Filters, retriever: Retriever, count: int) -> list[Hit]:
    """The passages for a query; for a follow-up also those for it and the question before it.

    The words of the conversation may be what the follow-up is about, or what it is no longer about:
    the two lists take turns.
    """
    asked = [query.question, query.context] if query.context else [query.question]
    lists = [
        retriever.search(text, top_k=count, filters=filters, phrases=query.phrases)
        for text in asked
    ]
    in_turn = (hit for hits in zip_longest(*lists) for hit in hits if hit is not None)
    return list({hit.passage.id: hit for hit in reversed(list(in_turn))}.values())[::-1][:count]


def relax_filters_if_better(
    look: Callable[[Query], SearchPass],
    query: Query,
    min_confidence: float,
    promises: Callable[[Query, SearchPass], bool] = lambda query, narrow: True,
) -> tuple[SearchPass, Query]:
    """Search under all restrictions; and without the uncertain ones if that may find more.

    "In 2018" may be the year of the speech or the year that it speaks about. So the speeches of
    2018 come first; all others are searched too when those hold no answer, or when the words found
    do not name that year themselves. The wider search counts only if it is surer, and if it found
    the year where nothing else was lacking.

    Args:
        look: retrieves and reads.
        query: with its restrictions.
        min_confidence: least probability of an answer.
        promises: whether the wider query may find more than what was found, told without reading;
            asked where only a preference is given up.

    Returns:
        What was found and the query that it was found under.
    """
    narrow = look(query)
    if not query.may_widen:
        return narrow, query
    found = narrow.found(min_confidence)
    if found and not query.times:
        return narrow, query
    if found and query.names_time(narrow.spans[0].passage.text):
        return narrow, query
    if all(restriction.certain for restriction in query.restrictions):
        if not promises(query.wider, narrow):
            return narrow, query
    wide = look(query.wider)
    seconds = {stage: narrow.seconds[stage] + wide.seconds[stage] for stage in wide.seconds}
    better = wide.found(min_confidence) and wide.best > narrow.best
    if better and found:
        better = query.names_time(wide.spans[0].passage.text)
    chosen, kept = (wide, query.wider) if better else (narrow, query)
    return replace(chosen, seconds=seconds), kept


def nearer_elsewhere(query: Query, narrow: SearchPass, retriever: Retriever) -> bool:
    """Whether a wider query brings a passage that is clearly nearer to the question."""
    if not narrow.hits or query.allowed is None:
        return True
    hits = retriever.search(query.question, top_k=len(narrow.hits), filters=query.allowed)
    return _nearest(hits) > _nearest(narrow.hits) + NEARER


def _nearest(hits: Sequence[Hit]) -> float:
    return max((hit.dense or 0.0 for hit in hits), default=0.0)
