"""Exact search by inner product (FAISS). Right up to about 100,000 passages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_bot.index.stores.base import Mask, Ordinals, Scores, best


class FlatStore:
    """Normalised vectors, compared one by one: cosine similarity, no approximation.

    Example:
        >>> store = FlatStore.build(np.eye(3, dtype=np.float32))
        >>> ordinals, scores = store.search(np.array([0, 1, 0], np.float32), 1)
        >>> ordinals.tolist(), scores.tolist()
        ([1], [1.0])
    """

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> FlatStore:
        """Store ``vectors``, shape (n, d), row i under ordinal i."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> FlatStore:
        """Read what :meth:`save` wrote.

        Raises:
            ValueError: the file holds something else.
        """
        import faiss

        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise ValueError(f"not a vector file: {error}") from error
        if not isinstance(index, faiss.IndexFlatIP):
            raise ValueError("not an inner product index")
        return cls(index)

    def save(self, path: Path) -> None:
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:  # what FAISS makes of a full disk
            raise OSError(f"{path.name} cannot be written") from error

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def vectors(self) -> NDArray[np.float32]:
        """All vectors, shape (n, d)."""
        return self._index.reconstruct_n(0, len(self))

    def search(
        self, query: NDArray[np.float32], k: int, allowed: Mask | None = None
    ) -> tuple[Ordinals, Scores]:
        """The ``k`` passages nearest to the vector ``query``, shape (d,)."""
        size = len(self) if allowed is None else int(np.count_nonzero(allowed))
        parameters = None if allowed is None else _only(allowed)
        row = np.ascontiguousarray(query, dtype=np.float32)[None, :]
        wanted = min(k + 1, size)
        while wanted > 0:
            scores, ordinals = self._index.search(row, wanted, params=parameters)
            # FAISS breaks ties as it likes. Take one more than asked; when the tie crosses the
            # edge, take more until all that tie are in, then order them ourselves.
            if wanted == size or scores[0, -1] < scores[0, k - 1]:
                return best(ordinals[0], scores[0], k)
            wanted = min(wanted * 2, size)
        return np.empty(0, np.int64), np.empty(0, np.float32)

    def scores(self, query: NDArray[np.float32], ordinals: Sequence[int] | Ordinals) -> Scores:
        """Cosine similarities, rounded to six places: a matrix product gives equal rows results
        that differ in the last bit, and then equal passages would not tie."""
        if len(ordinals) == 0:
            return np.empty(0, np.float32)
        rows = self._index.reconstruct_batch(np.asarray(ordinals, dtype=np.int64))
        exact = rows.astype(np.float64) @ np.asarray(query, dtype=np.float64)
        return np.round(exact, 6).astype(np.float32)


def _only(allowed: Mask) -> Any:
    """Search parameters that make FAISS look at the allowed passages only."""
    import faiss

    library: Any = faiss  # its stubs do not know the keyword arguments that its Python layer adds
    bits = np.packbits(allowed, bitorder="little")
    return library.SearchParameters(sel=library.IDSelectorBitmap(bits))
