"""Passages of whole sentences, sized in tokens of the embedding model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from langchain_text_splitters import RecursiveCharacterTextSplitter

from qa_bot.corpus.cleaning import clean
from qa_bot.passages.sentences import find_sentences
from qa_bot.schema import Document, Passage

ALGORITHM = 1  # raise when the same text would be split differently: indexes are then rebuilt
CHARACTERS_PER_TOKEN = 8  # no fewer tokens than this: WordPiece takes any giant "word" for one
BATCH = 1000  # texts given to the tokenizer at once
CLAUSE_ENDS = ["; ", ": ", " - ", " – ", " — ", ", ", " ", ""]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence or a part of one, up to the beginning of the next piece."""

    start: int
    end: int
    tokens: int
    leads: bool


class Splitter:
    """Splits documents into passages of whole sentences.

    Sentences are packed by langchain's ``TextSplitter`` without overlap and without stripping, so
    its pieces laid end to end are the text, and offsets are sums of lengths. The overlap (whole
    sentences before the passage) is added here.

    Args:
        tokenizer: a fast tokenizer of transformers, the embedding model's.
        size: longest passage, in tokens of the cleaned text, without special tokens.
        overlap: how much of a passage may repeat the one before it, in tokens.

    Example:
        >>> class Words:  # any callable that gives input_ids for a list of texts
        ...     def __call__(self, texts, **options):
        ...         return {"input_ids": [text.split() for text in texts]}
        >>> speech = Document(id="a", text="We came. We saw. We conquered. We left.")
        >>> [passage.text for passage in Splitter(Words(), size=4, overlap=0).split(speech)]
        ['We came. We saw.', 'We conquered. We left.']
    """

    def __init__(self, tokenizer: Any, size: int, overlap: int) -> None:
        if not 0 <= overlap < size:
            raise ValueError(f"overlap {overlap} must be at least 0 and less than size {size}")
        self.tokenizer = tokenizer
        self.size = size
        self.overlap = overlap

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same documents would be split differently."""
        name = f"{ALGORITHM}/{self.size}/{self.overlap}/{CHARACTERS_PER_TOKEN}"
        return hashlib.sha256(name.encode()).hexdigest()[:16]

    def split(self, document: Document, first_ordinal: int = 0) -> list[Passage]:
        """The passages of one document, in order.

        ``passage.text == document.text[passage.start:passage.end]``, without whitespace at its
        ends; every visible character of the document is in at least one passage.

        Args:
            first_ordinal: ``ordinal`` of the first passage; the rest count on from there.
        """
        text = document.text
        pieces = self._pieces(text)
        passages = []
        for first, last in self._with_overlap(pieces, self._pack(text, pieces)):
            start, end = pieces[first].start, pieces[last - 1].end
            chunk = text[start:end]
            start += len(chunk) - len(chunk.lstrip())
            end -= len(chunk) - len(chunk.rstrip())
            ordinal = first_ordinal + len(passages)
            passages.append(Passage(document.id, start, end, text[start:end], ordinal))
        return passages

    def count(self, texts: list[str]) -> list[int]:
        """Tokens of each text."""
        counts: list[int] = []
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            encoded = self.tokenizer(
                batch,
                add_special_tokens=False,
                truncation=False,
                padding=False,
                return_attention_mask=False,
                return_token_type_ids=False,
                verbose=False,
            )
            counts += [
                max(len(ids), len(text) // CHARACTERS_PER_TOKEN)
                for ids, text in zip(encoded["input_ids"], batch, strict=True)
            ]
        return counts

    def _pieces(self, text: str) -> list[_Piece]:
        """Sentences, and parts of the sentences that are too long for a passage."""
        cleaned = clean(text)
        found = find_sentences(text, cleaned)
        tokens = self.count([cleaned.text[s.clean_start : s.clean_end] for s in found])
        ends = [sentence.start for sentence in found[1:]] + [len(text)]
        pieces: list[_Piece] = []
        start = 0
        for sentence, end, count in zip(found, ends, tokens, strict=True):
            if count <= self.size - self.overlap:
                pieces.append(_Piece(start, end, count, sentence.leads))
            else:
                pieces += self._cut(text, start, end)
            start = end
        return pieces

    def _cut(self, text: str, start: int, end: int) -> list[_Piece]:
        """Cut a sentence that is too long, at clauses, else at words, else anywhere."""
        pieces = []
        for low, high in _slabs(text, start, end, self.size * CHARACTERS_PER_TOKEN):
            parts = RecursiveCharacterTextSplitter(
                separators=CLAUSE_ENDS,
                keep_separator="end",
                chunk_size=self.size - self.overlap,
                chunk_overlap=0,
                length_function=lambda part: self.count([clean(part).text])[0],
                strip_whitespace=False,
            ).split_text(text[low:high])
            for part in parts:
                part_end = low + len(part)
                count = self.count([clean(part).text])[0]
                pieces.append(_Piece(low, part_end, count, False))
                low = part_end
        return pieces

    def _pack(self, text: str, pieces: list[_Piece]) -> list[tuple[int, int]]:
        """Ranges of pieces that fill passages, without overlap."""
        atoms: list[tuple[int, int]] = []  # ranges of pieces that stay together
        first = 0
        budget = self.size - self.overlap
        for number, piece in enumerate(pieces):
            follows = number + 1 < len(pieces)
            together = sum(p.tokens for p in pieces[first : number + 2])
            if piece.leads and follows and together <= budget:
                continue
            atoms.append((first, number + 1))
            first = number + 1
        sizes = {n: sum(p.tokens for p in pieces[a:b]) for n, (a, b) in enumerate(atoms)}
        ranges: list[tuple[int, int]] = []
        total = 0
        for n, (a, b) in enumerate(atoms):
            if ranges and total + sizes[n] <= budget:
                ranges[-1] = (ranges[-1][0], b)
                total += sizes[n]
            else:
                ranges.append((a, b))
                total = sizes[n]
        return ranges

    def _with_overlap(
        self, pieces: list[_Piece], ranges: list[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Begin each passage with the sentences before it that fit into the overlap."""
        widened = []
        for first, last in ranges:
            room = self.overlap
            while first > 0 and pieces[first - 1].tokens <= room:
                first -= 1
                room -= pieces[first].tokens
            widened.append((first, last))
        return widened


def _slabs(text: str, start: int, end: int, width: int) -> Iterable[tuple[int, int]]:
    """Cut ``text[start:end]`` into stretches of at most ``width`` characters, at spaces if any."""
    while end - start > width:
        space = text.rfind(" ", start, start + width)
        cut = space + 1 if space > start else start + width
        yield start, cut
        start = cut
    yield start, end
