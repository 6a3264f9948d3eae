"""What a kind of answer is, and what it works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.quoting import Quoter
from qa_bot.reading import Reader
from qa_bot.retrieval import Retriever
from qa_bot.retrieval.evidence import HITS, EvidenceRanker, ScoredSentence
from qa_bot.schema import Answer, Filters
from qa_bot.settings import Settings
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.query import Asked, Query

# Kinds of questions that no single span answers: what bears on their subject is shown.
SUBJECT = ("said_about", "quote_request", "keyword", "elliptic", "compare")
# Those of them that no words of a sentence answer: nothing is read for them.
UNREAD = ("said_about", "quote_request", "elliptic", "compare")
SURE_UNREAD = 0.9  # least probability of these kinds: below it words may answer after all
# … and who said something, where the reader is not sure of a name.
TOPICAL = (*SUBJECT, "attribution")
# Kinds of questions that whole sentences answer, though the reader marks words in them.
BY_SENTENCE = ("yesno", "why_how")


@dataclass(frozen=True)
class Tools:
    """What kinds of answers are made with.

    Attributes:
        quoter: makes citations, each checked against the text.
        entities: the names of the speeches that the asking person may see.
        ask: the whole path of another question, as the same person.
        min_confidence: least probability of an answer that is shown.
    """

    retriever: Retriever
    ranker: EvidenceRanker
    reader: Reader
    quoter: Quoter
    settings: Settings
    entities: Entities
    ask: Callable[[Asked], Answer]

    @property
    def min_confidence(self) -> float:
        """As set, else as fitted with the reader's confidence."""
        return self.reader.min_confidence(self.settings)

    def nearest_sentences(
        self, question: str, subject: str, filters: Filters, limit: int
    ) -> list[ScoredSentence]:
        """Sentences that bear on a question, of the documents that the filters allow; unread."""
        hits = self.retriever.search(subject or question, top_k=HITS, filters=filters)
        return self.ranker.rank(
            question, hits, subject=subject, filters=filters, limit=limit, topical=True
        )


# A kind of answer: a function of a module in this folder, named in ``pipeline.KINDS``. It gets the
# question as understood, what is found for it (retrieved and read when first looked at), and what
# to quote with. It returns the answer without its times, or None when the question wants another
# kind.
Kind = Callable[[Query, Evidence, Tools], Answer | None]
