"""Lines of PDF pages to paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

PAGE_NUMBER = re.compile(
    r"[-–—\[(|\s]*(?:page|p\.|seite|página)?\s*\d{1,4}(?:\s*(?:/|of|de|von)\s*\d{1,4})?[-–—\])|\s]*",
    re.IGNORECASE,
)
EDGE_LINES = 2  # lines at the top and at the bottom of a page that may be furniture
SEEN_ON = 3  # pages on which a line must stand at the edge to be a running title
FEW_LINES = 8
NEW_PARAGRAPH_GAP = 1.3  # in usual line distances
NEW_PARAGRAPH_SIZE = 0.15  # relative change of the font size


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its text, where its first character stands (points, from the bottom left
    corner), and its font size."""

    text: str
    x: float
    y: float
    size: float


def drop_furniture(pages: list[list[Line]]) -> list[list[Line]]:
    """Leave out page numbers and running titles: lines that return at the edge of many pages.

    Of two pages: a line that stands on both at the very same place.
    """
    seen = Counter(key for lines in pages for key in {_key(line.text) for line in _edges(lines)})
    needed = max(SEEN_ON, len(pages) / 2)
    running = {key for key, count in seen.items() if count >= needed}
    if len(pages) == 2:
        both = set.intersection(*({_place(line) for line in _edges(lines)} for lines in pages))
        running = {_key(text) for text, *_ in both if any(map(str.isalpha, text))}
    return [_inner(lines, running, len(pages)) for lines in pages]


def _inner(lines: list[Line], running: set[str], pages: int) -> list[Line]:
    low, high = 0, len(lines)
    while low < min(EDGE_LINES, high) and _is_furniture(lines[low], running, pages):
        low += 1
    floor = max(low, len(lines) - EDGE_LINES)
    while high > floor and _is_furniture(lines[high - 1], running, pages):
        high -= 1
    return lines[low:high]


def _is_furniture(line: Line, running: set[str], pages: int) -> bool:
    return _key(line.text) in running or (
        pages > 1 and PAGE_NUMBER.fullmatch(line.text) is not None
    )


def _edges(lines: list[Line]) -> list[Line]:
    return lines[:EDGE_LINES] + lines[-EDGE_LINES:]


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _place(line: Line) -> tuple[str, int, int, int]:
    return line.text, round(line.x), round(line.y), round(line.size)


def line_distance(pages: list[list[Line]]) -> float:
    """The usual distance of neighbouring lines, in points; 0 if there are none."""
    drops = (above.y - below.y for lines in pages for above, below in pairwise(lines))
    return median([drop for drop in drops if drop > 0] or [0.0])


def join_lines(lines: list[Line], document_distance: float) -> str:
    """The text of a page: a line end between lines, a blank line between paragraphs.

    Args:
        document_distance: :func:`line_distance` of the whole document, for a page with few lines.
    """
    usual = line_distance([lines]) if len(lines) >= FEW_LINES else document_distance
    pieces = [line.text for line in lines[:1]]
    for above, below in pairwise(lines):
        drop = above.y - below.y
        size = max(above.size, below.size, 1.0)
        apart = drop > NEW_PARAGRAPH_GAP * usual > 0
        resized = abs(above.size - below.size) > NEW_PARAGRAPH_SIZE * size
        same_line = abs(drop) < 0.2 * size  # pieces of one line, set far apart
        pieces += ("\n\n" if (apart or resized) and not same_line else "\n", below.text)
    return "".join(pieces)
