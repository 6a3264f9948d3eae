"""The order in which characters of a row are read: Arabic and Hebrew run from right to left."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import pairwise

from qa_bot.corpus.loaders.pdf.glyphs import Glyph

SPACE = 0.15  # font sizes
SEPARATORS = ("ES", "CS", "ET")  # part of a number inside it only


def as_read(row: list[Glyph]) -> list[Glyph]:
    """From left to right as they lie, or from right to left with numbers and Latin words kept."""
    sides = Counter(map(_side, row))
    if sides["R"] + sides["AL"] <= sides["L"]:
        return row
    # Characters of one box (a ligature) stay in the order of the file.
    rightmost = sorted(row, key=lambda g: (-g.x0, g.order))
    read: list[Glyph] = []
    run: list[Glyph] = []
    for glyph in rightmost:
        # Latin words are read on over a space, numbers one by one.
        apart = bool(run) and run[-1].x0 - glyph.x1 > SPACE * glyph.size and _side(glyph) != "L"
        inside = _side(glyph) in ("L", "EN", "AN", *SEPARATORS)
        if apart or not inside:
            read += _turned_back(run)
            run = []
        (run if inside else read).append(glyph)
    return read + _turned_back(run)


def gaps_between(row: list[Glyph]) -> list[float]:
    """How far each glyph of a row is from the one that is read before it, in points.

    At the ends of a Latin word among Arabic ones, the gap beside the word is what counts.
    """
    if all(a.x0 <= b.x0 for a, b in pairwise(row)):
        return [b.x0 - a.x1 for a, b in pairwise(row)]
    lying = sorted(row, key=lambda glyph: glyph.x0)
    gap_before = {id(b): b.x0 - a.x1 for a, b in pairwise(lying)}
    gap_behind = {id(a): b.x0 - a.x1 for a, b in pairwise(lying)}
    return [
        gap_before.get(id(b), 0.0)
        if a.x0 < b.x0
        else max(gap_before.get(id(a), 0.0), gap_behind.get(id(b), 0.0))
        for a, b in pairwise(row)
    ]


def _turned_back(run: list[Glyph]) -> list[Glyph]:
    """A run of figures and Latin words as it is read, without the signs at its ends."""
    first, last = 0, len(run)
    while first < last and _side(run[first]) in SEPARATORS:
        first += 1
    while last > first and _side(run[last - 1]) in SEPARATORS:
        last -= 1
    return [*run[:first], *reversed(run[first:last]), *run[last:]]


def _side(glyph: Glyph) -> str:
    return unicodedata.bidirectional(glyph.text[0])
