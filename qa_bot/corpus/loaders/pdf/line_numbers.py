"""Numbers of lines in a margin of PDF pages, as in transcripts and bills."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from qa_bot.corpus.loaders.pdf.words import Line, line_of

Pages = list[list[Line]]

FEWEST_NUMBERS = 5  # numbered lines of a page that show where the numbers stand
NUMBER = re.compile(r"\d{1,4}")


def drop_line_numbers(pages: Pages) -> tuple[Pages, list[int]]:
    """Leave out numbers that count the lines in a margin.

    Returns:
        the pages, and the numbers (from 1) of those on which some were left out.
    """
    for side in (0, -1):
        strips = [strip for rows in pages if (strip := _strip(rows, side))]
        if not strips:
            continue
        low, high = min(x0 for x0, _ in strips), max(x1 for _, x1 in strips)
        touched: list[int] = []
        cleared: Pages = []
        for number, rows in enumerate(pages, start=1):
            left: list[Line] = []
            for row in rows:
                if not _is_number(row, side) or not _inside(row, side, low, high):
                    left.append(row)
                    continue
                if touched[-1:] != [number]:
                    touched.append(number)
                rest = row.words[1:] if side == 0 else row.words[:-1]
                if rest:
                    left.append(line_of(rest))
            cleared.append(left)
        return cleared, touched
    return pages, []


def _inside(row: Line, side: int, low: float, high: float) -> bool:
    word = row.words[side]
    return low - 2 <= word.x0 and word.x1 <= high + 2


def _is_number(row: Line, side: int) -> bool:
    """Whether a row begins (or ends) with a number that stands apart from its other words."""
    word = row.words[side]
    if not NUMBER.fullmatch(word.text) or word.raised:
        return False
    if len(row.words) == 1:
        return True
    gap = row.words[1].x0 - word.x1 if side == 0 else word.x0 - row.words[-2].x1
    return gap >= 0.6 * row.size


def _strip(rows: list[Line], side: int) -> tuple[float, float] | None:
    """Left and right of the numbers that count the lines of a page; None if none do."""
    numbered = [row for row in rows if _is_number(row, side)]
    for group in _aligned(numbered, side):
        counts = [int(row.words[side].text) for row in group]
        steps = [b - a for a, b in pairwise(counts)]
        each = Counter(steps).most_common(1)[0] if steps else (0, 0)
        if len(group) < FEWEST_NUMBERS or each[0] not in (1, 2, 5, 10):
            continue
        if each[1] < 0.8 * len(steps) or not _run_on(group, side):
            continue
        words = [row.words[side] for row in group]
        return min(w.x0 for w in words), max(w.x1 for w in words)
    return None


def _aligned(rows: list[Line], side: int) -> Iterator[list[Line]]:
    """Rows whose numbers stand below each other, by their left or right ends."""
    for end in ("x0", "x1"):
        groups: dict[int, list[Line]] = defaultdict(list)
        for row in rows:
            groups[round(getattr(row.words[side], end) / 2)].append(row)
        if groups:
            best = max(groups, key=lambda place: len(groups[place]))
            members = [n for n in (best - 1, best, best + 1) if n in groups]
            inside = {id(row) for n in members for row in groups[n]}
            yield [row for row in rows if id(row) in inside]


def _run_on(rows: list[Line], side: int) -> bool:
    """Whether the numbered rows are lines of running text, not entries of a list."""
    starts = [row.words[1 if side == 0 else 0].text[:1] for row in rows if len(row.words) > 1]
    return sum(start.islower() for start in starts) >= 0.2 * max(len(starts), 1)
