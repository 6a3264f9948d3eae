"""A PDF file to its text, step by step."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.facts import date_in_header, given_title, title_in_header
from qa_bot.corpus.loaders.omissions import omission
from qa_bot.corpus.loaders.pdf.columns import reading_order
from qa_bot.corpus.loaders.pdf.file import Frame, opened
from qa_bot.corpus.loaders.pdf.furniture import (
    drop_furniture,
    drop_returning,
    drop_watermarks,
    usual_step,
)
from qa_bot.corpus.loaders.pdf.glyphs import Box
from qa_bot.corpus.loaders.pdf.layout import Page, Placed, lay_out
from qa_bot.corpus.loaders.pdf.letters import recover_letters
from qa_bot.corpus.loaders.pdf.line_numbers import drop_line_numbers
from qa_bot.corpus.loaders.pdf.notes import (
    counted,
    drop_marks,
    is_open,
    labels,
    split_notes,
    split_raised,
)
from qa_bot.corpus.loaders.pdf.ocr import Recogniser
from qa_bot.corpus.loaders.pdf.sheets import Sheet, left_out, read_sheets
from qa_bot.corpus.loaders.pdf.words import Line, usual_size

NO_TEXT = "no text in it (a scan?)"
TRY_OCR = "recognise its text (OCR) first, or set ocr = true"
RECOGNISED = "{} (OCR)"  # how a page is called whose text was recognised


@dataclass(frozen=True)
class Read:
    """A PDF with where each word of its text stands."""

    loaded: Loaded
    placed: Sequence[Placed]
    frames: Sequence[Frame]

    def boxes(self, start: int, end: int) -> list[tuple[int, Box]]:
        """Where the text between two offsets stands: the number of a page (from 1) and left,
        bottom, right, top on the page as it is shown, in points from its bottom left corner; one
        for each line."""
        found: list[tuple[int, Box]] = []
        before: Placed | None = None
        at = bisect_right(self.placed, start, key=lambda placed: placed.end)
        while at < len(self.placed) and self.placed[at].start < end:
            placed = self.placed[at]
            at += 1
            box = placed.box(start, end)
            if box is None:
                continue
            box = self.frames[placed.page - 1].shown(box)
            if before and placed.follows(before):
                left, bottom, right, top = found[-1][1]
                box = min(left, box[0]), min(bottom, box[1]), max(right, box[2]), max(top, box[3])
                found[-1] = placed.page, box
            else:
                found.append((placed.page, box))
            before = placed
        return found


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
    """The same as :func:`load`, with the place of each word."""
    with opened(data) as file:
        sheets = read_sheets(file, Recogniser() if ocr else None)
        names, title, attached = file.labels(), given_title(file.title()), file.attached()
        frames = [file.frame(sheet.number) for sheet in sheets]
    if not any(sheet.rows for sheet in sheets):
        raise UnusableFileError(NO_TEXT if ocr else f"{NO_TEXT}; {TRY_OCR}")
    omissions = left_out(sheets, attached)
    rows = [sheet.rows for sheet in sheets]
    size = usual_size(rows)
    rows, watermarks = drop_watermarks(rows, size)
    slanted = [sheet.number for sheet in sheets if sheet.slanted]
    omissions += omission("watermarks and slanted text", sorted({*watermarks, *slanted}))
    rows, numbers = drop_line_numbers(rows)
    omissions += omission("numbers of lines in a margin", numbers)
    rows, running = drop_furniture(rows, names)
    omissions += omission("running heads, feet and page numbers", running)
    lost, where = recover_letters(rows)
    omissions += omission("letters that cannot be read", where, count=lost)
    laid = lay_out(_pages(sheets, rows, size), usual_step(rows))
    _check(laid.text)
    facts = {"title": title or title_in_header(laid.text), "date": date_in_header(laid.text)}
    loaded = Loaded(laid.text, laid.pages, facts, _named(names, sheets), omissions=tuple(omissions))
    return Read(loaded, laid.placed, frames)


def _named(names: Sequence[str], sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """What each page is called; empty where that is its number everywhere."""
    recognised = [sheet.state == "recognised" for sheet in sheets]
    if any(recognised):
        names = names or [str(sheet.number) for sheet in sheets]
    return tuple(
        RECOGNISED.format(name) if ocr else name
        for name, ocr in zip(names, recognised, strict=False)
    )


def _pages(sheets: Sequence[Sheet], rows: Sequence[list[Line]], size: float) -> list[Page]:
    """Columns, notes and what runs across, page by page."""
    made, notes = [], []
    own: list[list[Line]] = []
    for sheet, kept in zip(sheets, rows, strict=True):
        columns, own = split_notes(reading_order(kept), size, open_before=is_open(own))
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
        raise UnusableFileError(f"{NO_TEXT}; {TRY_OCR}")
    readable = sum(c.isalnum() and not "\ue000" <= c <= "\uf8ff" for c in letters)
    if readable < 0.3 * len(letters):
        raise UnusableFileError("its letters cannot be read (fonts without character codes)")
