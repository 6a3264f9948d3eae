"""The path of a question, top to bottom: understand → retrieve → read → decide → quote."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.attribution import attribution
from qa_bot.answering.kinds.base import Kind, Tools
from qa_bot.answering.kinds.catalogue import catalogue
from qa_bot.answering.kinds.exact import exact
from qa_bot.answering.kinds.phrases import phrases
from qa_bot.answering.quoting import Quoter
from qa_bot.answering.search_pass import Report, SearchPass, relax_filters_if_better, search
from qa_bot.reading import Reader
from qa_bot.retrieval import Retriever
from qa_bot.schema import Answer
from qa_bot.settings import Settings
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.query import Asked, Query
from qa_bot.understanding.spelling import Spelling
from qa_bot.understanding.understand import understand

# The first that makes an answer of a question decides. The last one always does.
KINDS: tuple[Kind, ...] = (attribution, catalogue, phrases, exact)


def no_report(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Pipeline:
    """Answers questions of one collection. Safe from many threads.

    Example:
        >>> pipeline.answer(Asked("Where was it?"), entities, spelling).found   # doctest: +SKIP
        True
    """

    retriever: Retriever
    reader: Reader
    quoter: Quoter
    settings: Settings

    def answer(
        self, asked: Asked, entities: Entities, spelling: Spelling, report: Report = no_report
    ) -> Answer:
        """The answer to a question.

        Args:
            asked: as it came in, its filters no wider than what the person may see.
            entities: the names of the speeches that the person may see.
            spelling: which words mistyped ones are, among those of these speeches.
            report: called with (stage, done, total), the stage being "retrieve" or "read".
        """
        began = time.perf_counter()
        query = understand(asked, entities, spelling, self.settings.max_question_chars)
        evidence = Evidence(query, partial(self._gather, report=report))
        tools = self._tools(lambda earlier: self.answer(earlier, entities, spelling))
        made = (kind(query, evidence, tools) for kind in KINDS)
        answer = next(answer for answer in made if answer is not None)
        seconds = {**evidence.seconds, "total": time.perf_counter() - began}
        return replace(answer, seconds=seconds)

    def _gather(self, query: Query, report: Report) -> tuple[SearchPass, Query]:
        """Retrieve and read, and say under which restrictions."""
        look = partial(
            search,
            retriever=self.retriever,
            reader=self.reader,
            candidates=self.settings.candidates,
            report=report,
        )
        return relax_filters_if_better(look, query, self.reader.min_confidence(self.settings))

    def _tools(self, ask: Callable[[Asked], Answer]) -> Tools:
        return Tools(self.retriever, self.reader, self.quoter, self.settings, ask)
