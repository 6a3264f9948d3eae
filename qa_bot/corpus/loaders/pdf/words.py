"""Characters of a PDF page to words, and words to rows."""

from __future__ import annotations

import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from qa_bot.corpus.loaders.pdf.direction import as_read, gaps_between
from qa_bot.corpus.loaders.pdf.glyphs import Glyph

SMALL = 0.85  # a raised character's size, in sizes of the text beside it, is at most this
RAISED = 0.12  # and stands at least so much higher or lower, in the same
ACCENTS = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c",
           "˘": "\u0306", "˙": "\u0307", "˚": "\u030a", "˝": "\u030b", "¸": "\u0327", "˛": "\u0328",
           "¯": "\u0304"}  # fmt: skip
BY_SPACE = 0.15  # a gap this wide is a space where the file tells nothing of it, in font sizes
BY_GAP = 0.35  # and this wide in any case
FEWEST_SPACES = 3  # of a row, to tell how wide its spaces are
WIDE = 0.1  # letters set apart on purpose have such gaps between all of them


@dataclass(slots=True)
class Word:
    """Characters without a space between them, on one row.

    Attributes:
        edges: left and right of each character, one after the other.
        raised: 1 for a raised smaller word like a footnote mark, -1 for a lowered one, else 0.
        glued: follows the word before it without a space.
    """

    text: str
    edges: array[float]
    y0: float
    y1: float
    base: float
    size: float
    glued: bool = False
    raised: int = 0
    artifact: bool = False

    # The characters of Arabic and Hebrew words run from right to left.
    @property
    def x0(self) -> float:
        return self.edges[0] if self.edges[0] <= self.edges[-2] else min(self.edges)

    @property
    def x1(self) -> float:
        return self.edges[-1] if self.edges[-1] >= self.edges[1] else max(self.edges)


@dataclass(slots=True)
class Line:
    """Words beside each other, from left to right (or as they are read, in Arabic)."""

    words: list[Word]
    base: float
    size: float
    x0: float = field(init=False)
    x1: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = min(word.x0 for word in self.words)
        self.x1 = max(word.x1 for word in self.words)

    @property
    def text(self) -> str:
        return "".join((w.text if w.glued else f" {w.text}") for w in self.words).lstrip()


def line_of(words: list[Word]) -> Line:
    """A line of these words; its height and size are those of most characters."""
    plain = [word for word in words if not word.raised] or words
    sizes: Counter[tuple[float, float]] = Counter()
    for word in plain:
        sizes[(word.base, word.size)] += len(word.text)
    base, size = max(sizes, key=sizes.__getitem__)
    return Line(words, base, size)


def usual_size(pages: Sequence[Sequence[Line]]) -> float:
    """The font size of most text, in points; 0 without any."""
    sizes: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            sizes[round(2 * row.size) / 2] += sum(len(word.text) for word in row.words)
    return max(sizes, key=sizes.__getitem__, default=0.0)


def rows_of(glyphs: Sequence[Glyph]) -> list[Line]:
    """The rows of a page from top to bottom, whatever the order in the file.

    Characters of different heights are in different rows.
    """
    return [line_of(words) for row in _by_height(glyphs) if (words := _words(row))]


