"""From a question to candidate passages."""

from __future__ import annotations

import numpy as np

from qa_bot.corpus import clean
from qa_bot.index import Embedder, Index
from qa_bot.index.stores.base import Mask
from qa_bot.retrieval.fusion import minmax, reciprocal_rank
from qa_bot.schema import Filters, Hit
from qa_bot.settings import Settings

# Candidates taken from each of the two rankings, at least. A fixed floor keeps the scores of short
# searches the same whatever top_k is.
POOL = 100
POOL_PER_HIT = 5


class Retriever:
    """Searches one opened index. Holds no state that a search changes: safe from many threads.

    Example:
        >>> from qa_bot.index import load_embedder, open_index
        >>> from qa_bot.settings import load_settings
        >>> settings = load_settings()
        >>> retriever = Retriever(
        ...     open_index(settings), load_embedder(settings), settings
        ... )                                                           # doctest: +SKIP
        >>> retriever.search("Who pays for it?", top_k=3)[0].document.title    # doctest: +SKIP
        'Opening remarks'
    """

    def __init__(self, index: Index, embedder: Embedder, settings: Settings) -> None:
        self._index = index
        self._embedder = embedder
        self._fuse = {"minmax": minmax, "rrf": reciprocal_rank}[settings.fusion]
        self._documents = [document.info for document in index.documents.values()]
        rows = {document.id: row for row, document in enumerate(self._documents)}
        self._row = np.array([rows[p.document_id] for p in index.passages], dtype=np.int64)

    def search(self, question: str, *, top_k: int, filters: Filters | None = None) -> list[Hit]:
        """The passages most likely to hold the answer, best first, ties in document order.

        Args:
            question: in plain words.
            top_k: at most so many hits.
            filters: only passages of documents that they allow are looked at.
        """
        allowed = self._allowed(filters)
        if top_k < 1 or (allowed is not None and not allowed.any()):
            return []
        pool = max(POOL, POOL_PER_HIT * top_k)
        words = clean(question).text
        vector = self._embedder.encode_questions([question])[0]
        near, _ = self._index.dense.search(vector, pool, allowed)
        shared, _ = self._index.sparse.search(words, pool, allowed)
        # Both scores of every candidate, not only of those that its own ranking found: a missing
        # score would otherwise count as the lowest.
        candidates = np.union1d(near, shared)
        dense = self._index.dense.scores(vector, candidates)
        sparse = self._index.sparse.scores(words, candidates)
        fused = self._fuse(dense, sparse)
        # candidates are in document order and the sort is stable
        return [
            Hit(
                passage=self._index.passages[candidates[i]],
                document=self._documents[self._row[candidates[i]]],
                score=float(fused[i]),
                dense=float(dense[i]),
                sparse=float(sparse[i]),
            )
            for i in np.argsort(-fused, kind="stable")[:top_k]
        ]

    def _allowed(self, filters: Filters | None) -> Mask | None:
        """Mask over all passages, or None when every passage may be used."""
        if filters is None or not filters.any:
            return None
        documents = np.array([filters.allows(document) for document in self._documents], dtype=bool)
        return None if documents.all() else documents[self._row]
