"""Training passages ranked by BM25, for examples that are hard because their words are alike."""

from __future__ import annotations

import re
from collections.abc import Iterable

import bm25s  # type: ignore[import-untyped]

_WORD = re.compile(r"\w+")
STOP = frozenset(
    _WORD.findall(
        "a an and are as at be by did do does for from had has have how in is it its of on or that "
        "the their this to was were what when where which who whom whose why will with"
    )
)


class PassageIndex:
    """Passages to be found by their words; indexed when first asked.

    >>> PassageIndex(["The mill burnt.", "Cats sleep."]).ranked("Who built the mill?", 2)
    ['The mill burnt.']
    """

    def __init__(self, passages: Iterable[str]) -> None:
        """Equal passages count once."""
        self._passages = list(dict.fromkeys(passages))
        self._bm25: bm25s.BM25 | None = None
        self._vocabulary: set[str] = set()

    def ranked(self, text: str, depth: int) -> list[str]:
        """At most `depth` passages that share words with the text, best first."""
        if self._bm25 is None:
            tokens = [_tokens(passage) for passage in self._passages]
            self._vocabulary = {token for row in tokens for token in row}
            self._bm25 = bm25s.BM25()
            self._bm25.index(tokens, show_progress=False)
        # bm25s refuses words that it has never indexed.
        query = [token for token in _tokens(text) if token in self._vocabulary]
        if not query:
            return []
        k = min(depth, len(self._passages))
        hits, scores = self._bm25.retrieve([query], k=k, show_progress=False)
        # Equal scores are put in passage order: top-k alone leaves their order open.
        best = sorted(zip(-scores[0], hits[0], strict=True))
        return [self._passages[int(hit)] for score, hit in best if score < 0]


def _tokens(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in STOP]
