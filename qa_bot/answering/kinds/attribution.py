"""The answer to "who said that?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.answering.attribution import attributed, is_pronoun
from qa_bot.answering.evidence import Evidence
from qa_bot.answering.kinds.base import Tools
from qa_bot.answering.kinds.catalogue import from_catalogue, telling
from qa_bot.answering.quoting import Quoter, merged
from qa_bot.schema import BETWEEN_QUOTES, Answer, CatalogueFact, Chip, DocumentInfo, Turn
from qa_bot.understanding.catalogue_questions import CatalogueQuestion
from qa_bot.understanding.query import Query
from qa_bot.understanding.question import quoted

Place = tuple[DocumentInfo, int, int]
MOST_PLACES = 50  # of words whose speaker is asked for: any more are nobody's own words
LONGEST_SHOWN = 200  # characters of the words in the question as understood


def attribution(query: Query, evidence: Evidence, tools: Tools) -> Answer | None:
    """Who said the words that are asked about; None when that is not asked or not known."""
    words, asked = query.attributed, query.asked
    if not words:
        return None
    typed = quoted(asked.question)
    chips = tuple(Chip("phrase", phrase, f'"{phrase}"') for phrase in typed)
    if any(chip.key in asked.ignore for chip in chips):
        return None
    found = [tools.retriever.places(text, asked.filters, most=MOST_PLACES) for text in words]
    if not all(found) or max(map(len, found)) >= MOST_PLACES:
        return None
    places = [place for some in found for place in some]
    if not typed and len(places) > len(words):  # which of them the last answer meant
        earlier, answer = asked.history[-1]
        again = tools.ask(replace(asked, question=earlier, history=asked.history[:-1]))
        if again.text == answer and again.citations:
            cited = [c for first in again.citations for c in (first, *first.also)]
            places = [(c.document, c.start, c.end) for c in cited]
    return said_by(asked.question, words, places, tools.quoter, (*asked.filters.chips, *chips))


def said_by(
    question: str,
    words: Sequence[str],
    places: Sequence[Place],
    quoter: Quoter,
    chips: tuple[Chip, ...] = (),
) -> Answer | None:
    """Whoever the sentences give the words to, or else the speakers of their speeches.

    Args:
        question: as asked.
        words: that were said.
        places: (document, start, end) of each of them.
        chips: the restrictions that the places were looked for under.

    Returns:
        None when it is not known: a sentence says "she said", or the catalogue names no speaker.
    """
    understood = f"Who said “{_shortened(BETWEEN_QUOTES.join(words))}”?"
    named = []
    for info, start, end in places:
        around = quoter.cite(info.id, start, end, score=0.0, confidence=1.0)
        base = around.sentence_start
        name = attributed(around.sentence, start - base, end - base)
        if name:
            cited = quoter.cite(info.id, base + name[0], base + name[1], score=0.0, confidence=1.0)
            if is_pronoun(cited.quote):
                return None
            named.append(cited)
    if named and len(named) == len(places):
        return telling(question, understood, merged(named), (), chips)
    spoken = [(info, quoter.document(info.id).said_by(start)) for info, start, _ in places]
    if spoken and all(turn for _, turn in spoken):
        return _by_label(question, understood, spoken, quoter, chips)
    documents = tuple({info.id: info for info, _, _ in places}.values())
    if not documents or not all(info.speaker for info in documents):
        return None
    asked = CatalogueQuestion("speaker", documents, chips)
    return from_catalogue(question, understood, asked, quoter)


def _by_label(
    question: str,
    understood: str,
    spoken: Sequence[tuple[DocumentInfo, Turn | None]],
    quoter: Quoter,
    chips: tuple[Chip, ...],
) -> Answer | None:
    """Those in whose turns words stand, as the labels name them, or else as facts of the file."""
    turns = [(info, turn) for info, turn in spoken if turn and turn.speaker]
    if len(turns) < len(spoken):
        return None
    labels = [quoter.label(info.id, turn, confidence=1.0) for info, turn in turns]
    citations = merged([label for label in labels if label]) if all(labels) else ()
    values = {turn.speaker: CatalogueFact(info, "speaker", turn.speaker) for info, turn in turns}
    facts = () if citations else tuple(values.values())
    return telling(question, understood, citations, facts, chips)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN].rsplit(" ", 1)[0] + " …"
