"""The shape that every store has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ordinals = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Store(Protocol):
    """Passages by ordinal, looked up by a query of the store's own kind.

    ``allowed`` is a mask over all passages, shape (n,): a passage outside it is never returned and
    never takes a place among the ``k``. Equal scores are ordered by ordinal.
    """

    def __len__(self) -> int:
        """Number of passages, n."""
        ...

    def search(self, query: Any, k: int, allowed: Mask | None = None) -> tuple[Ordinals, Scores]:
        """At most ``k`` ordinals with their scores, best first."""
        ...

    def scores(self, query: Any, ordinals: Sequence[int] | Ordinals) -> Scores:
        """The score of each of these passages, shape (len(ordinals),)."""
        ...

    def save(self, path: Path) -> None:
        """Write the store to ``path``. Nothing is pickled."""
        ...


def best(ordinals: Ordinals, scores: Scores, k: int) -> tuple[Ordinals, Scores]:
    """The ``k`` highest scores, equal ones by ordinal.

    Example:
        >>> best(np.array([4, 2, 9]), np.array([0.5, 0.5, 0.1], np.float32), 2)[0].tolist()
        [2, 4]
    """
    order = np.lexsort((ordinals, -scores))[:k]
    return ordinals[order], scores[order]
