"""From a question to candidate passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from qa_bot.errors import DocumentNotFoundError
from qa_bot.index import Embedder, Index
from qa_bot.index.stores.base import Mask, Ordinals, Scores, Store
from qa_bot.retrieval.alike import AlikePassages, Shown
from qa_bot.retrieval.fusion import minmax, reciprocal_rank
from qa_bot.retrieval.nearest import SENTENCE_SHARE, NearestSentence, with_sentences
from qa_bot.retrieval.parts import Parts
from qa_bot.retrieval.phrases import Phrase, folded, holding, places
from qa_bot.schema import Document, DocumentInfo, Filters, Hit
from qa_bot.settings import Settings
from qa_bot.text.cleaning import clean

# Candidates taken from each of the two rankings, at least. A fixed floor keeps the scores of short
# searches the same whatever top_k is.
POOL = 100
POOL_PER_HIT = 5
# Where so many candidates say the same that too few are left, as many times more are looked at, at
# most so many in all.
WIDER = 4
WIDEST = 6400


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

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        settings: Settings,
        sentence_share: float = SENTENCE_SHARE,
    ) -> None:
        """
        Args:
            sentence_share: weight of the cosine of a passage's best sentence beside its fused
                score; 0 leaves sentences out.
        """
        self._index = index
        self._settings = settings
        self.embedder = embedder
        self._fuse = {"minmax": minmax, "rrf": reciprocal_rank}[settings.fusion]
        self._documents = [document.info for document in index.documents.values()]
        self._rows = {document.id: row for row, document in enumerate(self._documents)}
        self._texts: dict[int, str] = {}
        self._row = np.array([self._rows[p.document_id] for p in index.passages], dtype=np.int64)
        self._parts = Parts(list(index.documents.values()))
        places = ((self._rows[p.document_id], p.end - 1) for p in index.passages)
        self._part = np.array([self._parts.at(*place) for place in places], dtype=np.int64)
        self._sentence_share = sentence_share
        self._nearest = NearestSentence(index.sentences, index.passages, self._row)
        self._alike = AlikePassages(
            index.sentences, self._documents, self._row, self._nearest.first, self._nearest.last
        )

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents of the index, by id."""
        return self._index.documents

    def over(self, index: Index) -> Retriever:
        """This retriever over another index that the same embedder made."""
        return Retriever(index, self.embedder, self._settings, self._sentence_share)

    def search(
        self,
        question: str,
        *,
        top_k: int,
        filters: Filters | None = None,
        phrases: Sequence[str] = (),
    ) -> list[Hit]:
        """The passages most likely to hold the answer, best first, ties in document order.

        Of passages that say the same in several documents one is a hit, with the others in its
        :attr:`qa_bot.schema.Hit.also`: the newest, unless words of the question are in another.

        Args:
            question: in plain words.
            top_k: at most so many hits.
            filters: only passages of documents that they allow are looked at.
            phrases: only passages that hold each of these word for word are looked at.

        Raises:
            DocumentNotFoundError: the filters name a document that is not there, or that the
                groups they name may not see.
        """
        allowed = self._allowed(filters)
        for phrase in phrases:
            allowed = self._holding(phrase, allowed)
        if top_k < 1 or (allowed is not None and not allowed.any()):
            return []
        words = clean(question).text
        vector = self.embedder.encode_questions([question])[0]
        pool_size = len(self._row) if allowed is None else int(allowed.sum())
        pool = max(POOL, POOL_PER_HIT * top_k)
        asked = set(self._index.sparse.numbers(words))
        while True:
            shown, scores = self._ranked(vector, words, pool, allowed, asked)
            if len(shown) >= top_k or pool >= min(pool_size, WIDEST):
                break
            pool *= WIDER
        return [self._hit(one.ordinal, scores, pool_size, one.others) for one in shown[:top_k]]

    def _ranked(
        self, vector: Scores, words: str, pool: int, allowed: Mask | None, asked: set[int]
    ) -> tuple[list[Shown], dict[int, tuple[float, float, float]]]:
        """The candidates without repetitions, best first, and (fused, dense, sparse) of each."""
        candidates, dense, sparse = find(
            self._index.dense, self._index.sparse, vector, words, pool, allowed
        )
        fused = self._fuse(dense, sparse)
        nearest = np.full(len(candidates), -1, dtype=np.int64)
        if self._sentence_share:
            near, nearest = self._nearest.scores(vector, candidates)
            fused = with_sentences(fused, near, self._sentence_share)
        # candidates are in document order and the sort is stable
        order = np.argsort(-fused, kind="stable")
        shown = self._alike.distinct(candidates[order].tolist(), nearest[order].tolist(), asked)
        told = zip(fused.tolist(), dense.tolist(), sparse.tolist(), strict=True)
        return shown, dict(zip(candidates.tolist(), told, strict=True))

    def _hit(
        self,
        ordinal: int,
        scores: Mapping[int, tuple[float, float, float]],
        pool_size: int,
        others: Sequence[int] = (),
    ) -> Hit:
        """A passage that was found, with who speaks it and when, as far as its document tells."""
        fused, dense, sparse = scores[ordinal]
        passage = self._index.passages[ordinal]
        document = self._index.documents[passage.document_id]
        return Hit(
            passage=passage,
            document=self._documents[self._row[ordinal]],
            turn=document.said_by(passage.end - 1),
            time=document.time_at(passage.start),
            score=max([fused, *(scores[other][0] for other in others)]),
            dense=dense,
            sparse=sparse,
            pool_size=pool_size,
            also=tuple(self._hit(other, scores, pool_size) for other in others),
        )

    def places(
        self, words: str, filters: Filters | None = None, *, most: int | None = None
    ) -> list[tuple[DocumentInfo, int, int]]:
        """Where words stand one after the other: (document, start, end), in document order.

        Args:
            most: looks no further once so many were found.

        Raises:
            DocumentNotFoundError: the filters name a document that is not there.
        """
        phrase = Phrase(words)
        allowed = self._allowed(filters)
        rows = range(len(self._documents)) if allowed is None else np.unique(self._row[allowed])
        parts = None if allowed is None else set(self._part[allowed].tolist())
        found = []
        for row in map(int, rows):
            if next(phrase.places(self._folded(row)), None) is None:
                continue
            info = self._documents[row]
            here = places(self._index.documents[info.id].text, phrase)
            found += [
                (info, start, end)
                for start, end in here
                if parts is None or self._parts.at(row, start) in parts
            ]
            if most is not None and len(found) >= most:
                return found[:most]
        return found

    def check(self, filters: Filters) -> None:
        """Make sure that the documents which filters name are there.

        Raises:
            DocumentNotFoundError: one is not, or the groups they name may not see it.
        """
        seen = Filters(groups=filters.groups)
        for name in filters.documents:
            row = self._rows.get(name, self._parts.rows.get(name))
            if row is None or not seen.allows(self._documents[row]):
                raise DocumentNotFoundError(
                    f"There is no document {name[:100]!r}.",
                    "`qa-bot index --list` shows the documents.",
                )

    def _allowed(self, filters: Filters | None) -> Mask | None:
        """Mask over all passages, or None when every passage may be used."""
        if filters is None or not filters.any:
            return None
        self.check(filters)
        parts = self._parts.allowed(filters)
        return None if parts.all() else parts[self._part]

    def _holding(self, words: str, allowed: Mask | None) -> Mask:
        """Mask over the allowed passages that hold these words one after the other."""
        phrase = Phrase(words)
        mask = np.zeros(len(self._row), dtype=bool)
        rows = np.unique(self._row if allowed is None else self._row[allowed])
        for row in rows.tolist():
            if next(phrase.places(self._folded(row)), None) is None:
                continue
            mine = np.flatnonzero(self._row == row)
            passages = [self._index.passages[i] for i in mine]
            text = self._index.documents[self._documents[row].id].text
            mask[mine] = holding([(p.start, p.end) for p in passages], places(text, phrase))
        return mask if allowed is None else mask & allowed

    def _folded(self, row: int) -> str:
        """A document's cleaned text in lower case; kept, once a phrase was looked for in it."""
        text = self._texts.get(row)
        if text is None:
            text = folded(clean(self._index.documents[self._documents[row].id].text).text)
            self._texts[row] = text
        return text


def find(
    dense: Store, sparse: Store, vector: Scores, words: str, pool: int, allowed: Mask | None = None
) -> tuple[Ordinals, Scores, Scores]:
    """The ``pool`` best of each store, in document order, each with both of its scores.

    A candidate that only one store found gets its true score from the other too. Taking a missing
    score for the lowest one ranks about as well, but hits would carry scores that are not true.

    Returns:
        Ordinals, dense scores, sparse scores, each of shape (n,).
    """
    near, _ = dense.search(vector, pool, allowed)
    shared, _ = sparse.search(words, pool, allowed)
    candidates = np.union1d(near, shared)
    return candidates, dense.scores(vector, candidates), sparse.scores(words, candidates)
