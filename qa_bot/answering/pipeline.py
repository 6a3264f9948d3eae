"""The path of a question, top to bottom: understand → retrieve → read → decide → quote."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from qa_bot.answering.also_in import AlsoIn
from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.attribution import attribution
from qa_bot.answering.kinds.base import BY_SENTENCE, SURE_UNREAD, TOPICAL, UNREAD, Kind, Tools
from qa_bot.answering.kinds.catalogue import catalogue
from qa_bot.answering.kinds.closest import closest
from qa_bot.answering.kinds.comparison import comparison
from qa_bot.answering.kinds.evidence import LEAST, evidence
from qa_bot.answering.kinds.exact import exact
from qa_bot.answering.kinds.note import note
from qa_bot.answering.kinds.overview import overview
from qa_bot.answering.kinds.phrases import phrases
from qa_bot.answering.kinds.several import several
from qa_bot.answering.kinds.speaker import speaker
from qa_bot.answering.quoting import Quoter
from qa_bot.answering.search_pass import (
    Report,
    SearchPass,
    nearer_elsewhere,
    relax_filters_if_better,
    search,
)
from qa_bot.answering.turn_words import may_tell_of_named
from qa_bot.reading import Reader
from qa_bot.reading.lists import is_list_question
from qa_bot.retrieval import Retriever
from qa_bot.retrieval.evidence import EvidenceRanker, ScoredSentence, content
from qa_bot.schema import Answer
from qa_bot.settings import Settings
from qa_bot.understanding.query import Asked, Query
from qa_bot.understanding.understand import Understanding

# The first that makes an answer of a question decides. The last one always does.
KINDS: tuple[Kind, ...] = (
    note,
    attribution,
    catalogue,
    comparison,
    overview,
    several,
    phrases,
    speaker,
    exact,
    evidence,
    closest,
)


def no_report(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Pipeline:
    """Answers questions of one collection. Safe from many threads.

    Example:
        >>> pipeline.answer(Asked("Where was it?"), understanding).found   # doctest: +SKIP
        True
    """

    retriever: Retriever
    ranker: EvidenceRanker
    reader: Reader
    quoter: Quoter
    also_in: AlsoIn
    settings: Settings

    def answer(
        self, asked: Asked, understanding: Understanding, report: Report = no_report
    ) -> Answer:
        """The answer to a question.

        Args:
            asked: as it came in, its filters no wider than what the person may see.
            understanding: what the questions of this person are understood with.
            report: called with (stage, done, total), the stage being "retrieve" or "read".
        """
        began = time.perf_counter()
        query = understanding.query(asked)
        topical = query.asks_for(*TOPICAL)
        found = Evidence(query, partial(self._gather, report=report), self._rank, topical)
        tools = Tools(
            self.retriever,
            self.ranker,
            self.reader,
            self.quoter,
            self.settings,
            understanding.entities,
            ask=lambda other: self.answer(other, understanding),
        )
        made = (kind(query, found, tools) for kind in KINDS)
        answer = next(answer for answer in made if answer is not None)
        seconds = {**found.seconds, "total": time.perf_counter() - began}
        answer = self.also_in.named(answer, query.without(answer.set_aside).allowed)
        aside = answer.set_aside if answer.kind == "note" else (*answer.set_aside, *query.unmatched)
        return replace(answer, set_aside=aside, seconds=seconds)

    def _gather(self, query: Query, report: Report) -> tuple[SearchPass, Query]:
        """Retrieve and read, and say under which restrictions."""
        several = is_list_question(query.understood)
        look = partial(
            search, retriever=self.retriever, candidates=self.settings.candidates, report=report
        )
        if query.asks_for(*UNREAD, least=SURE_UNREAD) and not several:
            return self._gather_unread(query, look)
        look = partial(look, reader=self.reader, whole=several or query.asks_for(*BY_SENTENCE))
        return relax_filters_if_better(
            look,
            query,
            self.reader.min_confidence(self.settings),
            promises=partial(nearer_elsewhere, retriever=self.retriever),
        )

    def _gather_unread(
        self, query: Query, look: Callable[[Query], SearchPass]
    ) -> tuple[SearchPass, Query]:
        """What was said about a subject is told by the sentences' vectors and words alone.

        Restrictions that may not be meant are given up where nothing is found under them.
        """
        narrow = look(query)
        if query.may_widen and not query.pinned and not self._bears(query, narrow):
            wide = look(query.wider)
            if self._bears(query.wider, wide):
                return wide, query.wider
        return narrow, query

    def _bears(self, query: Query, found: SearchPass) -> bool:
        ranked = self._rank(query, found, topical=True)
        return bool(ranked) and ranked[0].probability >= LEAST

    def _rank(self, query: Query, found: SearchPass, topical: bool) -> list[ScoredSentence]:
        """Sentences of the passages found, and of few documents of all of them."""
        ranked = self.ranker.rank(
            query.topic if topical and content(query.topic) else query.context or query.question,
            [*found.hits, *found.further],
            subject=query.subject,
            spans=found.scanned,
            filters=query.allowed,
            topical=topical,
        )
        documents = self.retriever.documents
        return [
            sentence
            for sentence in ranked
            if may_tell_of_named(query, sentence.document_id, sentence.start, documents)
        ]
