"""Search by words (BM25, the bm25s package)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.index.stores.base import Mask, Ordinals, Scores, best
from qa_bot.text.stems import words

Words = Callable[[str], list[str]]


class Bm25Store:
    """BM25 over stemmed words. Word weights (idf) are those of the whole collection, so a filter
    changes which passages may be found but not how they score.

    Example:
        >>> store = Bm25Store.build(["the network secretariat", "a start-up fund"])
        >>> store.search("Which funds?", 5)[0].tolist()
        [1]
    """

    def __init__(self, index: Any, words_of: Words) -> None:
        self._index = index
        self._words_of = words_of

    @classmethod
    def build(cls, texts: Sequence[str], words_of: Words = words) -> Bm25Store:
        """Index cleaned passage texts; text i gets ordinal i.

        Args:
            words_of: how passages and questions are cut into words.
        """
        import bm25s

        cut = [words_of(text) for text in texts]
        # Sorted, so that equal texts make equal files; "" keeps the vocabulary from being empty.
        known = sorted({"", *(word for line in cut for word in line)})
        vocabulary = {word: number for number, word in enumerate(known)}
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        with np.errstate(invalid="ignore", divide="ignore"):  # a collection without any word
            index.index(
                ([[vocabulary[word] for word in line] for line in cut], vocabulary),
                create_empty_token=False,
                show_progress=False,
            )
        return cls(index, words_of)

    @classmethod
    def load(cls, path: Path) -> Bm25Store:
        """Read what :meth:`save` wrote.

        Raises:
            ValueError: the folder holds something else.
        """
        import bm25s

        try:
            index = bm25s.BM25.load(path, allow_pickle=False, show_progress=False)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a BM25 folder: {error}") from error
        return cls(index, words)

    def save(self, path: Path) -> None:
        self._index.save(path, allow_pickle=False, show_progress=False)

    def __len__(self) -> int:
        return int(self._index.scores["num_docs"])

    def search(self, query: str, k: int, allowed: Mask | None = None) -> tuple[Ordinals, Scores]:
        """At most ``k`` passages that share a word with the text ``query``, best first."""
        scores = self._all(query)
        found = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
        if len(found) > k > 0:
            edge = np.partition(scores[found], -k)[-k]
            found = found[scores[found] >= edge]
        return best(found, scores[found], k)

    def scores(self, query: str, ordinals: Sequence[int] | Ordinals) -> Scores:
        return self._all(query)[np.asarray(ordinals, dtype=np.int64)]

    def _all(self, query: str) -> Scores:
        known = self._index.get_tokens_ids([word for word in self._words_of(query) if word])
        if not known:
            return np.zeros(len(self), np.float32)
        return self._index.get_scores_from_ids(known)

    def numbers(self, text: str) -> list[int]:
        """The words of a text that the passages have, as numbers of their vocabulary."""
        return list(self._index.get_tokens_ids([word for word in self._words_of(text) if word]))

    def known(self, stems: Sequence[str]) -> list[int]:
        """The numbers of those of these stems that the passages have, each once."""
        return list(dict.fromkeys(self._index.get_tokens_ids(list(stems))))

    @property
    def vocabulary(self) -> int:
        """How many different words there are: each number is below it."""
        return len(self._index.vocab_dict)
