"""Who in a debate says, asks, promises or will do something: whoever speaks the words."""

from __future__ import annotations

import re

from qa_bot.answering.attribution import attributed
from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.answering.kinds.exact import quoting_answer
from qa_bot.answering.sentences import cited
from qa_bot.answering.turn_words import is_question
from qa_bot.reading.unmatched_names import unmatched_names
from qa_bot.retrieval.evidence import ScoredSentence, content, holds
from qa_bot.schema import Answer, Document, Turn
from qa_bot.text.names import name_of, plain_words
from qa_bot.text.verbs import SAYING
from qa_bot.understanding.query import Query

_WHO = re.compile(
    r"(?:(?:and|but|so)[\s,]+)?(?:who|by whom|which (?:speaker|member|minister|delegat\w+|"
    r"representative|senator|person|country|journalist|party|participant|panell?ist)s?)\b(?!['’]s)",
    re.IGNORECASE,
)
# "Who will be the ambassador?" asks for somebody who is spoken of.
_IS = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had)\s+(?!\w+ing\b|\w+ed\b)", re.IGNORECASE
)
_SAID = re.compile(
    rf"\b(?:{SAYING}|demand(?:s|ed)?|agree[sd]?|reject(?:s|ed)?|refuse[sd]?|oppose[sd]?|support(?:s|ed)?|"
    r"object(?:s|ed)?|withdrew|request(?:s|ed)?|apologi[sz]ed?|den(?:y|ies|ied))\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:I|we|my|our|us|me)\b", re.IGNORECASE)
LEAST = 0.2  # probability of the best sentence
SHARE = 0.5  # of the question's words that the sentence, or the label, must hold
LOOKED_AT = 6  # sentences


def speaker(query: Query, found: Evidence, tools: Tools) -> Answer | None:
    """The speaker of the decisive words; None where no debate has them or they tell of another."""
    asked = query.understood
    who = _WHO.match(asked)
    if not who or query.asks_for("who_is") or _IS.match(asked[who.end() :].lstrip()):
        return None
    for sentence in found.sentences[:LOOKED_AT]:
        document = tools.quoter.document(sentence.document_id)
        turn = document.said_by(sentence.start)
        if sentence.probability < LEAST or turn is None:
            return None
        if turn.speaker and _says(query, sentence, document, turn, found, tools):
            label = tools.quoter.label(document.id, turn, confidence=sentence.probability)
            words_said = cited([sentence], tools.ranker, tools.quoter)
            citations = (label, *words_said) if label else words_said
            answer = quoting_answer(query, found, tools, citations, confidence=sentence.probability)
            return answer.of_kind("exact" if label else "evidence")
    return None


def _says(
    query: Query,
    sentence: ScoredSentence,
    document: Document,
    turn: Turn,
    found: Evidence,
    tools: Tools,
) -> bool:
    """Whether a sentence makes its speaker the one who is asked for."""
    text = document.text[sentence.start : sentence.end]
    own = {word.text for word in plain_words(f"{turn.speaker} {turn.role}")}
    if name_of(turn.speaker)[-1:] in [(w.text,) for w in plain_words(query.understood)]:
        return False  # "Who agreed with Ms. Roy?"
    says = _SAID.search(query.understood) is not None
    asked = content(query.subject) or content(query.understood)
    if not holds(f"{text} {turn.speaker} {turn.role}", asked, SHARE):
        return False
    if not (says or _SELF.search(text) or own & {word.text for word in plain_words(text)}):
        return False
    if not says and is_question(document, sentence.end, turn.end):
        return False
    if unmatched_names(query.question, f"{document.text[turn.start : turn.end]}") > SHARE:
        return False
    if attributed(text, len(text) // 2, len(text)) and not _SELF.search(text):
        return False
    return not _names_another(sentence, own, found, tools)


def _names_another(sentence: ScoredSentence, own: set[str], found: Evidence, tools: Tools) -> bool:
    """Whether the reader is sure of somebody whom the sentence tells of."""
    read = found.found
    if not read.found(tools.min_confidence):
        return False
    best = read.spans[0]
    inside = best.passage.document_id == sentence.document_id and (
        sentence.start <= best.start < sentence.end
    )
    named = {word.text for word in plain_words(best.text)}
    return inside and best.text[:1].isupper() and not named & own and not _SELF.search(best.text)
