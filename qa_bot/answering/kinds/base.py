"""What a kind of answer is, and what it works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.quoting import Quoter
from qa_bot.reading import Reader
from qa_bot.retrieval import Retriever
from qa_bot.schema import Answer
from qa_bot.settings import Settings
from qa_bot.understanding.query import Asked, Query


@dataclass(frozen=True)
class Tools:
    """What kinds of answers are made with.

    Attributes:
        quoter: makes citations, each checked against the text.
        ask: the whole path of another question, as the same person.
        min_confidence: least probability of an answer that is shown.
    """

    retriever: Retriever
    reader: Reader
    quoter: Quoter
    settings: Settings
    ask: Callable[[Asked], Answer]

    @property
    def min_confidence(self) -> float:
        """As set, else as fitted with the reader's confidence."""
        return self.reader.min_confidence(self.settings)


class Kind(Protocol):
    """A kind of answer: a function of a module in this folder, named in ``pipeline.KINDS``."""

    def __call__(self, query: Query, evidence: Evidence, tools: Tools) -> Answer | None:
        """The answer, its times left out; None when the question wants another kind.

        Args:
            query: the question as understood.
            evidence: passages and spans, retrieved and read when first looked at.
            tools: what to quote with.
        """
