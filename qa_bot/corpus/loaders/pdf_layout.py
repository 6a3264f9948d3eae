"""Columns of PDF pages to paragraphs, and paragraphs to one text with a box for each character."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from qa_bot.corpus.loaders.pdf_columns import Column
from qa_bot.corpus.loaders.pdf_glyphs import turned
from qa_bot.corpus.loaders.pdf_words import Line, Word
from qa_bot.text.cleaning import LIST_MARK, OPEN_WORDS, last_word
from qa_bot.text.sentences import boundaries

FEW_LINES = 8
NEW_PARAGRAPH_GAP = 1.3  # in usual line distances
NEW_PARAGRAPH_SIZE = 0.15  # relative change of the font size
SET_APART_SIZE = 0.12  # the same for a quotation set into the text
NARROW = 60  # characters; whether a shorter line was broken for want of room is hard to see later
ENDS = re.compile(r"[.!?:;…。！？][\"'”’)\]»]*$")
LEADERS = re.compile(r"(?:\.[ ]?){4,}[ ]?\S{0,8}$|…{2,}[ ]?\S{0,8}$")
MOST_SET_APART = 4  # paragraphs that may stand between the parts of a sentence
NOWHERE = (0.0, 0.0, 0.0, 0.0)  # the box of what no glyph stands for


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


@dataclass(slots=True)
class _Paragraph:
    lines: list[Line]
    page: list[int]  # of each line
    before: list[str]  # what separates each line from the one before it
    turn: int
    table: bool = False
    right: float = 0.0  # of the last line's column

    @property
    def size(self) -> float:
        return self.lines[-1].size


@dataclass(frozen=True, slots=True)
class Laid:
    """The text of a document.

    Attributes:
        pages: where each page begins.
        boxes: left, bottom, right, top of each character on its page, in points; all 0 for spaces.
    """

    text: str
    pages: tuple[int, ...]
    boxes: array[float]


def lay_out(pages: Sequence[Page], step: float) -> Laid:
    """The text of all pages: line ends inside paragraphs, blank lines between them.

    A paragraph that goes on over a column or a page is one. Notes and quotations set apart come
    where a sentence ends on their page.

    Args:
        step: the usual distance of lines in the document, in points.
    """
    asides: list[list[_Paragraph]] = [[] for _ in pages]
    flow: list[_Paragraph] = []
    for number, page in enumerate(pages):
        for column in page.columns:
            for at, paragraph in enumerate(_paragraphs(column, number, page.turn, step)):
                if not _joined(flow, paragraph, asides, first=at == 0):
                    flow.append(paragraph)
        asides[number] += [_paragraph(lines, number, turn) for lines, turn in page.asides]
    return _written(_placed(flow, asides), len(pages))


def _paragraph(lines: list[Line], number: int, turn: int, right: float = 0.0) -> _Paragraph:
    right = right or max(line.x1 for line in lines)
    before = ["", *(_between(a, b, right) for a, b in pairwise(lines))]
    return _Paragraph(lines, [number] * len(lines), before, turn, right=right)


def _between(above: Line, below: Line, right: float) -> str:
    """What separates two lines of a paragraph: as a rule a line end."""
    text = above.text
    if _broken_word(text):
        return "\n" if below.text[:1].islower() else ""  # cleaning joins "govern-⏎ance"
    return " " if len(text) < NARROW and _full(above, below, right, slack=3.0) else "\n"


def _broken_word(text: str) -> bool:
    return len(text) > 1 and text[-1] in "-\u2010\u2011" and text[-2].isalnum()


def _full(above: Line, below: Line, right: float, slack: float = 1.0) -> bool:
    """Whether the next word had no room left on a line, within ``slack`` font sizes."""
    word = below.words[0]
    return above.x1 + 0.25 * above.size + (word.x1 - word.x0) > right - slack * above.size


def _paragraphs(column: Column, number: int, turn: int, step: float) -> Iterator[_Paragraph]:
    """The paragraphs of a column, from gaps, font sizes and indented first lines."""
    if column.table:
        for row in column.cells:
            paragraph = _paragraph([_row(row)], number, turn)
            paragraph.table = True
            yield paragraph
        return
    lines = column.lines
    drops = [a.base - b.base for a, b in pairwise(lines)]
    usual = median(drops) if len(lines) >= FEW_LINES else step
    left, right = median(line.x0 for line in lines), max(line.x1 for line in lines)
    first = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or _parts(lines, at, usual, left):
            yield _paragraph(lines[first:at], number, turn, right)
            first = at


def _parts(lines: list[Line], at: int, usual: float, left: float) -> bool:
    """Whether a paragraph begins with the line ``at``."""
    above, below = lines[at - 1], lines[at]
    size = max(above.size, below.size, 1.0)
    if above.base - below.base > NEW_PARAGRAPH_GAP * usual > 0:
        return True
    if abs(above.size - below.size) > NEW_PARAGRAPH_SIZE * size:
        return True
    if LEADERS.search(above.text):
        return True
    indented = 0.8 * size < below.x0 - left < 6 * size and above.x0 - left < 0.3 * size
    back = at + 1 == len(lines) or lines[at + 1].x0 - left < 0.3 * size
    return indented and back and ENDS.search(above.text) is not None


def _row(cells: list[Line]) -> Line:
    """The cells of a row of a table as one line, set apart by bars."""
    words = list(cells[0].words)
    for cell in cells[1:]:
        x = cell.words[0].x0
        words.append(Word("|", array("f", (x, x)), 0.0, 0.0, cell.base, cell.size))
        words += cell.words
        cell.words[0].glued = False
    return Line(words, cells[0].base, cells[0].size)


def _joined(
    flow: list[_Paragraph], paragraph: _Paragraph, asides: list[list[_Paragraph]], *, first: bool
) -> bool:
    """Join a paragraph to the one that it goes on from, at a column's top or behind what is set
    apart; that becomes an aside."""
    if paragraph.table:
        return False
    for back in range(1, min(MOST_SET_APART + 1, len(flow)) + 1):
        before = flow[-back]
        if (first or back > 1) and _goes_on(before, paragraph.lines[0]):
            for between in flow[len(flow) - back + 1 :]:
                asides[between.page[-1]].append(between)
            del flow[len(flow) - back + 1 :]
            join = _between(before.lines[-1], paragraph.lines[0], before.right)
            if join == "\n" and not _broken_word(before.lines[-1].text):
                join = " "
            before.lines += paragraph.lines
            before.page += paragraph.page
            before.before += [join, *paragraph.before[1:]]
            before.right = paragraph.right
            return True
        other = abs(before.size - paragraph.size) > SET_APART_SIZE * paragraph.size
        if not (before.table or other):
            return False
    return False


def _goes_on(paragraph: _Paragraph, line: Line) -> bool:
    """Whether a line goes on with the sentence of a paragraph that stands elsewhere."""
    last, text = paragraph.lines[-1], paragraph.lines[-1].text
    if paragraph.table or abs(last.size - line.size) > 0.1 * line.size:
        return False
    if ENDS.search(text) or LEADERS.search(text) or LIST_MARK.match(line.text):
        return False
    if line.text[:1].islower() or _broken_word(text) or last_word(text, len(text)) in OPEN_WORDS:
        return True
    if text.isupper() != line.text.isupper():
        return False
    return len(last.words) > 3 and _full(last, line, paragraph.right)


def _placed(flow: list[_Paragraph], asides: list[list[_Paragraph]]) -> list[_Paragraph]:
    """The paragraphs with the asides of each page, where a sentence ends on that page."""
    placed: list[_Paragraph] = []
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


def _cut(paragraph: _Paragraph, number: int) -> tuple[_Paragraph | None, _Paragraph]:
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
    head = _Paragraph(head_lines, pages[: len(head_lines)], before[: len(head_lines)], paragraph.turn)
    tail = _Paragraph(tail_lines, pages[line:], after, paragraph.turn, right=paragraph.right)
    return head, tail


def _written(paragraphs: list[_Paragraph], pages: int) -> Laid:
    parts: list[str] = []
    boxes = array("f")
    length = 0
    begins: list[int] = []

    def put(text: str) -> None:
        nonlocal length
        parts.append(text)
        boxes.extend(NOWHERE * len(text))
        length += len(text)

    for paragraph in paragraphs:
        if parts:
            put("\n\n")
        for line, page, before in zip(paragraph.lines, paragraph.page, paragraph.before, strict=True):
            put(before)
            while len(begins) <= page:
                begins.append(length)
            for at, word in enumerate(line.words):
                if at and not word.glued:
                    put(" ")
                parts.append(word.text)
                length += len(word.text)
                for n in range(len(word.text)):
                    box = (word.edges[2 * n], word.y0, word.edges[2 * n + 1], word.y1)
                    boxes.extend(turned(box, paragraph.turn, back=True) if word.y1 > word.y0 else NOWHERE)
    begins += [length] * (pages - len(begins))
    if begins:
        begins[0] = 0
    return Laid("".join(parts), tuple(begins), boxes)
