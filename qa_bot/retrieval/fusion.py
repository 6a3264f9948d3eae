"""Two rankings made one. Pure functions over the candidates of one search."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

RANK_CONSTANT = 60  # Cormack, Clarke and Büttcher, SIGIR 2009
DENSE_SHARE = 0.4  # chosen on one file and reported on two others: benchmarks/README.md


def scaled(scores: ArrayLike) -> Floats:
    """Scores moved to 0..1: the lowest becomes 0, the highest 1.

    When all are equal they say nothing about the order: all become 1 if they are above 0, else 0.

    Example:
        >>> scaled([2.0, 4.0, 3.0]).tolist()
        [0.0, 1.0, 0.5]
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.size == 0:
        return values
    low, high = values.min(), values.max()
    if not high > low:
        return np.where(values > 0, 1.0, 0.0)
    # Clipped: dividing a subnormal range may leave 0..1 by rounding.
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def minmax(dense: ArrayLike, sparse: ArrayLike, share: float = DENSE_SHARE) -> Floats:
    """Weighted mean of both scores, each scaled to 0..1 over the candidates.

    Args:
        dense, sparse: scores of the same candidates, shape (n,).
        share: weight of ``dense``, 0..1. When no candidate has a word of the question (all
            ``sparse`` are 0) the dense scores stand alone.

    Returns:
        Fused scores in 0..1, shape (n,).

    Example:
        >>> minmax([0.2, 0.8], [5.0, 0.0]).tolist()
        [0.6, 0.4]
    """
    sparse = np.asarray(sparse, dtype=np.float64)
    if not np.any(sparse > 0):
        share = 1.0
    return share * scaled(dense) + (1 - share) * scaled(sparse)


def reciprocal_rank(dense: ArrayLike, sparse: ArrayLike) -> Floats:
    """Reciprocal rank fusion, divided by its maximum so that it lies in 0..1.

    A candidate without a word of the question (``sparse`` 0) gets nothing from the words' ranking.

    Args:
        dense, sparse: scores of the same candidates, shape (n,); equal scores are ranked in the
            order given.

    Example:
        >>> reciprocal_rank([0.9, 0.1], [3.0, 1.0]).round(3).tolist()
        [1.0, 0.984]
    """
    dense = np.asarray(dense, dtype=np.float64)
    sparse = np.asarray(sparse, dtype=np.float64)
    from_words = np.where(sparse > 0, 1.0 / (RANK_CONSTANT + ranks(sparse)), 0.0)
    fused = 1.0 / (RANK_CONSTANT + ranks(dense)) + from_words
    return np.minimum(fused * (RANK_CONSTANT + 1) / 2, 1.0)


def ranks(scores: Floats) -> Floats:
    """Rank from 1 of each score, the highest first; ties in the order given.

    Example:
        >>> ranks(np.array([0.1, 0.7, 0.7])).tolist()
        [3.0, 1.0, 2.0]
    """
    out = np.empty(len(scores), dtype=np.float64)
    out[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return out
