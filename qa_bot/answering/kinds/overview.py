"""A few sentences that cover a speech, or what the question leaves of the collection."""

from __future__ import annotations

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.answering.sentences import cited, grouped
from qa_bot.retrieval.evidence import content
from qa_bot.schema import BETWEEN_QUOTES, Answer
from qa_bot.understanding.query import Query
from qa_bot.understanding.speaker_attribution import speech_of_nobody

COUNT = 8  # sentences
LEAST = 0.55  # probability that an overview is asked for
CLEAR = 0.9  # … from which on no sure answer of the reader counts for more


def overview(query: Query, found: Evidence, tools: Tools) -> Answer | None:
    """The sentences in the order of the speech; None to a question that asks for no overview."""
    asked = query.asks_for("overview", least=LEAST) or _of_everything(query)
    if not asked or query.allowed is None:
        return None
    if speech_of_nobody(query):
        return None
    clear = query.asks_for("overview", least=CLEAR) or _of_everything(query)
    if not clear and found.found.found(tools.min_confidence):
        return None  # "What will be published after the summary?"
    chosen = tools.ranker.overview(filters=query.allowed, subject=query.subject, count=COUNT)
    citations = cited(chosen, tools.ranker, tools.quoter)
    if not citations:
        return None
    return Answer(
        question=query.asked.question,
        understood=query.understood,
        found=True,
        text=BETWEEN_QUOTES.join(citation.quote for citation in citations),
        confidence=query.guess.of("overview") if query.guess else 0.0,
        citations=citations,
        chips=query.chips,
        kind="overview",
        groups=grouped(citations),
    )


def _of_everything(query: Query) -> bool:
    """Whether it asks what somebody said, about nothing: "what did the Kenyan president say?"."""
    return query.asks_for("said_about", "overview") and not content(query.topic)