def _by_height(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters that stand at one height."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (-g.base, g.x0, g.order)):
        # The height of the row's first character: else rows of a leaning scan would run together.
        if rows and rows[-1][0].base - glyph.base <= 0.2 * min(rows[-1][0].size, glyph.size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return rows


def _words(row: list[Glyph]) -> list[Word]:
    row = _distinct(sorted(row, key=lambda g: (g.x0, g.order)))
    row = as_read(row)
    breaks = _breaks(row)
    words: list[Word] = []
    for at, glyph in enumerate(row):
        last = words[-1] if words else None
        if last is not None and not breaks[at] and _alike(last, glyph):
            last.text += glyph.text
            last.edges.extend((glyph.x0, glyph.x1))
            last.y0, last.y1 = min(last.y0, glyph.y0), max(last.y1, glyph.y1)
        else:
            glued = last is not None and not breaks[at]
            edges = array("f", (glyph.x0, glyph.x1))
            words.append(
                Word(glyph.text, edges, glyph.y0, glyph.y1, glyph.base, glyph.size, glued, 0,
                     glyph.artifact)
            )  # fmt: skip
    for word in words:
        _compose(word)
    return words


def _alike(word: Word, glyph: Glyph) -> bool:
    """Whether a character may join this word: of about its size, at its height."""
    size = max(word.size, glyph.size)
    return (
        min(word.size, glyph.size) > SMALL * size
        and abs(word.base - glyph.base) < RAISED * size
        and word.artifact == glyph.artifact
    )


def _distinct(row: list[Glyph]) -> list[Glyph]:
    """Without characters that are drawn twice, to look bold."""
    kept: list[Glyph] = []
    for glyph in row:
        for other in kept[-3:]:
            if (
                other.text == glyph.text
                and other.piece != glyph.piece
                and abs(other.x0 - glyph.x0) < 0.1 * glyph.size
                and abs(other.base - glyph.base) < 0.1 * glyph.size
            ):
                break
        else:
            kept.append(glyph)
    return kept


def _breaks(row: list[Glyph]) -> list[bool]:
    """Before which characters a space lies."""
    gaps = gaps_between(row)
    told = [b.spaced or abs(b.order - a.order) > 1 for a, b in pairwise(row)]
    if set_apart := _set_apart(row, gaps, told):
        return [True, *(gap > set_apart for gap in gaps)]
    least = _least_space(row, gaps, told)
    breaks = [True]
    for at, ((a, b), gap) in enumerate(zip(pairwise(row), gaps, strict=True)):
        size = max(a.size, b.size)
        if b.order == a.order + 1:
            # A word whose letters are set apart has such gaps on both sides of a letter.
            alone = min(gaps[max(0, at - 1)], gaps[min(at + 1, len(gaps) - 1)]) < gap / 2
            breaks.append(gap > BY_GAP * size or (alone and gap >= least))
        elif b.spaced and 0 < b.order - a.order <= 3:
            breaks.append(True)
        else:
            breaks.append(gap > BY_SPACE * size)
    return breaks


def _least_space(row: list[Glyph], gaps: list[float], told: list[bool]) -> float:
    """The least gap that is a space although the file has none there, by the row's other ones."""
    size = median(glyph.size for glyph in row)
    spaces = [gap for gap, space in zip(gaps, told, strict=True) if space and 0 < gap < size]
    if len(spaces) < FEWEST_SPACES:
        return BY_GAP * size
    return max(0.6 * median(spaces), median(gaps) + 0.09 * size)


def _set_apart(row: list[Glyph], gaps: list[float], told: list[bool]) -> float:
    """The gap between words in a row whose letters are set apart, as in headings; else 0."""
    if len(row) < 5:
        return 0.0
    usual, size = median(gaps), median(glyph.size for glyph in row)
    single = sum(told) > 0.6 * len(told)
    letters = sum(glyph.text.isalpha() for glyph in row) > 0.7 * len(row)
    even = single or sum(gap > usual / 2 for gap in gaps) > 0.9 * len(gaps)
    if not letters or usual < WIDE * size or not even:
        return 0.0
    if usual > 1.5 * size and single:
        return 0.0  # single letters in columns of a table
    return usual + max(0.5 * usual, 0.12 * size)


def _compose(word: Word) -> None:
    """Accents that are drawn over a letter are put together with it."""
    if word.text.isascii() and "`" not in word.text:
        return
    made: list[str] = []
    edges = array("f")
    pending, pending_end = "", 0.0
    for at, sign in enumerate(word.text):
        x0, x1 = word.edges[2 * at], word.edges[2 * at + 1]
        mark = sign if unicodedata.combining(sign) else ACCENTS.get(sign, "")
        if made and mark and x0 < edges[-1] - 0.2 * (edges[-1] - edges[-2]):
            if one := _together(made[-1], mark):
                made[-1] = one
                continue
        if pending and x0 < pending_end and (one := _together(sign.replace("ı", "i"), pending)):
            made[-1] = one
            edges[-2:] = array("f", (x0, x1))
            pending = ""
            continue
        made.append(sign)
        edges.extend((x0, x1))
        pending, pending_end = ACCENTS.get(sign, ""), x1
    word.text, word.edges = "".join(made), edges


def _together(letter: str, mark: str) -> str:
    """A letter with its accent as one character, or an empty string."""
    one = unicodedata.normalize("NFC", letter + mark)
    return one if len(one) == 1 else ""
