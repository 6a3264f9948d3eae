"""From spans to citations: which are shown, which say the same, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from qa_bot.answering.search_pass import SearchPass
from qa_bot.errors import IndexDamagedError
from qa_bot.index.sentences import spoken_sentences
from qa_bot.reading.lists import several
from qa_bot.schema import Citation, Document, Passage, Span, Turn
from qa_bot.text.names import name_of, plain_words
from qa_bot.text.same_words import same_words

# Another speech's best words are shown beside the best of all when that speech alone would answer
# the question, and the reader scores them at most so many logits less (chosen on the dev split).
BESIDE = 3.0
MOST_SPEECHES = 4
# A further item, outside the list that the best one stands in, needs this much of
# `min_confidence`.
ITEM_SHARE = 0.5
# Characters before and after a passage in which a list may go on.
BEFORE_LIST, AFTER_LIST = 1500, 4000
# The words of a label, without its marks: "**Mr. Boyle:**".
_LABEL = re.compile(r"[^\W_](?:.*[\w)])?", re.DOTALL)


class Quoter:
    """Makes citations of one corpus, each checked against the text it points into.

    Example:
        >>> from qa_bot.schema import Passage
        >>> talk = Document("a", text="It was held in Geneva. It rained.")
        >>> citation = Quoter({"a": talk}).cite("a", 15, 21, score=3.0, confidence=0.9)
        >>> citation.quote, citation.sentence
        ('Geneva', 'It was held in Geneva.')
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._sentences = lru_cache(maxsize=64)(self._sentences_of)

    def cite(
        self, document_id: str, start: int, end: int, *, score: float, confidence: float
    ) -> Citation:
        """The words at [start, end) of a document, in the sentence or sentences around them."""
        document = self._documents[document_id]
        first, last = self.sentences_around(document_id, start, end)
        return Citation(
            quote=document.text[start:end],
            start=start,
            end=end,
            sentence=document.text[first:last],
            sentence_start=first,
            sentence_end=last,
            document=document.info,
            page=document.page_at(start),
            score=score,
            confidence=confidence,
            turn=document.cited_turn(start, end),
            time=document.time_at(start),
            page_label=document.page_label_at(start),
        )

    def label(self, document_id: str, turn: Turn, *, confidence: float) -> Citation | None:
        """Where the text says who speaks in a turn; None where no label names them."""
        document = self._documents[document_id]
        found = _LABEL.search(document.text, turn.start, turn.said_from)
        named = {word.text for word in plain_words(found[0])} if found else set()
        if found is None or not named.issuperset(name_of(turn.speaker)[-1:]):
            return None
        return self.cite(document_id, *found.span(), score=0.0, confidence=confidence)

    def document(self, document_id: str) -> Document:
        """The document that citations with this id point into."""
        return self._documents[document_id]

    def cite_span(self, span: Span, confidence: float) -> Citation:
        """A reader's span as a citation.

        Raises:
            IndexDamagedError: the document does not hold the span's words there.
        """
        document = self._documents.get(span.passage.document_id)
        if document is None or not span.text or document.text[span.start : span.end] != span.text:
            raise IndexDamagedError(
                f"The index and the text of {span.passage.document_id!r} do not agree.",
                "Run: qa-bot index --force",
            )
        return self.cite(document.id, span.start, span.end, score=span.score, confidence=confidence)

    def around(self, passage: Passage) -> Passage:
        """The passage with what stands near it, of what the same person says."""
        document = self.document(passage.document_id)
        turn = document.turn_at(passage.start)
        low, high = (turn.said_from, turn.end) if turn else (0, len(document.text))
        start = max(min(low, passage.start), passage.start - BEFORE_LIST)
        end = min(max(high, passage.end), passage.end + AFTER_LIST)
        return replace(passage, start=start, end=end, text=document.text[start:end])

    def cite_sentence(self, span: Span, confidence: float) -> Citation:
        """The sentence of a reader's span as a citation, the span marked in it.

        Raises:
            IndexDamagedError: the document does not hold the span's words there.
        """
        cited = self.cite_span(span, confidence)
        return replace(
            cited,
            quote=cited.sentence,
            start=cited.sentence_start,
            end=cited.sentence_end,
            marks=((cited.start, cited.end),),
        )

    def _sentences_of(self, document_id: str) -> list[tuple[int, int]]:
        return spoken_sentences(self._documents[document_id])

    def sentences_around(self, document_id: str, start: int, end: int) -> tuple[int, int]:
        """Bounds of the sentence, or the run of sentences, that holds [start, end)."""
        touched = [s for s in self._sentences(document_id) if s[0] < end and start < s[1]]
        if not touched:
            return start, end
        return min(start, touched[0][0]), max(end, touched[-1][1])


