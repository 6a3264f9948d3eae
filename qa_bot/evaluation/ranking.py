"""Retrieval metrics: recall@k, reciprocal rank and nDCG over ranked passages.

A passage is relevant to an item of the answer when it holds one of the item's alternatives in full.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from qa_bot.evaluation.testset import GoldSpan, Item
from qa_bot.schema import Passage

Relevant = list[set[str]]  # per item, ids of the passages that hold it


class PassageMap:
    """Passages by document, to find the relevant ones of many questions quickly.

    Example:
        >>> passage = Passage("a", 0, 6, "Geneva")
        >>> PassageMap([passage]).relevant([(GoldSpan("Geneva", "a", 0, 6),)])
        [{'a#0-6'}]
    """

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._by_document: dict[str, list[Passage]] = {}
        for passage in passages:
            self._by_document.setdefault(passage.document_id, []).append(passage)

    def relevant(self, items: Sequence[Item]) -> Relevant:
        """For each item, the ids of its relevant passages.

        An item that no passage of the index holds in full (its words cross from one passage into
        the next) takes the passages that hold a part of it instead.
        """
        return [{p.id for p in self.holding(item)} for item in items]

    def holding(self, item: Item) -> list[Passage]:
        """The relevant passages of one item, in document order."""
        found = self._where(item, lambda p, s: p.start <= s.start and s.end <= p.end)
        return found or self._where(item, lambda p, s: p.start < s.end and s.start < p.end)

    def _where(self, item: Item, test: Callable[[Passage, GoldSpan], bool]) -> list[Passage]:
        found: dict[str, Passage] = {}
        for span in item:
            for passage in self._by_document.get(span.document, ()):
                if test(passage, span):
                    found[passage.id] = passage
        return sorted(found.values(), key=lambda passage: passage.ordinal)


def recall_at(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Share of the items that a passage among the first ``k`` holds.

    >>> recall_at(["p1", "p2", "p3"], [{"p2"}, {"p9"}], 2)
    0.5
    """
    first = set(ranked[:k])
    return sum(bool(first & wanted) for wanted in relevant) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], relevant: Relevant) -> float:
    """One over the rank, from 1, of the first passage relevant to any item; 0 without one.

    >>> reciprocal_rank(["p1", "p2", "p3"], [{"p2"}, {"p9"}])
    0.5
    """
    wanted = set().union(*relevant)
    return next((1 / rank for rank, name in enumerate(ranked, 1) if name in wanted), 0.0)


def ndcg_at(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Normalised discounted cumulative gain of the first ``k``, gain 1 for a relevant passage.

    DCG sums gain / log2(rank + 1); it is divided by that of a ranking that puts all relevant
    passages of the index first (Järvelin and Kekäläinen 2002, binary gains).

    >>> round(ndcg_at(["p1", "p2"], [{"p2"}], 10), 4)
    0.6309
    """
    wanted = set().union(*relevant)
    gained = sum(1 / math.log2(r + 1) for r, name in enumerate(ranked[:k], 1) if name in wanted)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(wanted)) + 1))
    return gained / ideal if ideal else 0.0
