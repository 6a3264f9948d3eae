"""How near the best sentence of each passage is to a question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_bot.index.sentences import Sentences
from qa_bot.schema import Passage

# Weight of the best sentence's cosine beside the fused score: docs/research/2026-11-sentences.md.
SENTENCE_SHARE = 1.5


class NearestSentence:
    """Looks up, for passages of one index, the cosine of the sentence nearest to a question.

    A passage of 200 tokens speaks of several things; one sentence of it answers.
    """

    def __init__(
        self, sentences: Sentences, passages: Sequence[Passage], rows: NDArray[np.int64]
    ) -> None:
        """
        Args:
            passages: by ordinal.
            rows: number of each one's document.
        """
        starts = np.fromiter((p.start for p in passages), np.int64, len(passages))
        ends = np.fromiter((p.end for p in passages), np.int64, len(passages))
        self._vectors = sentences.vectors
        self.first, self.last = sentences.spans(rows, starts, ends)

    def scores(
        self, vector: NDArray[np.float32], ordinals: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Of each passage, the highest cosine of its sentences, 0 where it is below, and the number
        of that sentence, -1 where there is none.

        Rounded to six places, so that equal passages tie.
        """
        first, last = self.first[ordinals], self.last[ordinals]
        counts = last - first
        best = np.zeros(len(ordinals), dtype=np.float64)
        nearest = np.full(len(ordinals), -1, dtype=np.int64)
        if not counts.sum():
            return best, nearest
        begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
        numbers = np.repeat(first - begins, counts) + np.arange(counts.sum())
        seen, where = np.unique(numbers, return_inverse=True)  # passages overlap
        near = (self._vectors[seen].astype(np.float32) @ np.asarray(vector, dtype=np.float32))[
            where
        ]
        some = counts > 0
        highest = np.maximum.reduceat(near, begins[some])
        best[some] = highest
        owner = np.repeat(np.arange(len(highest)), counts[some])
        reached = np.flatnonzero(near == highest[owner])
        nearest[some] = numbers[reached[np.unique(owner[reached], return_index=True)[1]]]
        return np.round(np.maximum(best, 0.0), 6).astype(np.float64), nearest


def with_sentences(
    fused: NDArray[np.float64], nearest: NDArray[np.float64], share: float = SENTENCE_SHARE
) -> NDArray[np.float64]:
    """Fused scores and best sentences in one, in 0..1 again.

    Example:
        >>> with_sentences(np.array([1.0, 0.5]), np.array([0.2, 0.8]), 1.0).round(3).tolist()
        [0.6, 0.65]
    """
    return (fused + share * nearest) / (1 + share)