def shown(
    found: SearchPass,
    quoter: Quoter,
    min_confidence: float,
    *,
    several_wanted: bool,
    most_others: int,
) -> tuple[tuple[Citation, ...], tuple[Citation, ...]]:
    """(citations that answer, next-best ones), best first.

    The reader's order stands: it compares spans, the confidence says whether to speak at all.

    Args:
        found: passages and spans with their probabilities.
        min_confidence: least probability of the best span; below it the first tuple is empty.
        several_wanted: the question asks for a list.
        most_others: next-best citations, at most.
    """
    spans, confidences = found.spans, found.confidences
    chosen = chosen_spans(
        spans,
        confidences,
        min_confidence,
        alone=found.alone,
        several_wanted=several_wanted,
        around=quoter.around,
    )
    agree = agreeing(spans, [span for span, _ in chosen])
    citations = []
    for span, place in chosen:
        confidence = confidences[place]
        if place and not several_wanted:  # another speech: as confidences as it would be by itself
            confidence = min(confidences[0], found.alone(span.passage.document_id))
        citations.append(quoter.cite_span(span, confidence))
    citations += [quoter.cite_span(spans[place], confidences[place]) for place in agree]
    used = {place for _, place in chosen} | set(agree)
    others = [place for place in range(len(spans)) if place not in used][:most_others]
    return merged(citations), tuple(quoter.cite_span(spans[at], confidences[at]) for at in others)


def chosen_spans(
    spans: Sequence[Span],
    confidences: Sequence[float],
    min_confidence: float,
    *,
    alone: Callable[[str], float],
    several_wanted: bool,
    around: Callable[[Passage], Passage] = lambda passage: passage,
) -> list[tuple[Span, int]]:
    """The spans to show and which of ``spans`` each comes from; none when none is sure enough.

    Args:
        spans: a reader's, best first.
        confidences: the probability of each.
        min_confidence: least probability of the best.
        alone: the probability of a document's best span, judged without those of the others.
        several_wanted: the question asks for a list.
        around: makes a passage longer, for lists that go on where it ends.
    """
    if not spans or confidences[0] < min_confidence:
        return []
    if several_wanted:
        least = min_confidence * ITEM_SHARE
        return several(spans, lambda at: confidences[at] >= least, around)
    chosen = [(spans[0], 0)]
    seen = {spans[0].passage.document_id}
    for place, span in enumerate(spans[1:], 1):
        document = span.passage.document_id
        if len(chosen) == MOST_SPEECHES or span.score < max(0.0, spans[0].score - BESIDE):
            break
        if document not in seen and alone(document) >= min_confidence:
            chosen.append((span, place))
        seen.add(document)
    return chosen


def agreeing(spans: Sequence[Span], chosen: Sequence[Span]) -> list[int]:
    """Which of ``spans`` say a chosen one's words in another place, preferred to "no answer"."""
    said = {same_words(span.text) for span in chosen}
    places = {(span.passage.document_id, span.start) for span in chosen}
    return [
        at
        for at, span in enumerate(spans)
        if span.score > 0
        and same_words(span.text) in said
        and (span.passage.document_id, span.start) not in places
    ]


def merged(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Citations of the same words made one, the others kept in its ``also``; speech by speech.

    The order is that of the best citation of each speech, then the order given.
    """
    first: dict[str, Citation] = {}
    for citation in citations:
        key = same_words(citation.quote)
        kept = first.get(key)
        first[key] = replace(kept, also=(*kept.also, citation)) if kept else citation
    speeches = list(dict.fromkeys(citation.document.id for citation in first.values()))
    return tuple(sorted(first.values(), key=lambda c: speeches.index(c.document.id)))
