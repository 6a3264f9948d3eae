"""The order in which characters of a row are read: Arabic and Hebrew run from right to left."""

from __future__ import annotations

import unicodedata
from collections import Counter

from qa_bot.corpus.loaders.pdf.glyphs import Glyph

SEPARATORS = ("ES", "CS", "ET")  # part of a number inside it only


def as_read(row: list[Glyph]) -> list[Glyph]:
    """From left to right as they lie, or from right to left with numbers and Latin words kept."""
    sides = Counter(unicodedata.bidirectional(glyph.text[0]) for glyph in row)
    if sides["R"] + sides["AL"] <= sides["L"]:
        return row
    # Characters of one box (a ligature) stay in the order of the file.
    rightmost = sorted(row, key=lambda g: (-g.x0, g.order))
    read: list[Glyph] = []
    run: list[Glyph] = []
    for glyph in [*rightmost, None]:
        side = unicodedata.bidirectional(glyph.text[0]) if glyph else "R"
        if glyph and side in ("L", "EN", "AN", *SEPARATORS):
            run.append(glyph)
        else:
            first, last = 0, len(run)
            while first < last and _separates(run[first]):
                first += 1
            while last > first and _separates(run[last - 1]):
                last -= 1
            read += [*run[:first], *reversed(run[first:last]), *run[last:]]
            run = []
            if glyph:
                read.append(glyph)
    return read


def _separates(glyph: Glyph) -> bool:
    return unicodedata.bidirectional(glyph.text[0]) in SEPARATORS
