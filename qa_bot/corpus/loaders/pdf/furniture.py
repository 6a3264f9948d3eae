"""What stands on PDF pages beside their text: running heads, page numbers, watermarks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from qa_bot.corpus.loaders.pdf.words import Line

Pages = list[list[Line]]

PAGE_NUMBER = re.compile(
    r"[-–—\[(|\s]*(?:page|p\.|seite|página|s\.)?\s*(?P<number>\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|de|von|sur)\s*\d{1,4})?[-–—\])|.\s]*",
    re.IGNORECASE,
)
AROUND = " .|-–—[]()\t"  # signs around a page's number
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
OVERPRINT = 2.0  # text so much larger than the text it lies over is a watermark
SEEN_ON = 3  # pages on which a line at the edge must return
OUTER = 12  # lines at the top and at the bottom of a page that are looked at
SAME_PLACE = 3.0  # points
APART = 1.5  # usual line distances between the edge's lines and the text


def drop_furniture(pages: Pages, names: Sequence[str] = ()) -> tuple[Pages, list[int]]:
    """Leave out lines that return at the edges of pages, and page numbers.

    From the edge inwards, as many as there are, until the first line of text.

    Args:
        names: what the file says is printed on each page as its number, if it says so.

    Returns:
        the pages, and the numbers (from 1) of those on which something was left out.
    """
    running = _Running(pages, names)
    kept, touched = [], []
    for number, rows in enumerate(pages):
        low, high = 0, len(rows)
        # Two pages show little: what is all that one of them holds is its text.
        least = 1 if len(pages) == 2 else 0
        while low < high - least and running.holds(number, low, 1):
            low += 1
        while high > low + least and running.holds(number, high - 1, -1):
            high -= 1
        kept.append(rows[low:high])
    # What returns only on pages that hold nothing else is their text.
    heads = {
        _key(row.text)
        for rows, left in zip(pages, kept, strict=True)
        if left
        for row in rows
        if not any(row is one for one in left)
    }
    for number, rows in enumerate(pages):
        kept[number] = kept[number] or [
            row for row in rows if not running.is_told(number, row) and _key(row.text) not in heads
        ]
        if len(kept[number]) < len(rows):
            touched.append(number + 1)
    return kept, touched


def usual_step(pages: Sequence[Sequence[Line]]) -> float:
    """The usual distance of neighbouring lines, in points; 0 if there are none."""
    drops = [a.base - b.base for rows in pages for a, b in pairwise(rows)]
    return median([drop for drop in drops if drop > 1] or [0.0])


class _Running:
    """What returns at the edges of a document's pages."""

    def __init__(self, pages: Pages, names: Sequence[str]) -> None:
        self._pages = pages
        self._names = names
        self._step = usual_step(pages)
        # What a line says → (page, height, size) of such lines.
        self._places: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
        ahead: Counter[int] = Counter()  # how far page numbers are ahead of the pages
        for number, rows in enumerate(pages):
            for row in _outer(rows):
                self._places[_key(row.text)].append((number, row.base, row.size))
            for row in _outer(rows, 3):
                if (value := _page_number(row.text)) is not None:
                    ahead[value - number] += 1
        self._ahead = {by for by, count in ahead.items() if count > 1} | {1}
        self._zones = self._heights(slice(3)), self._heights(slice(-3, None))

    def _heights(self, edge: slice) -> list[float]:
        """Heights at which running lines stand on most pages, at the top or at the bottom."""
        heights: Counter[int] = Counter()
        for number, rows in enumerate(self._pages):
            for row in rows[edge]:
                heights[round(row.base)] += self._returns(number, row, apart=True)
        needed = max(SEEN_ON, 0.5 * len(self._pages))
        return [at for at in heights if sum(heights[at + n] for n in (-1, 0, 1)) >= needed]

    def is_told(self, number: int, row: Line) -> bool:
        """Whether the file marks a line as no part of the text, or it is the page's number."""
        if all(word.artifact for word in row.words):
            return True
        return len(self._pages) > 1 and self._counts(number, row.text)

    def holds(self, number: int, at: int, inwards: int) -> bool:
        """Whether a line at an edge of a page is no part of the text.

        Args:
            inwards: 1 at the top, -1 at the bottom.
        """
        rows = self._pages[number]
        row = rows[at]
        if self.is_told(number, row):
            return True
        inner = rows[at + inwards] if 0 <= at + inwards < len(rows) else None
        gap = abs(inner.base - row.base) if inner else float("inf")
        if self._returns(number, row, apart=gap > APART * self._step > 0):
            return len(self._pages) > 2 or self._other_edge(number, at, inwards)
        zones = self._zones[0 if inwards > 0 else 1]
        return gap > 1.2 * self._step and any(abs(row.base - zone) <= 1.5 for zone in zones)

    def _other_edge(self, number: int, at: int, inwards: int) -> bool:
        """Whether a line like this stands as far from the edge on the other one of two pages."""
        row, others = self._pages[number][at], self._pages[1 - number]
        from_edge = at if inwards > 0 else at - len(self._pages[number])
        if not -len(others) <= from_edge < len(others):
            return False
        return _key(others[from_edge].text) == _key(row.text)

    def _counts(self, number: int, text: str) -> bool:
        """Whether a line is the page's number, by what the file says or by other pages'."""
        if self._names and text.strip(AROUND).casefold() == self._names[number].casefold():
            return True
        value = _page_number(text)
        return value is not None and value - number in self._ahead

    def _returns(self, number: int, row: Line, *, apart: bool) -> bool:
        """Whether a line like this stands at the same place on other pages."""
        key, pages = _key(row.text), len(self._pages)
        if not any(map(str.isalpha, key)):
            return False
        near = SAME_PLACE if pages > 2 else 1.0
        on = {
            page
            for page, base, size in self._places[key]
            if abs(base - row.base) <= near and abs(size - row.size) <= 0.5
        }
        return len(on) >= (2 if apart or pages == 2 else SEEN_ON)


def _outer(rows: list[Line], depth: int = OUTER) -> list[Line]:
    return rows if len(rows) <= 2 * depth else rows[:depth] + rows[-depth:]


def _key(text: str) -> str:
    """A running line without what changes from page to page."""
    return re.sub(r"\d+", "#", text).strip(f"#{AROUND}") or "#"


def _page_number(text: str) -> int | None:
    """The number of a page that a line says, in Arabic or small Roman figures."""
    match = PAGE_NUMBER.fullmatch(text)
    if match is None:
        return None
    if match["number"].isdecimal():
        return int(match["number"])
    values = [ROMAN[sign] for sign in match["number"].lower()]
    return sum(
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    )


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


def drop_returning(
    across: list[list[tuple[int, list[Line]]]],
) -> list[list[tuple[int, list[Line]]]]:
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
