"""Metrics over spans: answers of several items, and citations against gold spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_bot.evaluation.testset import Item
from qa_bot.evaluation.text_metrics import normalise
from qa_bot.schema import Citation, Document

Place = tuple[str, int, int]  # document, start, end


@dataclass(frozen=True)
class ItemScores:
    """Precision, recall and F1 of a list of predicted spans against the items of the answer."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def exact_items(predicted: Sequence[str], items: Sequence[Item]) -> ItemScores:
    """A predicted text counts when it equals an alternative of an item that no other one took.

    Texts are compared after SQuAD normalisation. Precision is the share of predictions that count,
    recall the share of items taken: as many as can be, where items share an alternative.
    """
    texts = [{normalise(span.text) for span in item} for item in items]
    keys = [normalise(text) for text in predicted]
    taken: dict[int, int] = {}  # item: the prediction that takes it

    def takes(prediction: int, tried: set[int]) -> bool:
        """Give the prediction an item, moving others to another one of theirs if need be."""
        for item in (i for i, held in enumerate(texts) if keys[prediction] in held):
            if item in tried:
                continue
            tried.add(item)
            if item not in taken or takes(taken[item], tried):
                taken[item] = prediction
                return True
        return False

    matched = sum(takes(prediction, set()) for prediction in range(len(keys)))
    return ItemScores(matched / len(predicted) if predicted else 0.0, matched / len(items))


def partial_items(predicted: Sequence[Place], items: Sequence[Item]) -> ItemScores:
    """Credit by the share of characters, at their places in the documents.

    Precision is the mean over predictions of the share of its characters that lie in any gold span;
    recall the mean over items of the best share, among its alternatives, of characters that lie in
    any predicted span. A quotation that runs through several items covers each of them.
    """
    gold = [(span.document, span.start, span.end) for item in items for span in item]
    if not predicted:
        return ItemScores(0.0, 0.0)
    precision = sum(covered(place, gold) for place in predicted) / len(predicted)
    recall = sum(
        max(covered((s.document, s.start, s.end), predicted) for s in item) for item in items
    )
    return ItemScores(precision, recall / len(items))


def covered(place: Place, others: Sequence[Place]) -> float:
    """Share of the characters of ``place`` that lie inside the union of ``others``.

    >>> covered(("a", 0, 10), [("a", 0, 3), ("a", 2, 5), ("b", 5, 10)])
    0.5
    """
    document, start, end = place
    inside = sorted((max(s, start), min(e, end)) for d, s, e in others if d == document)
    total, reached = 0, start
    for low, high in inside:
        low = max(low, reached)
        if high > low:
            total += high - low
            reached = high
    return total / (end - start)


@dataclass(frozen=True)
class CitationScores:
    """What one citation has to do with the gold answer: 1.0 yes, 0.0 no.

    Attributes:
        document: it is in a document that holds a gold span.
        overlaps: its quote shares at least one character with a gold span.
        contains: its quote holds a gold span in full.
        sentence: the sentence or sentences shown around it hold a gold span in full.
    """

    document: float
    overlaps: float
    contains: float
    sentence: float


def citation_scores(citation: Citation, items: Sequence[Item]) -> CitationScores:
    """One citation against all alternatives of all items."""
    here = [s for item in items for s in item if s.document == citation.document.id]
    return CitationScores(
        document=float(bool(here)),
        overlaps=float(any(s.start < citation.end and citation.start < s.end for s in here)),
        contains=float(any(citation.start <= s.start and s.end <= citation.end for s in here)),
        sentence=float(
            any(citation.sentence_start <= s.start and s.end <= citation.sentence_end for s in here)
        ),
    )


def faithful(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether quote and sentence are, character by character, what stands at their offsets."""
    document = documents.get(citation.document.id)
    return (
        document is not None
        and bool(citation.quote)
        and document.text[citation.start : citation.end] == citation.quote
        and document.text[citation.sentence_start : citation.sentence_end] == citation.sentence
    )
