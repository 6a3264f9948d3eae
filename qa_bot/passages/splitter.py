"""Passages of whole sentences, sized in tokens of the embedding model."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

from qa_bot.passages.context import question_before
from qa_bot.passages.fingerprint import SMALL_CHUNK, splitter_fingerprint
from qa_bot.passages.sentence_splitter import Piece, SentenceSplitter
from qa_bot.passages.tokens import TokenCounter
from qa_bot.schema import Document, Passage
from qa_bot.text.blocks import trim

LONGEST_BETWEEN = 300  # characters between two turns that go with the second one


def stretches(document: Document) -> list[tuple[int, int, int]]:
    """(start, where the words begin, end) of what passages must not run across: turns.

    They lie end to end and are the whole text. What little stands between two turns, a heading or
    a remark of the record, goes with the second; more than that is a stretch of its own.
    """
    found: list[tuple[int, int, int]] = []
    at = 0
    for turn in document.turns:
        if turn.start - at > LONGEST_BETWEEN:
            found.append((at, at, turn.start))
            at = turn.start
        found.append((at, turn.said_from, turn.end))
        at = turn.end
    if at < len(document.text) or not found:
        found.append((at, at, len(document.text)))
    return found


class Splitter:
    """Splits documents into passages of whole sentences. None holds words of two speakers.

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
        passages: list[Passage] = []
        for low, words, high in stretches(document):
            pieces = self._pieces(text[low:high], words - low)
            for first, last in self._ranges(pieces, self._splitter.pack(text[low:high], pieces)):
                start, end = trim(text, low + pieces[first].start, low + pieces[last - 1].end)
                if start < end:
                    ordinal = first_ordinal + len(passages)
                    asked = question_before(document, max(start, words)) if document.turns else ""
                    passages.append(
                        Passage(document.id, start, end, text[start:end], ordinal, asked)
                    )
        return passages

    def _pieces(self, text: str, words: int) -> list[Piece]:
        """The pieces of one speaker's words; what stands before them stays with them."""
        if not words:
            return self._splitter.pieces(text)
        head = [replace(piece, leads=True) for piece in self._splitter.pieces(text[:words])]
        body = self._splitter.pieces(text[words:])
        return head + [
            replace(piece, start=piece.start + words, end=piece.end + words) for piece in body
        ]

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
