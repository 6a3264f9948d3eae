"""Sentences that bear on a question: what was said about something, and why, how, whether."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import BY_SENTENCE, TOPICAL, Tools
from qa_bot.answering.kinds.exact import quoting_answer
from qa_bot.answering.sentences import cited, grouped
from qa_bot.passages.context import question_before
from qa_bot.reading.unmatched_names import unmatched_names
from qa_bot.retrieval.evidence import ScoredSentence, content
from qa_bot.schema import Answer
from qa_bot.text.stems import words
from qa_bot.understanding.preferences import without_names_of
from qa_bot.understanding.query import Query
from qa_bot.understanding.speaker_attribution import speech_of_nobody

WHOLE_SENTENCES = (*BY_SENTENCE, "list")
WHO_IS = ("who_is",)
MOST = 6  # sentences on a subject
FEW = 3  # … that say why, how or whether
LEAST = 0.2  # probability of the best sentence on a subject; below it nothing is claimed
LEAST_THAT_SAYS = 0.3  # … of one that says why, how or whether
LEAST_OFF_SUBJECT = 0.5  # … of one of a debate that shares no word with the subject
LEAST_OF_REPLY = 0.5  # … of a reply to a question, whatever kind of question is asked
UNMET = 0.5  # of a name of the question: as much may be unknown around the sentence
AROUND = 400  # characters on either side of it
BESIDE = 0.005  # probability of a further sentence


def evidence(query: Query, found: Evidence, tools: Tools) -> Answer | None:
    """The sentences, best first; None when no sentence is likely enough to bear on it."""
    topical = query.asks_for(*TOPICAL, *WHO_IS)
    if speech_of_nobody(query):
        return None
    whole = query.asks_for(*WHOLE_SENTENCES)
    if not (topical or whole or replies(found.sentences, tools)):
        return None
    read = found.found
    sure = read.found(tools.min_confidence)
    ranked = [s for s in found.sentences if s.probability >= BESIDE]
    least = LEAST if topical else LEAST_THAT_SAYS
    if ranked and not on_subject(query, ranked[0], tools):
        least = LEAST_OFF_SUBJECT
    likely = ranked[:1] and ranked[0].probability >= least and names_met(query, ranked[0], tools)
    if not sure and not likely:
        return None
    first = (tools.quoter.cite_sentence(read.spans[0], read.best),) if sure else ()
    citations = cited(
        ranked[: MOST if topical else FEW if whole else 1] if likely else (),
        tools.ranker,
        tools.quoter,
        spans=() if topical else read.scanned,
        after=first,
    )
    groups = grouped(citations)
    if groups:
        citations = tuple(citation for group in groups for citation in group.citations)
    confidence = max(read.best if sure else 0.0, ranked[0].probability if likely else 0.0)
    answer = quoting_answer(query, found, tools, citations, confidence=confidence)
    return answer.of_kind("evidence", groups=groups, more=max(0, len(ranked) - len(citations)))


def replies(ranked: Sequence[ScoredSentence], tools: Tools) -> bool:
    """Whether the best sentence likely answers, as the reply to a question in the file.

    "It is 45 million." says little to a reader; it was found by what was asked before it.
    """
    if not ranked or ranked[0].probability < LEAST_OF_REPLY:
        return False
    best = ranked[0]
    return bool(question_before(tools.quoter.document(best.document_id), best.start))


def on_subject(query: Query, sentence: ScoredSentence, tools: Tools) -> bool:
    """Whether a sentence of a debate, or the question that it answers, has a word of the subject.

    A person says few things there: the nearest of them need not be near. True of other speeches.
    """
    document = tools.quoter.document(sentence.document_id)
    if not document.turns or not query.subject:
        return True
    text = document.text[sentence.start : sentence.end]
    told = f"{question_before(document, sentence.start)} {text}"
    return not set(content(query.subject)).isdisjoint(words(told))


def names_met(query: Query, sentence: ScoredSentence, tools: Tools) -> bool:
    """Whether the names and numbers of the question are known where the sentence stands.

    "Why did he criticise Hungary?" is not answered where no word is said of Hungary: what the
    question takes for granted is then not confirmed.
    """
    document = tools.quoter.document(sentence.document_id)
    turn = document.turn_at(sentence.start)
    low, high = (turn.start, turn.end) if turn else (0, len(document.text))
    around = document.text[max(low, sentence.start - AROUND) : min(high, sentence.end + AROUND)]
    part = document.parts[document.part_at(sentence.start)]
    asked = without_names_of(part.id, query.question, tools.entities)
    around += f"\n{question_before(document, sentence.start)}"
    return unmatched_names(asked, around, replace(part, id=document.id)) <= UNMET
