"""The characters of a PDF page with their boxes, turned so that their lines run to the right."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

LOST = "\ufffd"  # stands for a glyph whose character the file does not tell
HYPHENS = (0x02, 0xFFFE, 0xAD)  # pdfium's marks for a hyphen at a line end; a soft hyphen in print
MOST_GLYPHS = 200_000  # of one page: more is an attack, not a page
STRAIGHT = 10  # degrees that a line of text may lean

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(slots=True)
class Glyph:
    """A character as it stands on the page, in points, seen with its line running to the right.

    Attributes:
        base: height of the line it stands on.
        size: of its font as it appears.
        turn: how far its line is turned, in degrees: 0, 90, 180 or 270.
        spaced: a space lies before it, by what the file says.
        order: its place in the file; neighbours there need no guess about the space between.
        piece: which piece of text of the file it is from.
        artifact: the file marks it as no part of the text, like a running head.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float
    turn: int
    spaced: bool
    order: int
    piece: int
    artifact: bool


@dataclass(frozen=True, slots=True)
class RawPage:
    """What a page holds.

    Attributes:
        slanted: characters that run neither along nor across the page, as watermarks do.
        empty: nothing is drawn on it at all.
        scanned: a picture covers most of it.
    """

    glyphs: list[Glyph]
    slanted: str
    empty: bool
    scanned: bool


@dataclass(slots=True)
class _Piece:
    """What the characters of one piece of text share."""

    number: int
    size: float
    turn: int  # -1: slanted
    artifact: bool


def read_page(document: pdfium.PdfDocument, number: int) -> RawPage:
    """The characters of a page.

    Raises:
        PdfiumError: the page is damaged.
    """
    page = document[number]
    try:
        textpage = page.get_textpage()
        try:
            glyphs, slanted = _glyphs(textpage)
        finally:
            textpage.close()
        few = sum(map(str.isalnum, (glyph.text for glyph in glyphs))) < 200
        drawn = raw.FPDFPage_CountObjects(page) > 0
        scanned = few and drawn and _covered(page) > 0.5
        return RawPage(glyphs, slanted, empty=not drawn, scanned=scanned)
    finally:
        page.close()


def _glyphs(textpage: pdfium.PdfTextPage) -> tuple[list[Glyph], str]:
    glyphs: list[Glyph] = []
    slanted: list[str] = []
    pieces: dict[int | None, _Piece] = {}
    box, x, y = raw.FS_RECTF(), raw.c_double(), raw.c_double()
    spaced = False
    for at in range(min(textpage.count_chars(), MOST_GLYPHS)):
        code = raw.FPDFText_GetUnicode(textpage, at)
        text = _character(code)
        if text.isspace():
            spaced = True
            continue
        if raw.FPDFText_IsGenerated(textpage, at) == 1:
            continue
        pointer = raw.FPDFText_GetTextObject(textpage, at)
        address = ctypes.cast(pointer, ctypes.c_void_p).value
        piece = pieces.get(address)
        if piece is None:
            piece = pieces[address] = _piece(textpage, at, pointer, len(pieces))
        if piece.turn < 0:
            slanted.append(text)
            continue
        raw.FPDFText_GetLooseCharBox(textpage, at, box)
        raw.FPDFText_GetCharOrigin(textpage, at, x, y)
        flat = turned((box.left, box.bottom, box.right, box.top), piece.turn)
        base = turned((x.value, y.value, x.value, y.value), piece.turn)[1]
        if not all(map(math.isfinite, (*flat, base))) or max(map(abs, flat)) > 1e6:
            slanted.append(text)  # off every page
            continue
        x0, y0, x1, y1 = flat
        size = piece.size or max(y1 - y0, 1.0)
        glyphs.append(
            Glyph(text, x0, y0, max(x1, x0), y1, base, size, piece.turn, spaced, at, piece.number,
                  piece.artifact)
        )  # fmt: skip
        spaced = False
    return glyphs, "".join(slanted)


def _character(code: int) -> str:
    if code in HYPHENS:
        return "-"
    if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return LOST
    text = chr(code)
    return " " if unicodedata.category(text) == "Zs" else text


def _piece(textpage: pdfium.PdfTextPage, at: int, pointer: object, number: int) -> _Piece:
    """Size, direction and marking of the piece of text that the character ``at`` is of."""
    matrix = raw.FS_MATRIX()
    size = raw.FPDFText_GetFontSize(textpage, at)
    turn = 0
    if raw.FPDFText_GetMatrix(textpage, at, matrix):
        size *= math.hypot(matrix.c, matrix.d)
        angle = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
        turn = round(angle / 90) * 90
        turn = turn % 360 if abs(angle - turn) <= STRAIGHT else -1
    if not 0 < size < 5000:
        size = 0.0
    return _Piece(number, size, turn, bool(pointer) and _is_artifact(pointer))


def _is_artifact(pointer: object) -> bool:
    for at in range(min(raw.FPDFPageObj_CountMarks(pointer), 16)):
        name, length = (ctypes.c_ushort * 16)(), ctypes.c_ulong()
        mark = raw.FPDFPageObj_GetMark(pointer, at)
        if raw.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), length):
            if bytes(name)[: length.value].decode("utf-16-le", "replace").strip("\0") == "Artifact":
                return True
    return False


def turned(box: Box, turn: int, *, back: bool = False) -> Box:
    """A box as it lies when text that runs at ``turn`` degrees is seen running to the right.

    Args:
        back: the other way round.
    """
    if back:
        turn = -turn % 360
    left, bottom, right, top = box
    if turn == 90:
        return bottom, -right, top, -left
    if turn == 180:
        return -right, -top, -left, -bottom
    if turn == 270:
        return -top, left, -bottom, right
    return box


def _covered(page: pdfium.PdfPage) -> float:
    """The largest part of the page that one picture covers."""
    width, height = page.get_size()
    largest = 0.0
    bounds = [ctypes.c_float() for _ in range(4)]
    for at in range(min(raw.FPDFPage_CountObjects(page), 500)):
        thing = raw.FPDFPage_GetObject(page, at)
        if raw.FPDFPageObj_GetType(thing) != raw.FPDF_PAGEOBJ_IMAGE:
            continue
        if raw.FPDFPageObj_GetBounds(thing, *bounds):
            left, bottom, right, top = (number.value for number in bounds)
            largest = max(largest, (right - left) * (top - bottom))
    return largest / max(width * height, 1.0)
