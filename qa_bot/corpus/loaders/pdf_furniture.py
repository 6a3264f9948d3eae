"""What stands on PDF pages beside their text: running heads and feet, numbers of pages and lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from qa_bot.corpus.loaders.pdf_words import Line, line_of

Pages = list[list[Line]]

PAGE_NUMBER = re.compile(
    r"[-–—\[(|\s]*(?:page|p\.|seite|página|s\.)?\s*(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|de|von|sur)\s*\d{1,4})?[-–—\])|.\s]*",
    re.IGNORECASE,
)
OVERPRINT = 2.0  # text so much larger than the text it lies over is a watermark
SEEN_ON = 3  # pages on which a line at the edge must return
OUTER = 12  # lines at the top and at the bottom of a page that are looked at
SAME_PLACE = 3.0  # points
APART = 1.5  # usual line distances between the edge's lines and the text
FEWEST_NUMBERS = 5  # numbered lines of a page that show where the numbers stand
NUMBER = re.compile(r"\d{1,4}")


def drop_furniture(pages: Pages) -> tuple[Pages, list[int]]:
    """Leave out lines that return at the edges of pages, and page numbers.

    From the edge inwards, as many as there are, until the first line of text.

    Returns:
        the pages, and the numbers (from 1) of those on which something was left out.
    """
    step = usual_step(pages)
    places = _places(pages)
    tops, bottoms = _zones(pages, places, step)
    kept, touched = [], []
    for number, rows in enumerate(pages):
        low, high = 0, len(rows)
        while low < high and _is_furniture(number, rows, low, 1, places, tops, pages, step):
            low += 1
        while high > low and _is_furniture(number, rows, high - 1, -1, places, bottoms, pages, step):
            high -= 1
        kept.append(rows[low:high])
        if high - low < len(rows):
            touched.append(number + 1)
    return kept, touched


def usual_step(pages: Sequence[Sequence[Line]]) -> float:
    """The usual distance of neighbouring lines, in points; 0 if there are none."""
    drops = [a.base - b.base for rows in pages for a, b in pairwise(rows)]
    return median([drop for drop in drops if drop > 1] or [0.0])


_Places = dict[str, list[tuple[int, float, float]]]  # key → (page, height, size) of such lines


def _places(pages: Pages) -> _Places:
    places: _Places = defaultdict(list)
    for number, rows in enumerate(pages):
        for row in _outer(rows):
            places[_key(row.text)].append((number, row.base, row.size))
    return places


def _outer(rows: list[Line]) -> list[Line]:
    return rows if len(rows) <= 2 * OUTER else rows[:OUTER] + rows[-OUTER:]


def _key(text: str) -> str:
    """A running line without what changes from page to page."""
    return re.sub(r"\d+", "#", text).strip("# .|-–—[]()\t") or "#"


def _zones(pages: Pages, places: _Places, step: float) -> tuple[list[float], list[float]]:
    """Heights at which running lines stand on most pages, at the top and at the bottom."""
    heights: Counter[tuple[int, int]] = Counter()
    for number, rows in enumerate(pages):
        for side, edge in ((0, rows[:3]), (1, rows[-3:])):
            for row in edge:
                if _returns(number, row, places, len(pages), apart=True):
                    heights[(side, round(row.base))] += 1
    needed = max(SEEN_ON, 0.5 * len(pages))
    zones: tuple[list[float], list[float]] = ([], [])
    for (side, height), _ in heights.items():
        if sum(heights[(side, height + near)] for near in (-1, 0, 1)) >= needed:
            zones[side].append(height)
    return zones


def _is_furniture(
    number: int,
    rows: list[Line],
    at: int,
    inwards: int,
    places: _Places,
    zones: list[float],
    pages: Pages,
    step: float,
) -> bool:
    row = rows[at]
    if all(word.artifact for word in row.words):
        return True
    inner = rows[at + inwards] if 0 <= at + inwards < len(rows) else None
    apart = inner is None or abs(inner.base - row.base) > APART * step > 0
    if _returns(number, row, places, len(pages), apart=apart):
        return True
    if len(pages) > 1 and PAGE_NUMBER.fullmatch(row.text):
        return apart or not row.text.strip().isalpha()
    close = abs(inner.base - row.base) if inner else 0.0
    return any(abs(row.base - zone) <= 1.5 for zone in zones) and (inner is None or close > 1.2 * step)


def _returns(number: int, row: Line, places: _Places, pages: int, *, apart: bool) -> bool:
    """Whether a line like this stands at the same place on other pages."""
    key = _key(row.text)
    if not any(map(str.isalpha, key)):
        return False
    near = SAME_PLACE if pages > 2 else 1.0
    on = {
        page
        for page, base, size in places[key]
        if abs(base - row.base) <= near and abs(size - row.size) <= 0.5
    }
    return len(on) >= (2 if apart or pages == 2 else SEEN_ON)


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


def drop_watermarks(pages: Pages, size: float) -> tuple[Pages, list[int]]:
    """Leave out large words that lie over the text.

    Args:
        size: the usual font size, in points.

    Returns:
        the pages, and the numbers (from 1) of those on which something was left out.
    """
    kept, touched = [], []
    for number, rows in enumerate(pages, start=1):
        large = [row for row in rows if row.size > OVERPRINT * size]
        marks = {id(row) for row in large if _lies_over(row, rows)}
        kept.append([row for row in rows if id(row) not in marks])
        if marks:
            touched.append(number)
    return kept, touched


def _lies_over(row: Line, rows: list[Line]) -> bool:
    """Whether the letters of a row cover words of smaller rows."""
    words = [word for word in row.words if len(row.text) > 2]
    return any(
        other.size < row.size / OVERPRINT
        and mark.base < other.base < mark.base + 0.6 * mark.size
        and any(mark.x0 < w.x1 and w.x0 < mark.x1 for w in other.words)
        for mark in words
        for other in rows
    )


def drop_returning(across: list[list[tuple[int, list[Line]]]]) -> list[list[tuple[int, list[Line]]]]:
    """Leave out rows in other directions than the text's that return on pages, as in margins."""
    seen = Counter(
        key
        for turns in across
        for key in {(turn, _key(row.text)) for turn, rows in turns for row in rows}
    )
    return [
        [
            (turn, left)
            for turn, rows in turns
            if (left := [row for row in rows if seen[(turn, _key(row.text))] < SEEN_ON])
        ]
        for turns in across
    ]
