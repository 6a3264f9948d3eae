"""The answer to "who said that?"."""

from __future__ import annotations

import time
from collections.abc import Sequence

from qa_bot.conversation.attribution import attributed, is_pronoun
from qa_bot.conversation.facts import CatalogueQuestion
from qa_bot.conversation.mentions import BETWEEN_QUOTES
from qa_bot.from_catalogue import from_catalogue
from qa_bot.quoting import Quoter, merged
from qa_bot.schema import Answer, Chip, DocumentInfo

Place = tuple[DocumentInfo, int, int]
LONGEST_SHOWN = 200  # characters of the words in the question as understood


def said_by(
    question: str,
    words: Sequence[str],
    places: Sequence[Place],
    quoter: Quoter,
    began: float,
    chips: tuple[Chip, ...] = (),
) -> Answer | None:
    """Whoever the sentences give the words to, or else the speakers of their speeches.

    Args:
        question: as asked.
        words: that were said.
        places: (document, start, end) of each of them.
        began: ``time.perf_counter()`` when it was asked.
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
        citations = merged(named)
        return Answer(
            question=question,
            understood=understood,
            found=True,
            text=BETWEEN_QUOTES.join(citation.quote for citation in citations),
            confidence=1.0,
            citations=citations,
            chips=chips,
            seconds={"retrieve": 0.0, "read": 0.0, "total": time.perf_counter() - began},
        )
    documents = tuple({info.id: info for info, _, _ in places}.values())
    if not documents or not all(info.speaker for info in documents):
        return None
    asked = CatalogueQuestion("speaker", documents, chips)
    return from_catalogue(question, understood, asked, quoter, began)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN].rsplit(" ", 1)[0] + " …"
