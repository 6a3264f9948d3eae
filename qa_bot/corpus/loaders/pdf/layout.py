"""Columns of PDF pages to paragraphs, and paragraphs to one text with a box for each character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qa_bot.corpus.loaders.pdf.columns import Column
from qa_bot.corpus.loaders.pdf.glyphs import Box, turned
from qa_bot.corpus.loaders.pdf.paragraphs import Paragraph, joined, paragraph_of, paragraphs_of
from qa_bot.corpus.loaders.pdf.words import Line, Word
from qa_bot.text.sentences import boundaries


@dataclass(slots=True)
class Page:
    """What a page's text is made of.

    Attributes:
        columns: in reading order.
        asides: what must not stand inside a sentence, like notes, each with how far its lines are
            turned, in degrees.
        turn: the same of the columns.
    """

    columns: list[Column]
    asides: list[tuple[list[Line], int]] = field(default_factory=list)
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A word where it stands: at an offset into the text, and on which page (from 1)."""

    start: int
    page: int
    turn: int
    word: Word

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.word.text)

    def follows(self, other: Placed) -> bool:
        """Whether it stands on the same line, to the right of the other word or to the left."""
        return (self.page, self.turn, self.word.base) == (other.page, other.turn, other.word.base)

    def box(self, start: int, end: int) -> Box | None:
        """Left, bottom, right, top of its characters between two offsets, in points of the page's
        own; None where no character is drawn, like that of a bar between cells."""
        word, first, last = self.word, max(0, start - self.start), min(end, self.end) - self.start
        edges = word.edges[2 * first : 2 * last]
        if not edges or word.y1 <= word.y0:
            return None
        return turned((min(edges), word.y0, max(edges), word.y1), self.turn, back=True)


@dataclass(frozen=True, slots=True)
class Laid:
    """The text of a document.

    Attributes:
        pages: where each page begins.
        placed: each word with its place, in order.
    """

    text: str
    pages: tuple[int, ...]
    placed: list[Placed]


def lay_out(pages: Sequence[Page], step: float) -> Laid:
    """The text of all pages: line ends inside paragraphs, blank lines between them.

    A paragraph that goes on over a column or a page is one. Notes and quotations set apart come
    where a sentence ends on their page.

    Args:
        step: the usual distance of lines in the document, in points.
    """
    asides: list[list[Paragraph]] = [[] for _ in pages]
    flow: list[Paragraph] = []
    for number, page in enumerate(pages):
        for column in page.columns:
            for at, paragraph in enumerate(paragraphs_of(column, number, page.turn, step)):
                if not joined(flow, paragraph, asides, first=at == 0):
                    flow.append(paragraph)
        asides[number] += [paragraph_of(lines, number, turn) for lines, turn in page.asides]
    return _written(_placed(flow, asides), len(pages))


def _placed(flow: list[Paragraph], asides: list[list[Paragraph]]) -> list[Paragraph]:
    """The paragraphs with the asides of each page, where a sentence ends on that page."""
    placed: list[Paragraph] = []
    done = 0  # pages whose asides have found their place
    for at, paragraph in enumerate(flow):
        last = paragraph.page[-1]
        following = flow[at + 1].page[0] if at + 1 < len(flow) else len(asides)
        begins, rest = paragraph.page[0], paragraph
        for number in range(done, begins):
            placed += asides[number]  # of pages without text of their own
        done = max(done, begins)
        for number in range(begins, last):
            if asides[number]:
                head, tail = _cut(rest, number)
                if head is None and not (placed and placed[-1].page[-1] == number):
                    break  # no sentence ends on this page: behind the paragraph
                placed += [*([head] if head else []), *asides[number]]
                rest = tail
            done = number + 1
        placed.append(rest)
        if following > last:
            for number in range(done, last + 1):
                placed += asides[number]
            done = max(done, last + 1)
    for number in range(done, len(asides)):
        placed += asides[number]
    return placed


def _cut(paragraph: Paragraph, number: int) -> tuple[Paragraph | None, Paragraph]:
    """A paragraph parted behind its last sentence that ends on a page; None and all of it where
    it has just begun there or no sentence ends."""
    words = [
        (line, at)
        for line, on in enumerate(paragraph.page)
        if on <= number
        for at in range(len(paragraph.lines[line].words))
    ]
    ends, text = [], ""
    for line, at in words:
        word = paragraph.lines[line].words[at]
        text += word.text if word.glued or not text else f" {word.text}"
        ends.append(len(text))
    bounds = boundaries(text)
    if not bounds or bounds[-1] not in ends[:-1]:
        return None, paragraph
    line, at = words[ends.index(bounds[-1]) + 1]
    whole = paragraph.lines[line]
    head_lines, tail_lines = paragraph.lines[:line], paragraph.lines[line + 1 :]
    before, after = list(paragraph.before), ["", *paragraph.before[line + 1 :]]
    pages = paragraph.page
    if at:
        head_lines = [*head_lines, Line(whole.words[:at], whole.base, whole.size)]
    tail_lines = [Line(whole.words[at:], whole.base, whole.size), *tail_lines]
    head = Paragraph(
        head_lines, pages[: len(head_lines)], before[: len(head_lines)], paragraph.turn
    )
    tail = Paragraph(tail_lines, pages[line:], after, paragraph.turn, right=paragraph.right)
    return head, tail


def _written(paragraphs: list[Paragraph], pages: int) -> Laid:
    parts: list[str] = []
    placed: list[Placed] = []
    length = 0
    begins: list[int] = []

    def put(text: str) -> None:
        nonlocal length
        parts.append(text)
        length += len(text)

    for paragraph in paragraphs:
        if parts:
            put("\n\n")
        for line, page, before in zip(
            paragraph.lines, paragraph.page, paragraph.before, strict=True
        ):
            put(before)
            while len(begins) <= page:
                begins.append(length)
            for at, word in enumerate(line.words):
                if at and not word.glued:
                    put(" ")
                placed.append(Placed(length, page + 1, paragraph.turn, word))
                put(word.text)
    begins += [length] * (pages - len(begins))
    if begins:
        begins[0] = 0
    return Laid("".join(parts), tuple(begins), placed)
