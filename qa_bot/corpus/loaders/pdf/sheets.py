"""The pages of a PDF file as they are read, and what of them did not come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa_bot.corpus.loaders.omissions import omission
from qa_bot.corpus.loaders.pdf.file import Opened
from qa_bot.corpus.loaders.pdf.glyphs import Glyph
from qa_bot.corpus.loaders.pdf.ocr import Recogniser
from qa_bot.corpus.loaders.pdf.raised import with_raised
from qa_bot.corpus.loaders.pdf.words import Line, rows_of
from qa_bot.schema import Omission

FEW = 200  # letters on a page that a picture covers: a stamp or a caption, not its text
STATES = {
    "scanned": "pages without text (scanned?)",
    "picture": "pages that are mostly a picture",
    "damaged": "damaged pages",
    "recognised": "pages read by OCR, which makes mistakes",
}


@dataclass(slots=True)
class Sheet:
    """A page as it was read.

    Attributes:
        rows: of the direction that most of its text runs in, ``turn`` degrees.
        across: rows of each other direction.
        slanted: it holds text that runs neither along nor across the page.
        beside: what else stands on it, counted.
        state: "text", "blank" or one of ``STATES``.
    """

    number: int
    rows: list[Line] = field(default_factory=list)
    turn: int = 0
    across: list[tuple[int, list[Line]]] = field(default_factory=list)
    slanted: bool = False
    beside: Counter[str] = field(default_factory=Counter)
    state: str = "text"


def read_sheets(file: Opened, recogniser: Recogniser | None) -> list[Sheet]:
    """All pages of a file.

    Args:
        recogniser: reads the pages that have no text; None: they stay without.

    Raises:
        UnusableFileError: text is to be recognised, and the program for that is missing.
    """
    return [_sheet(file, number, recogniser) for number in range(1, file.count + 1)]


def _sheet(file: Opened, number: int, recogniser: Recogniser | None) -> Sheet:
    sheet = Sheet(number)
    page = file.page(number)
    if page is None:
        sheet.state = "damaged"
        return sheet
    sheet.slanted, sheet.beside = bool(page.slanted), page.beside
    glyphs = page.glyphs
    letters = _letters(glyphs)
    if not glyphs:
        sheet.state = "blank" if page.empty else "scanned"
    elif page.covered and letters < FEW:
        sheet.state = "picture"
    if recogniser and sheet.state in ("scanned", "picture"):
        recognised = recogniser.glyphs(file, number)
        if _letters(recognised) > letters:
            glyphs, sheet.state = recognised, "recognised"
    held = Counter(glyph.turn for glyph in glyphs)
    for turn in sorted(held, key=lambda turn: (-held[turn], turn)):
        rows = with_raised(rows_of([glyph for glyph in glyphs if glyph.turn == turn]))
        if not sheet.rows:
            sheet.turn, sheet.rows = turn, rows
        elif rows:
            sheet.across.append((turn, rows))
    return sheet


def _letters(glyphs: Sequence[Glyph]) -> int:
    return sum(glyph.text.isalnum() for glyph in glyphs)


def left_out(sheets: Sequence[Sheet], attached: int) -> list[Omission]:
    """What did not come into the text, or not surely.

    Args:
        attached: files attached to the document.
    """
    found: list[Omission] = []
    for state, part in STATES.items():
        found += omission(part, [sheet.number for sheet in sheets if sheet.state == state])
    beside = sum((sheet.beside for sheet in sheets), Counter({"attached files": attached}))
    for part in sorted(+beside):
        on = [sheet.number for sheet in sheets if sheet.beside[part]]
        found += omission(part, on, count=beside[part]) or [Omission(part, beside[part])]
    return found
