"""Names the other speeches in which a quotation stands, too: a standard speech, a draft."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa_bot.answering.quoting import Quoter
from qa_bot.index import Index
from qa_bot.retrieval.alike import SAYS_NOTHING, newest_first
from qa_bot.schema import Answer, Citation, Filters
from qa_bot.text.same_words import counterpart, same_words

MOST_NAMED = 50  # places beside one quotation


class AlsoIn:
    """Where sentences of one index stand as well. Holds no state that a question changes."""

    def __init__(self, index: Index, quoter: Quoter) -> None:
        self._sentences = index.sentences
        self._documents = list(index.documents.values())
        self._rows = {document.id: row for row, document in enumerate(self._documents)}
        self._place = newest_first(self._documents)
        self._quoter = quoter

    def named(self, answer: Answer, filters: Filters | None) -> Answer:
        """The answer with the other places in ``also`` of each quotation.

        Args:
            filters: only what they allow is named; None allows nothing.
        """
        if filters is None or not len(self._in_order):
            return answer

        def told(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
            return tuple(self._with_others(citation, filters) for citation in citations)

        return replace(
            answer,
            citations=told(answer.citations),
            alternatives=told(answer.alternatives),
            closest=told(answer.closest),
            groups=tuple(replace(g, citations=told(g.citations)) for g in answer.groups),
        )

    def _with_others(self, citation: Citation, filters: Filters) -> Citation:
        number = self._sentence_of(citation)
        if number is None:
            return citation
        known = {(citation.document.id, citation.start)}
        known |= {(other.document.id, other.start) for other in citation.also}
        also = list(citation.also)
        for other in self._others(number, filters):
            made = self._place_of(citation, number, other)
            if len(also) < MOST_NAMED and (made.document.id, made.start) not in known:
                also.append(made)
        return replace(citation, also=tuple(also)) if len(also) > len(citation.also) else citation

    def _sentence_of(self, citation: Citation) -> int | None:
        """The number of the sentence that a quotation is about; None of a heading or a greeting."""
        row = self._rows.get(citation.document.id)
        if row is None:
            return None
        start, end = citation.marks[0] if citation.marks else (citation.start, citation.end)
        found = self._sentences.within(row, start, end)
        numbers = range(found.start, found.stop)
        if not numbers:
            return None
        longest = max(numbers, key=lambda at: (self._length(at), -at))
        return None if self._sentences.marks[longest] & SAYS_NOTHING else longest

    def _length(self, number: int) -> int:
        return int(self._sentences.ends[number] - self._sentences.starts[number])

    @cached_property
    def _in_order(self) -> NDArray[np.int64]:
        """The numbers of sentences that others are like, group by group."""
        alike = self._sentences.alike
        often = np.bincount(alike, minlength=len(alike))[alike] > 1
        numbers = np.flatnonzero(often)
        return numbers[np.argsort(alike[numbers], kind="stable")]

    def _others(self, number: int, filters: Filters) -> list[int]:
        """Sentences of other documents that are like this one, those of the newest first."""
        groups = self._sentences.alike[self._in_order]
        own = self._sentences.alike[number]
        low, high = (int(np.searchsorted(groups, own, side)) for side in ("left", "right"))
        rows = self._sentences.rows
        found = [at for at in self._in_order[low:high].tolist() if rows[at] != rows[number]]
        found.sort(key=lambda at: (self._place[int(rows[at])], at))
        return [at for at in found if self._allowed(at, filters)]

    def _allowed(self, number: int, filters: Filters) -> bool:
        document = self._documents[int(self._sentences.rows[number])]
        part = document.parts[document.part_at(int(self._sentences.starts[number]))]
        return filters.allows(part)

    def _place_of(self, citation: Citation, number: int, other: int) -> Citation:
        """The same words in another sentence, or else all of that sentence."""
        own, there = self._bounds(number), self._bounds(other)
        text = self._text(number)
        document = self._documents[int(self._sentences.rows[other])]
        low, high = max(citation.start, own[0]), min(citation.end, own[1])
        inside = (low, high) == (citation.start, citation.end) and (low, high) != own
        if inside:
            span = (low - own[0], high - own[0])
            found = counterpart(text[slice(*own)], span, document.text, there)
            same = found is not None
            place = found or there
        else:
            place = there
            same = same_words(text[slice(*own)]) == same_words(document.text[slice(*there)])
        made = self._quoter.cite(
            document.id, *place, score=citation.score, confidence=citation.confidence
        )
        return replace(made, nearly=not same)

    def _bounds(self, number: int) -> tuple[int, int]:
        return int(self._sentences.starts[number]), int(self._sentences.ends[number])

    def _text(self, number: int) -> str:
        return self._documents[int(self._sentences.rows[number])].text
