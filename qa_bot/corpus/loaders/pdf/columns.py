"""Rows of a PDF page in reading order: columns one after the other, tables row by row.

A gutter is a strip that no word crosses, with text on both sides for several rows. Between prose it
divides columns; between short cells it divides the cells of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from qa_bot.corpus.loaders.pdf.words import Line, Word, line_of

GUTTER = 0.7  # least width of a gutter, in font sizes
ROWS = 3  # rows on each side that make a gutter
PROSE_WORDS = 3  # words in the usual line of a column of prose
PROSE_WIDTH = 9  # and how wide such a column is at least, in font sizes
PROSE_FILLED = 0.55  # and how much of its width the usual line takes
TALLER = 1.15  # a quotation set into the text is so much larger
GOES_ON = 1.7  # usual distances that lines of a column may be apart


@dataclass(slots=True)
class Column:
    """Lines in the order in which they are read; of a table, its rows with their cells."""

    lines: list[Line]
    table: bool = False
    cells: list[list[Line]] = field(default_factory=list)


@dataclass(slots=True)
class _Gutter:
    x0: float
    x1: float
    first: int
    last: int
    left: list[int]
    right: list[int]

    def counts(self) -> bool:
        """Whether text stands on both sides, beside each other, for enough rows."""
        if len(self.left) < ROWS or len(self.right) < ROWS:
            return False
        top, bottom = max(self.left[0], self.right[0]), min(self.left[-1], self.right[-1])
        return all(
            sum(top <= at <= bottom for at in side) >= ROWS for side in (self.left, self.right)
        )


def reading_order(rows: Sequence[Line]) -> list[Column]:
    """The rows of a page, from top to bottom, cut into columns in reading order."""
    if not rows:
        return []
    gutters = _gutters(rows)
    edges = sorted({0, len(rows), *(g.first for g in gutters), *(g.last + 1 for g in gutters)})
    columns: list[Column] = []
    for top, bottom in pairwise(edges):
        inside = sorted(
            (g for g in gutters if g.first <= top and bottom <= g.last + 1), key=lambda g: g.x0
        )
        columns += _band(rows[top:bottom], [(g.x0 + g.x1) / 2 for g in inside])
    return columns


def _band(rows: Sequence[Line], cuts: list[float]) -> list[Column]:
    """Neighbouring rows with the same gutters."""
    if not cuts:
        return [Column([row]) for row in rows] if len(rows) < 2 else [Column(list(rows))]
    cells = [_cells(row, cuts) for row in rows]
    sides = [[row[n] for row in cells if row[n]] for n in range(len(cuts) + 1)]
    prose = [_is_prose([line_of(words) for words in side]) for side in sides]
    if all(prose):
        return [Column([line_of(words) for words in side]) for side in sides]
    if any(prose):
        # Numbers, marks or names beside prose belong to its lines; other columns stay apart.
        kept = [cut for n, cut in enumerate(cuts) if prose[n] and prose[n + 1]]
        return _band(rows, kept)
    return [Column(list(rows), True, [[line_of(words) for words in row if words] for row in cells])]


def _cells(row: Line, cuts: list[float]) -> list[list[Word]]:
    cells: list[list[Word]] = [[] for _ in range(len(cuts) + 1)]
    for word in row.words:
        middle = (word.x0 + word.x1) / 2
        cells[sum(cut < middle for cut in cuts)].append(word)
    return cells


def _is_prose(lines: list[Line]) -> bool:
    """Whether lines below each other are running text rather than cells or labels."""
    if len(lines) < ROWS:
        return False
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    size = median(line.size for line in lines)
    words = median(sum(not word.glued for word in line.words) for line in lines)
    filled = median(line.x1 - line.x0 for line in lines) / max(width, 1.0)
    return words >= PROSE_WORDS and width >= PROSE_WIDTH * size and filled >= PROSE_FILLED


def _gutters(rows: Sequence[Line]) -> list[_Gutter]:
    """The gutters of a page, each over the rows that it divides."""
    step = _usual_step(rows)
    alive: list[_Gutter] = []
    found: list[_Gutter] = []
    for at, row in enumerate(rows):
        gaps, least = _gaps(row), GUTTER * row.size
        kept: list[_Gutter] = []
        for gutter in alive:
            far = rows[gutter.last].base - row.base > 4 * step
            best = max(
                ((min(gutter.x1, x1) - max(gutter.x0, x0), x0, x1) for x0, x1 in gaps),
                default=(0.0, 0.0, 0.0),
            )
            if best[0] < least or far:
                found.append(gutter)
                continue
            gutter.x0, gutter.x1 = max(gutter.x0, best[1]), min(gutter.x1, best[2])
            gutter.last = at
            if row.x0 < gutter.x0:
                gutter.left.append(at)
            if row.x1 > gutter.x1:
                gutter.right.append(at)
            kept.append(gutter)
        alive = kept
        for x0, x1 in gaps[1:-1]:
            if not any(min(g.x1, x1) - max(g.x0, x0) >= least for g in alive):
                alive.append(_Gutter(x0, x1, at, at, [at], [at]))
        if strip := _strip_between(row, rows[at + 1 : at + 2]):
            x0, x1 = strip
            if not any(min(g.x1, x1) - max(g.x0, x0) >= least for g in alive):
                left = row.x1 <= x0
                alive.append(_Gutter(x0, x1, at, at, [at] * left, [at] * (not left)))
    good = [gutter for gutter in found + alive if gutter.counts()]
    for gutter in good:
        _fit(gutter, rows, step)
    return [gutter for gutter in good if gutter.first <= gutter.last]


def _strip_between(row: Line, following: Sequence[Line]) -> tuple[float, float] | None:
    """The strip between a row and one that stands beside it, a little lower, as lines of columns
    do whose lines are not level."""
    for other in following:
        x0, x1 = (row.x1, other.x0) if row.x0 < other.x0 else (other.x1, row.x0)
        if x1 - x0 >= GUTTER * row.size and row.base - other.base < 0.9 * row.size:
            return x0, x1
    return None


def _gaps(row: Line) -> list[tuple[float, float]]:
    """The strips of a row without text, the margins among them, wide enough for a gutter."""
    least = GUTTER * row.size
    gaps, right = [], float("-inf")
    for word in sorted(row.words, key=lambda word: word.x0):
        if word.x0 - right >= least:
            gaps.append((right, word.x0))
        right = max(right, word.x1)
    gaps.append((right, float("inf")))
    return gaps


def _fit(gutter: _Gutter, rows: Sequence[Line], step: float) -> None:
    """Let a gutter begin and end with the columns that it divides.

    Below the shorter column, lines of the other one go on at their usual distance; what stands
    further off is below both.
    """
    end = min(gutter.left[-1], gutter.right[-1])
    longer = [at for at in sorted({*gutter.left, *gutter.right}) if at > end]
    beside = [at for at in (*gutter.left, *gutter.right) if at <= end]
    last = max(beside)
    for at in longer:
        if rows[last].base - rows[at].base > GOES_ON * max(step, rows[at].size):
            break
        last = at
    gutter.last = last


def _usual_step(rows: Sequence[Line]) -> float:
    """The usual distance of lines: rows of columns that do not meet stand closer than that."""
    steps = [a.base - b.base for a, b in pairwise(rows)]
    size = median(row.size for row in rows)
    return median([step for step in steps if step > 0.8 * size] or [1.2 * size])
