"""Lines of PDF columns to paragraphs, and which paragraphs go on over columns and pages."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qa_bot.corpus.loaders.pdf.columns import Column
from qa_bot.corpus.loaders.pdf.words import Line, Word
from qa_bot.text.cleaning import LIST_MARK, OPEN_WORDS, last_word

FEW_LINES = 8
NEW_PARAGRAPH_GAP = 1.3  # in usual line distances
NEW_PARAGRAPH_SIZE = 0.15  # relative change of the font size
SET_APART_SIZE = 0.12  # the same for a quotation set into the text
NARROW = 60  # characters; whether a shorter line was broken for want of room is hard to see later
ENDS = re.compile(r"[.!?:;…。！？][\"'”’)\]»]*$")
LEADERS = re.compile(r"(?:\.[ ]?){4,}[ ]?\S{0,8}$|…{2,}[ ]?\S{0,8}$")
MOST_SET_APART = 4  # paragraphs that may stand between the parts of a sentence


@dataclass(slots=True)
class Paragraph:
    lines: list[Line]
    page: list[int]  # of each line
    before: list[str]  # what separates each line from the one before it
    turn: int
    table: bool = False
    right: float = 0.0  # of the last line's column

    @property
    def size(self) -> float:
        return self.lines[-1].size


def paragraphs_of(column: Column, number: int, turn: int, step: float) -> Iterator[Paragraph]:
    """The paragraphs of a column, from gaps, font sizes and indented first lines."""
    if column.table:
        for row in column.cells:
            paragraph = paragraph_of([_row(row)], number, turn)
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
            yield paragraph_of(lines[first:at], number, turn, right)
            first = at


def paragraph_of(lines: list[Line], number: int, turn: int, right: float = 0.0) -> Paragraph:
    right = right or max(line.x1 for line in lines)
    before = ["", *(_between(a, b, right) for a, b in pairwise(lines))]
    return Paragraph(lines, [number] * len(lines), before, turn, right=right)


def joined(
    flow: list[Paragraph], paragraph: Paragraph, asides: list[list[Paragraph]], *, first: bool
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


def _goes_on(paragraph: Paragraph, line: Line) -> bool:
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
    # A line alone is as wide as its column: whether it is full cannot be seen.
    return len(paragraph.lines) > 1 and len(last.words) > 3 and _full(last, line, paragraph.right)


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
