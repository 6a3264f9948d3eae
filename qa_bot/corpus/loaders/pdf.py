"""PDF: text by page in reading order, found from where the characters stand.

pypdfium2 was chosen for the characters: of the libraries measured on the same files it is the only
quick one that gives a box for each character and draws the page from the same reading. Measured
beside it: pdfplumber (rows of two columns fused, a tenth of the speed), pdfminer.six (columns right,
a tenth of the speed), pypdf (order of the file), pdf_oxide (columns right and quickest, but no boxes
of the text it puts out). None of them tells footnotes and their marks, running heads, line numbers
or lost letters, so the layout is found here.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.facts import date_in_header, given_title, title_in_header
from qa_bot.corpus.loaders.omissions import omission
from qa_bot.corpus.loaders.pdf_columns import reading_order
from qa_bot.corpus.loaders.pdf_furniture import (
    drop_furniture,
    drop_line_numbers,
    drop_returning,
    drop_watermarks,
    usual_step,
)
from qa_bot.corpus.loaders.pdf_file import Opened, opened
from qa_bot.corpus.loaders.pdf_glyphs import Glyph
from qa_bot.corpus.loaders.pdf_layout import Page, lay_out
from qa_bot.corpus.loaders.pdf_letters import recover_letters
from qa_bot.corpus.loaders.pdf_notes import counted, drop_marks, labels, split_notes, split_raised
from qa_bot.corpus.loaders.pdf_ocr import Recogniser
from qa_bot.corpus.loaders.pdf_words import Line, rows_of, usual_size
from qa_bot.schema import Omission



@dataclass(frozen=True)
class Read:
    """A PDF with where each character of its text stands.

    Attributes:
        boxes: left, bottom, right, top of each character on its page, in points from the bottom
            left corner of the page before it is turned for display; all 0 for spaces.
    """

    loaded: Loaded
    boxes: array[float]


def load(data: bytes, *, ocr: bool = False) -> Loaded:
    """The text of all pages, and where each begins.

    Running heads and feet, page numbers, line numbers in the margin, watermarks and footnote marks
    are left out. Footnotes stand behind a sentence of their page. A word that is broken at a line
    end stays broken here (cleaning joins it for the models).

    Args:
        ocr: read pages without text from their picture.

    Raises:
        UnusableFileError: it cannot be opened, or holds no text.
    """
    return read(data, ocr=ocr).loaded


def read(data: bytes, *, ocr: bool = False) -> Read:
    """The same as :func:`load`, with a box for each character."""
    with opened(data) as file:
        sheets = _sheets(file, Recogniser() if ocr else None)
        labels_of_pages, title = file.labels(), given_title(file.title())
    if not any(sheet.rows or sheet.across for sheet in sheets):
        raise UnusableFileError(
            "no text in it (a scan?); recognise its text (OCR) first, or set ocr = true"
        )
    omissions = _left_out_of(sheets)
    rows = [sheet.rows for sheet in sheets]
    size = usual_size(rows)
    rows, watermarks = drop_watermarks(rows, size)
    slanted = [sheet.number for sheet in sheets if sheet.unseen]
    omissions += omission("watermarks and slanted text", sorted({*watermarks, *slanted}))
    rows, numbers = drop_line_numbers(rows)
    omissions += omission("numbers of lines in a margin", numbers)
    rows, running = drop_furniture(rows)
    omissions += omission("running heads, feet and page numbers", running)
    lost, where = recover_letters(rows)
    omissions += omission("letters that cannot be read, shown as \ufffd", where, count=lost)
    laid = lay_out(_pages(sheets, rows, size), usual_step(rows))
    _check(laid.text)
    facts = {"title": title or title_in_header(laid.text), "date": date_in_header(laid.text)}
    loaded = Loaded(laid.text, laid.pages, facts, labels_of_pages, omissions=tuple(omissions))
    return Read(loaded, laid.boxes)


@dataclass(slots=True)
class _Sheet:
    """A page as it was read.

    Attributes:
        rows: of the direction that most of its text runs in, ``turn`` degrees.
        across: rows of each other direction.
        unseen: it holds text that runs neither along nor across the page.
        state: "text", "damaged", "scanned" (no text, but something drawn), "picture" (hardly any
            text beside a picture), "recognised" (by OCR) or "blank".
    """

    number: int
    rows: list[Line] = field(default_factory=list)
    turn: int = 0
    across: list[tuple[int, list[Line]]] = field(default_factory=list)
    unseen: bool = False
    state: str = "text"


def _sheets(file: Opened, recogniser: Recogniser | None) -> list[_Sheet]:
    sheets = []
    for number in range(1, file.count + 1):
        sheet = _Sheet(number)
        sheets.append(sheet)
        page = file.page(number)
        if page is None:
            sheet.state = "damaged"
            continue
        glyphs = page.glyphs
        sheet.unseen = bool(page.slanted)
        if not glyphs:
            sheet.state = "blank" if page.empty else "scanned"
        elif page.scanned:
            sheet.state = "picture"
        if recogniser and sheet.state == "scanned":
            glyphs = recogniser.glyphs(file, number)
            sheet.state = "recognised" if glyphs else "scanned"
        turns = sorted({glyph.turn for glyph in glyphs}, key=lambda t: (-_held(glyphs, t), t))
        for turn in turns:
            rows = rows_of([glyph for glyph in glyphs if glyph.turn == turn])
            if turn == turns[0]:
                sheet.turn, sheet.rows = turn, rows
            elif rows:
                sheet.across.append((turn, rows))
    return sheets


def _held(glyphs: Sequence[Glyph], turn: int) -> int:
    return sum(glyph.turn == turn for glyph in glyphs)


def _left_out_of(sheets: Sequence[_Sheet]) -> list[Omission]:
    found: list[Omission] = []
    for state, part in (
        ("scanned", "pages without text (scanned?)"),
        ("damaged", "damaged pages"),
        ("picture", "pages that are mostly a picture"),
        ("recognised", "pages read by OCR"),
    ):
        found += omission(part, [sheet.number for sheet in sheets if sheet.state == state])
    return found


def _pages(sheets: Sequence[_Sheet], rows: Sequence[list[Line]], size: float) -> list[Page]:
    """Columns, notes and what runs across, page by page."""
    made, notes = [], []
    for sheet, kept in zip(sheets, rows, strict=True):
        columns, own = split_notes(reading_order(kept), size)
        made.append(Page(columns, [(note, sheet.turn) for note in own], sheet.turn))
        notes.append(labels(own))
    lines = [line for page in made for column in page.columns for line in column.lines]
    for line in lines:
        split_raised(line)
    known = counted(lines).union(*notes)
    for page in made:
        for column in page.columns:
            column.lines = [drop_marks(line, known) for line in column.lines]
            column.cells = [[drop_marks(cell, known) for cell in row] for row in column.cells]
    across = drop_returning([sheet.across for sheet in sheets])
    for page, others in zip(made, across, strict=True):
        page.asides += [(found, turn) for turn, found in others]
    return made


def _check(text: str) -> None:
    letters = "".join(text[:100_000].split())
    if not letters:
        raise UnusableFileError("no text in it (a scan?); recognise its text (OCR) first")
    readable = sum(c.isalnum() and not "\ue000" <= c <= "\uf8ff" for c in letters)
    if readable < 0.3 * len(letters):
        raise UnusableFileError("its letters cannot be read (fonts without character codes)")
