"""Every sentence of the documents: where it stands, its vector, its words. Arrays, row by row.

Passages are what is searched and read; sentences are what is shown. Their vectors are kept in 16
bits and mapped into memory: of 73,000 sentences a question looks at a thousand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_bot.index.alike import alike
from qa_bot.passages.context import question_before
from qa_bot.passages.marks import ALGORITHM as MARKS
from qa_bot.passages.marks import ASKED, BARE, LEADS, OPENS, marks
from qa_bot.schema import Document, Turn
from qa_bot.text.blocks import blocks
from qa_bot.text.cleaning import clean
from qa_bot.text.sentences import find_sentences, sentences

Ints = NDArray[np.int32]
NOBODY = Turn(0, 0)

# Raise it when the same document would be cut into other sentences.
SENTENCES_FINGERPRINT = f"2/{MARKS}"
FILES = ("bounds.npy", "vectors.npy", "words.npy", "word_ends.npy")


@dataclass(frozen=True, eq=False)
class Sentences:
    """The sentences of all documents, in document order.

    Attributes:
        rows: (n,) number of each one's document, from 0 in corpus order.
        starts, ends: (n,) character offsets into that document's text.
        marks: (n,) bits of :mod:`qa_bot.passages.marks`.
        vectors: (n, d) unit vectors in 16 bits.
        words: the numbers, in the word store's vocabulary, of each sentence's different words, laid
            end to end; sentence i has ``words[word_ends[i - 1]:word_ends[i]]``.
        alike: (n,) number of the first sentence that says the same, often its own; of an index
            that was built before there was such a column, always its own.
    """

    rows: Ints
    starts: Ints
    ends: Ints
    marks: Ints
    vectors: NDArray[np.float16]
    words: Ints
    word_ends: Ints
    alike: Ints

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, row: int) -> slice:
        """The sentences of one document."""
        first, last = np.searchsorted(self.rows, [row, row + 1])
        return slice(int(first), int(last))

    def within(self, row: int, start: int, end: int) -> slice:
        """The sentences of a document that have a character in [start, end)."""
        own = self.of(row)
        first = own.start + int(np.searchsorted(self.ends[own], start, side="right"))
        last = own.start + int(np.searchsorted(self.starts[own], end, side="left"))
        return slice(first, max(first, last))

    def spans(
        self, rows: NDArray[Any], starts: NDArray[Any], ends: NDArray[Any]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """:meth:`within` for many stretches at once: first and end number of each's sentences."""
        longest = max(int(self.ends.max(initial=0)), int(np.max(ends, initial=0))) + 1
        own = self.rows.astype(np.int64) * longest
        asked = np.asarray(rows, dtype=np.int64) * longest
        first = np.searchsorted(own + self.ends, asked + starts, side="right")
        last = np.searchsorted(own + self.starts, asked + ends, side="left")
        return first, np.maximum(first, last)

    def save(self, folder: Path) -> None:
        """Write the arrays into a new folder. Nothing is pickled."""
        folder.mkdir()
        columns = [self.rows, self.starts, self.ends, self.marks, self.alike]
        bounds = np.stack(columns, axis=1)
        arrays: tuple[NDArray[Any], ...] = (bounds, self.vectors, self.words, self.word_ends)
        for name, array in zip(FILES, arrays, strict=True):
            np.save(folder / name, array, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Sentences:
        """Read what :meth:`save` wrote; the vectors stay on the disk until they are used.

        Raises:
            ValueError: the folder holds something else.
        """
        bounds, words, word_ends = (
            np.load(folder / name, allow_pickle=False)
            for name in ("bounds.npy", "words.npy", "word_ends.npy")
        )
        vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
        kinds = (bounds.dtype, words.dtype, word_ends.dtype) == (np.int32,) * 3
        if kinds and bounds.shape == (len(word_ends), 4):
            own = np.arange(len(bounds), dtype=np.int32)
            bounds = np.column_stack([bounds, own])
        if not kinds or bounds.shape != (len(word_ends), 5) or vectors.dtype != np.float16:
            raise ValueError("not the arrays of sentences")
        if vectors.ndim != 2 or len(vectors) != len(bounds) or words.ndim != 1:
            raise ValueError("the arrays of sentences do not agree")
        if len(word_ends) and (word_ends[-1] != len(words) or np.any(np.diff(word_ends) < 0)):
            raise ValueError("the words of the sentences do not agree")
        rows, starts, ends, bits, same = np.ascontiguousarray(bounds.T)
        return cls(rows, starts, ends, bits, vectors, words, word_ends, same)

    def check(self, lengths: Sequence[int]) -> None:
        """Make sure that every sentence lies inside its document.

        Args:
            lengths: of the documents' texts, in corpus order.

        Raises:
            ValueError: one does not.
        """
        if not len(self):
            return
        most = np.asarray(lengths, dtype=np.int64)
        if self.rows.min() < 0 or self.rows.max() >= len(most) or np.any(np.diff(self.rows) < 0):
            raise ValueError("a sentence belongs to no document")
        if np.any(self.starts < 0) or np.any(self.starts >= self.ends):
            raise ValueError("a sentence is empty")
        if np.any(self.ends > most[self.rows]):
            raise ValueError("a sentence lies outside its document")
        own = np.arange(len(self))
        if np.any((self.alike < 0) | (self.alike > own)):
            raise ValueError("a sentence is like one that does not come before it")
        if np.any(self.alike[self.alike] != self.alike):
            raise ValueError("the sentences alike do not agree")


@dataclass(frozen=True, eq=False)
class Cut:
    """Documents cut into sentences, before they are embedded.

    Attributes:
        texts: the cleaned words of each sentence.
        hashes: of these; equal sentences share a vector.
    """

    rows: Ints
    starts: Ints
    ends: Ints
    marks: Ints
    texts: list[str]
    hashes: list[str]


def cut(documents: Sequence[Document]) -> Cut:
    """The sentences of the documents. Every visible character is in exactly one.

    Example:
        >>> found = cut([Document("a", text="REMARKS\\n\\nWe came. It rained.")])
        >>> found.texts
        ['REMARKS', 'We came.', 'It rained.']
    """
    bounds: list[tuple[int, int, int, int]] = []
    texts: list[str] = []
    for row, document in enumerate(documents):
        for start, end, words, bits in _sentences(document):
            bounds.append((row, start, end, bits))
            texts.append(words)
    table = np.array(bounds, dtype=np.int32).reshape(-1, 4)
    rows, starts, ends, bits = np.ascontiguousarray(table.T)
    return Cut(rows, starts, ends, bits, texts, [digest(text) for text in texts])


def _sentences(document: Document) -> Iterator[tuple[int, int, str, int]]:
    """(start, end, cleaned words, marks) of each sentence; none runs from one turn into another.

    What answers a question is known by the question's words, too. What is nobody's words (labels,
    headings between turns) is marked as a heading is.
    """
    for low, high, turn in spoken(document):
        for start, end, words, bits in _of_one(document.text[low:high]):
            start, end = start + low, end + low
            if turn is None:
                yield start, end, words, bits
            elif not turn.speaker and not turn.end:
                yield start, end, words, bits | LEADS
            else:
                asked = question_before(document, start)
                if asked:
                    words = f"{clean(asked).text} {words}"
                    bits &= ~BARE if start == turn.said_from else ~0  # "No." answers
                yield start, end, words, bits | (ASKED if turn.asks else 0)


def _of_one(text: str) -> Iterator[tuple[int, int, str, int]]:
    cleaned = clean(text)
    opens = {block.start for block in blocks(text)}
    for found in find_sentences(text, cleaned):
        words = cleaned.text[found.clean_start : found.clean_end]
        bits = marks(words, found.leads) | (OPENS if found.start in opens else 0)
        yield found.start, found.end, words, bits


def spoken(document: Document) -> Iterator[tuple[int, int, Turn | None]]:
    """Stretches of one speaker's words each, in order: (start, end, turn), None where one speaks.

    What stands between them is nobody's: its turn is empty.
    """
    if not document.turns:
        yield 0, len(document.text), None
        return
    at = 0
    for turn in document.turns:
        if at < turn.said_from:
            yield at, turn.said_from, NOBODY
        yield turn.said_from, turn.end, turn
        at = turn.end
    if at < len(document.text):
        yield at, len(document.text), NOBODY


def spoken_sentences(document: Document) -> list[tuple[int, int]]:
    """Spans of a document's sentences, in order; none runs from one turn into another.

    Example:
        >>> text = "X: Yes Y: No."
        >>> turns = (Turn(0, 6, "X", words=3), Turn(7, 13, "Y", words=10))
        >>> [text[a:b] for a, b in spoken_sentences(Document("a", text=text, turns=turns))]
        ['X:', 'Yes', 'Y:', 'No.']
    """
    return [
        (low + start, low + end)
        for low, high, _ in spoken(document)
        for start, end in sentences(document.text[low:high])
    ]


def digest(text: str) -> str:
    """What a sentence's vector is known by in the next build."""
    return hashlib.sha256(text.encode()).hexdigest()


def known_vectors(
    sentences: Sentences, documents: Sequence[Document]
) -> dict[str, NDArray[np.float16]]:
    """The vectors of an index by the hash of each sentence's cleaned text."""
    found: dict[str, NDArray[np.float16]] = {}
    for row, document in enumerate(documents):
        own = sentences.of(row)
        places = zip(sentences.starts[own].tolist(), sentences.ends[own].tolist(), strict=True)
        if document.turns:
            words = {(start, end): text for start, end, text, _ in _sentences(document)}
            texts = [words.get(place) for place in places]
        else:
            cleaned = clean(document.text)
            bounds = (cleaned.locate(*place) for place in places)
            texts = [cleaned.text[first:last] for first, last in bounds]
        for at, text in enumerate(texts, own.start):
            if text is not None:
                found[digest(text)] = sentences.vectors[at]
    return found


def embedded(
    made: Cut,
    known: Mapping[str, NDArray[np.float16]],
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
    dimension: int,
    numbers: Callable[[str], Sequence[int]],
) -> Sentences:
    """The sentences with a vector each; only those whose words are not ``known`` are embedded.

    Args:
        encode: texts to unit vectors.
        numbers: a text's words as numbers of the word store's vocabulary.
    """
    fresh = {h: t for t, h in zip(made.texts, made.hashes, strict=True) if h not in known}
    vectors = np.empty((len(made.texts), dimension), dtype=np.float16)
    if fresh:
        new = encode(list(fresh.values())).astype(np.float16)
        known = {**known, **dict(zip(fresh, new, strict=True))}
    for at, name in enumerate(made.hashes):
        vectors[at] = known[name]
    words: list[Any] = [sorted(set(numbers(text))) for text in made.texts]
    ends = np.cumsum([len(line) for line in words], dtype=np.int32)
    flat = np.fromiter((n for line in words for n in line), dtype=np.int32)
    return Sentences(
        made.rows,
        made.starts,
        made.ends,
        made.marks,
        vectors,
        flat,
        ends.astype(np.int32),
        alike(made.rows, made.texts),
    )
