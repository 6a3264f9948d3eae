"""What each speaker says in each document, numbered: what filters pass or keep out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from qa_bot.schema import Document, DocumentInfo, Filters


class Parts:
    """The parts of all documents (:attr:`qa_bot.schema.Document.parts`), in corpus order.

    Example:
        >>> from qa_bot.schema import Turn
        >>> debate = Document("a", text="X: Yes. Y: No.", turns=(
        ...     Turn(0, 7, "X", words=3), Turn(8, 14, "Y", words=11)))
        >>> parts = Parts([debate, Document("b", text="Hello.")])
        >>> [info.id for info in parts.infos], parts.at(0, 11), parts.at(1, 0)
        (['a@0', 'a@1', 'a@2', 'b'], 2, 3)
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self.infos: list[DocumentInfo] = [part for d in documents for part in d.parts]
        self.first = [0, *accumulate(len(document.parts) for document in documents)]
        self.rows = {part.id: row for row, d in enumerate(documents) for part in d.parts}

    def at(self, row: int, offset: int) -> int:
        """The number of the part that holds a character of a document, given by its number."""
        return self.first[row] + self._documents[row].part_at(offset)

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Which parts the filters allow."""
        return np.array([filters.allows(part) for part in self.infos], dtype=bool)
