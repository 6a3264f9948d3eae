"""The characters of a PDF page with their boxes, turned so that their lines run to the right."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa_bot.corpus.loaders.pdf.beside import beside

LOST = "\ufffd"  # stands for a glyph whose character the file does not tell
HYPHENS = (0x02, 0xFFFE, 0xAD)  # pdfium's marks for a hyphen at a line end; a soft hyphen in print
MOST_GLYPHS = 200_000  # of one page: more is an attack, not a page
STRAIGHT = 10  # degrees that a line of text may lean
FAR = 1e6  # points; nothing on a page stands so far from its corner

# The same function, its answer as a plain number: making a pointer of it for every character would
# take as long as all else that is asked of the character.
_text_object = ctypes.CFUNCTYPE(ctypes.c_void_p, raw.FPDF_TEXTPAGE, ctypes.c_int)(
    ctypes.cast(raw.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)

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
        covered: a picture covers most of it.
        beside: what else stands on it, like pictures and comments, counted.
    """

    glyphs: list[Glyph]
    slanted: str
    empty: bool
    covered: bool
    beside: Counter[str]


@dataclass(slots=True)
class _Piece:
    """What the characters of one piece of text share.

    Attributes:
        turn: as of a glyph; -1 where it is slanted.
        level: it runs exactly along or across the page, so that its height is the same all along.
        base: that height, once it is known.
    """

    number: int
    size: float
    turn: int
    level: bool
    artifact: bool
    base: float | None = None


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
        empty = raw.FPDFPage_CountObjects(page) <= 0
        others, covered = beside(page)
        return RawPage(glyphs, slanted, empty, covered, others)
    finally:
        page.close()


def _glyphs(textpage: pdfium.PdfTextPage) -> tuple[list[Glyph], str]:
    glyphs: list[Glyph] = []
    slanted: list[str] = []
    pieces: dict[int | None, _Piece] = {}
    handle = textpage.raw
    box, x, y = raw.FS_RECTF(), raw.c_double(), raw.c_double()
    spaced = False
    for at in range(min(textpage.count_chars(), MOST_GLYPHS)):
        text = _character(raw.FPDFText_GetUnicode(handle, at))
        if text.isspace():
            spaced = True
            continue
        address = _text_object(handle, at)
        piece = pieces.get(address)
        if piece is None:
            piece = pieces[address] = _piece(handle, at, address, len(pieces))
        if piece.turn < 0:
            slanted.append(text)
            continue
        raw.FPDFText_GetLooseCharBox(handle, at, box)
        x0, y0, x1, y1 = box.left, box.bottom, box.right, box.top
        if piece.turn:
            x0, y0, x1, y1 = turned((x0, y0, x1, y1), piece.turn)
        base = piece.base
        if base is None:
            raw.FPDFText_GetCharOrigin(handle, at, x, y)
            base = turned((x.value, y.value, x.value, y.value), piece.turn)[1]
            if piece.level:
                piece.base = base
        if not (-FAR < x0 < FAR and -FAR < x1 < FAR and -FAR < y0 < FAR and -FAR < y1 < FAR):
            slanted.append(text)  # off every page, or no number
            continue
        size = piece.size or max(y1 - y0, 1.0)
        glyphs.append(
            Glyph(text, x0, y0, max(x1, x0), y1, base, size, piece.turn, spaced, at, piece.number,
                  piece.artifact)
        )  # fmt: skip
        spaced = False
    return glyphs, "".join(slanted)


@lru_cache(maxsize=4096)
def _character(code: int) -> str:
    if code in HYPHENS:
        return "-"
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF or code & 0xFFFE == 0xFFFE:
        return LOST
    text = chr(code)
    kind = unicodedata.category(text)
    if kind == "Cc" and not text.isspace():
        return LOST
    return " " if kind == "Zs" else text


def _piece(handle: raw.FPDF_TEXTPAGE, at: int, address: int | None, number: int) -> _Piece:
    """Size, direction and marking of the piece of text that the character ``at`` is of."""
    matrix = raw.FS_MATRIX()
    size = raw.FPDFText_GetFontSize(handle, at)
    turn, level = 0, False
    if raw.FPDFText_GetMatrix(handle, at, matrix):
        size *= math.hypot(matrix.c, matrix.d)
        angle = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
        turn = round(angle / 90) * 90
        level = abs(angle - turn) < 0.01
        turn = turn % 360 if abs(angle - turn) <= STRAIGHT else -1
    if not 0 < size < 5000:
        size = 0.0
    return _Piece(number, size, turn, level, address is not None and _is_artifact(address))


def _is_artifact(address: int) -> bool:
    piece = ctypes.cast(address, raw.FPDF_PAGEOBJECT)
    for at in range(min(raw.FPDFPageObj_CountMarks(piece), 16)):
        name, length = (ctypes.c_ushort * 16)(), ctypes.c_ulong()
        mark = raw.FPDFPageObj_GetMark(piece, at)
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
