"""Passages of whole sentences, sized in tokens of the embedding model."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, pairwise
from typing import Any

from qa_bot.passages.fingerprint import SMALL_CHUNK, splitter_fingerprint
from qa_bot.passages.sentence_splitter import Piece, SentenceSplitter
from qa_bot.passages.tokens import TokenCounter
from qa_bot.schema import Document, Passage
from qa_bot.text.blocks import trim


class Splitter:
    """Splits documents into passages of whole sentences.

    Chunks are packed without overlap by :class:`SentenceSplitter`; then each begins earlier by the
    whole sentences that fit into the overlap. A passage that begins with a heading has none.

    Args:
        tokenizer: a fast tokenizer of transformers, the embedding model's.
        size: longest passage, in tokens of the cleaned text, special tokens left out.
        overlap: how much of a passage may repeat the one before it, in tokens.

    Example:
        >>> def words(texts, **options):  # stands in for a tokenizer
        ...     return {"input_ids": [text.split() for text in texts]}
        >>> speech = Document(id="a", text="We came. We saw. We waited. We left.")
        >>> [passage.text for passage in Splitter(words, size=6, overlap=2).split(speech)]
        ['We came. We saw.', 'We saw. We waited. We left.']
    """

    def __init__(self, tokenizer: Any, size: int, overlap: int) -> None:
        if not 0 <= overlap < size:
            raise ValueError(f"overlap {overlap} must be at least 0 and less than size {size}")
        self.size = size
        self.overlap = overlap
        self._splitter = SentenceSplitter(TokenCounter(tokenizer), size - overlap)

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same documents would be split differently (by this tokenizer)."""
        return splitter_fingerprint(self.size, self.overlap)

    def split(self, document: Document, first_ordinal: int = 0) -> list[Passage]:
        """The passages of one document, in order.

        ``passage.text == document.text[passage.start:passage.end]``, without whitespace at its
        ends; every visible character of the document is in at least one passage.

        Args:
            first_ordinal: ``ordinal`` of the first passage; the rest count on from there.
        """
        text = document.text
        pieces = self._splitter.pieces(text)
        passages: list[Passage] = []
        for first, last in self._ranges(pieces, self._splitter.pack(text, pieces)):
            start, end = trim(text, pieces[first].start, pieces[last - 1].end)
            if start < end:
                ordinal = first_ordinal + len(passages)
                passages.append(Passage(document.id, start, end, text[start:end], ordinal))
        return passages

    def _ranges(self, pieces: list[Piece], chunks: list[str]) -> list[tuple[int, int]]:
        """The pieces, from and up to, of each passage."""
        ends = [piece.end for piece in pieces]
        sums = [0, *accumulate(piece.tokens for piece in pieces)]
        bounds = [0]
        at = 0
        for chunk in chunks:
            at += len(chunk)
            bounds.append(bisect_left(ends, at) + 1)
            if len(bounds) > 2 and self._belong_together(*(sums[bound] for bound in bounds[-3:])):
                del bounds[-2]
        ranges = []
        earliest = 0  # a passage never takes in the whole of the one before
        for first, last in pairwise(bounds):
            room = min(self.overlap, self.size - (sums[last] - sums[first]))
            ranges.append((self._with_overlap(pieces, first, room, earliest), last))
            earliest = first + 1
        return ranges

    def _belong_together(self, first: int, middle: int, last: int) -> bool:
        """Whether two chunks, given by token sums, fit into one passage and one is small."""
        smaller = min(middle - first, last - middle)
        return smaller * SMALL_CHUNK < self.size and last - first <= self.size

    def _with_overlap(self, pieces: list[Piece], first: int, room: int, earliest: int) -> int:
        """Where a passage begins when the sentences before it that fit are added."""
        if pieces[first].leads:
            return first
        while first > earliest and pieces[first - 1].tokens <= room:
            first -= 1
            room -= pieces[first].tokens
        return first
