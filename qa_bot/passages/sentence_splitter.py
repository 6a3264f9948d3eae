"""langchain's text splitters, used so that their chunks laid end to end are the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

from qa_bot.passages.tokens import CHARACTERS_PER_TOKEN, TokenCounter
from qa_bot.text.blocks import INK
from qa_bot.text.cleaning import clean
from qa_bot.text.sentences import find_sentences

WORD = re.compile(r"\S+ ")
CLAUSE_ENDS = ["\n\n", "; ", ": ", " – ", " — ", " - ", ", ", "\n", " "]


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one that is too long: ``text[start:end]`` up to the next piece.

    Attributes:
        tokens: its length.
        leads: it stays with the next piece: a heading, or a line that ends in a colon.
    """

    start: int
    end: int
    tokens: int
    leads: bool


class SentenceSplitter(TextSplitter):
    """Packs whole sentences into chunks of at most ``size`` tokens.

    langchain strips chunks and looks for their places in the text unless told otherwise. Here
    nothing is stripped and nothing overlaps: a chunk begins at the sum of the lengths before it.

    Example:
        >>> words = TokenCounter(lambda texts, **_: {"input_ids": [t.split() for t in texts]})
        >>> SentenceSplitter(words, size=4).split_text("We came. We saw. We left.")
        ['We came. We saw. ', 'We left.']
    """

    def __init__(self, tokens: TokenCounter, size: int) -> None:
        super().__init__(
            chunk_size=size, chunk_overlap=0, length_function=tokens.count, strip_whitespace=False
        )
        self.tokens = tokens
        self.size = size
        self._clauses = RecursiveCharacterTextSplitter(
            separators=CLAUSE_ENDS,
            keep_separator="end",
            chunk_size=size,
            chunk_overlap=0,
            length_function=tokens.count,
            strip_whitespace=False,
        )

    def split_text(self, text: str) -> list[str]:
        """Chunks whose concatenation is the text."""
        return self.pack(text, self.pieces(text))

    def pieces(self, text: str) -> list[Piece]:
        """Sentences, and parts of the sentences that are longer than a chunk may be."""
        cleaned = clean(text)
        found = find_sentences(text, cleaned)
        counts = self.tokens.count_all([cleaned.text[s.clean_start : s.clean_end] for s in found])
        starts = [0] + [sentence.start for sentence in found[1:]]
        pieces: list[Piece] = []
        for number, (sentence, count) in enumerate(zip(found, counts, strict=True)):
            start = starts[number]
            end = starts[number + 1] if number + 1 < len(found) else len(text)
            if count <= self.size:
                pieces.append(Piece(start, end, count, sentence.leads))
            else:
                parts = self._cut(text, sentence.start, sentence.end)
                parts[0] = replace(parts[0], start=start)
                parts[-1] = replace(parts[-1], end=end)
                pieces += parts
        return pieces

    def pack(self, text: str, pieces: list[Piece]) -> list[str]:
        """Chunks of whole pieces; a piece that leads is not the last of its chunk if it fits."""
        atoms = []
        start = total = 0
        for number, piece in enumerate(pieces):
            total += piece.tokens
            following = pieces[number + 1].tokens if number + 1 < len(pieces) else self.size
            if piece.leads and total + following <= self.size:
                continue
            atoms.append(text[start : piece.end])
            self.tokens.remember(atoms[-1], total)
            start, total = piece.end, 0
        return self._merge_splits(atoms, separator="")

    def _cut(self, text: str, start: int, end: int) -> list[Piece]:
        """Cut a sentence that is too long: at clauses, else at words, else anywhere."""
        pieces: list[Piece] = []
        for low, high in _slabs(text, start, end, self.size * CHARACTERS_PER_TOKEN):
            self._count_words(text[low:high])
            for clause in self._clauses.split_text(text[low:high]):
                for part in self._halve(clause):
                    if pieces and not INK.search(part):
                        pieces[-1] = replace(pieces[-1], end=low + len(part))
                    else:
                        count = self.tokens.count(part)
                        pieces.append(Piece(low, low + len(part), count, False))
                    low += len(part)
        return pieces

    def _count_words(self, text: str) -> None:
        """Count the words in one go: langchain asks for them one by one."""
        words = sorted(set(WORD.findall(text)))
        for word, count in zip(words, self.tokens.count_all(words), strict=True):
            self.tokens.remember(word, count)

    def _halve(self, part: str) -> Iterator[str]:
        """Halve what has no place to cut at (one giant word) until it fits."""
        if self.tokens.count(part) <= self.size or len(part) == 1:
            yield part
        else:
            middle = len(part) // 2
            yield from self._halve(part[:middle])
            yield from self._halve(part[middle:])


def _slabs(text: str, start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    """Cut ``text[start:end]`` into stretches of at most ``width`` characters, at spaces if any.

    langchain's time grows faster than the text; this keeps a text of one giant sentence linear.
    """
    while end - start > width:
        space = text.rfind(" ", start, start + width)
        cut = space + 1 if space > start else start + width
        yield start, cut
        start = cut
    yield start, end
