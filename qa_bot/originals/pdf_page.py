"""A page of a PDF: its picture, and its characters with their boxes. Runs in the child process."""

from __future__ import annotations

import ctypes
import io
import math
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops

from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.originals.alignment import NOWHERE, align
from qa_bot.originals.letters import breaks, letters
from qa_bot.originals.placed import GRID, NO_BOX

MOST_PIXELS = 9_000_000  # of a picture
MOST_CHARACTERS = 60_000  # of a page that are looked at
GREY = 12  # most difference of the colours of a pixel that is grey, of 255
QUALITY = 88  # of a JPEG
TURNED = 1_000_000  # steps in which a page's corners are asked for

NO_PAGE = "the page is damaged, or not there"


@contextmanager
def opened(data: bytes, number: int) -> Iterator[pdfium.PdfPage]:
    """The page with this number, from 1.

    Raises:
        UnusableFileError: it cannot be opened.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise UnusableFileError("damaged, or protected by a password") from error
    try:
        try:
            page = document[number - 1] if 0 < number <= len(document) else None
        except pdfium.PdfiumError as error:
            raise UnusableFileError(NO_PAGE) from error
        if page is None or not all(0 < side < 1e6 for side in page.get_size()):
            raise UnusableFileError(NO_PAGE)
        yield page
    finally:
        document.close()


def picture(page: pdfium.PdfPage, width: int) -> tuple[str, bytes]:
    """The page as it is shown, so many pixels wide or fewer: media type and bytes.

    PNG where it is grey, as text is; else JPEG, as photographs and coloured scans are.
    """
    across, down = page.get_size()
    scale = min(width / across, math.sqrt(MOST_PIXELS / (across * down)))
    bitmap = page.render(scale=scale, rev_byteorder=True)
    image = bitmap.to_pil().convert("RGB")
    made = io.BytesIO()
    if _is_grey(image):
        image.convert("L").save(made, "PNG", compress_level=6)
        return "image/png", made.getvalue()
    image.save(made, "JPEG", quality=QUALITY, subsampling=0)
    return "image/jpeg", made.getvalue()


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()
    pairs = ((red, green), (green, blue))
    differences = (ImageChops.difference(*pair).histogram() for pair in pairs)
    return not any(any(counts[GREY + 1 :]) for counts in differences)


def places(page: pdfium.PdfPage, text: str) -> array[int]:
    """The box of each character of ``text`` on the page, four numbers each, as `PlacedPage` has
    them.
    """
    characters, boxes = _characters(page)
    theirs, their_places = letters(characters)
    mine, my_places = letters(text)
    found: list[list[int]] = [[] for _ in text]
    for at, there in enumerate(align(mine, theirs, breaks(text, my_places))):
        if there != NOWHERE:
            found[my_places[at]].append(their_places[there])
    _add_signs(text, characters, found)
    made = array("H")
    for chars in found:
        known = [boxes[char] for char in chars if boxes[char] != NO_BOX]
        made.extend(_around(known) if known else NO_BOX)
    return made


def _add_signs(text: str, characters: list[str], found: list[list[int]]) -> None:
    """Signs that stand beside a letter that was found, in the text and on the page alike."""
    for step in (1, -1):
        for at in range(len(text))[::step]:
            before = at - step
            if found[at] or text[at].isspace() or not 0 <= before < len(text) or not found[before]:
                continue
            there = (max if step > 0 else min)(found[before]) + step
            if 0 <= there < len(characters) and characters[there] == text[at]:
                found[at] = [there]


def _around(boxes: list[tuple[int, ...]]) -> tuple[int, ...]:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _characters(page: pdfium.PdfPage) -> tuple[list[str], list[tuple[int, ...]]]:
    """The characters of the page in the file's order, and their boxes on the grid of the page."""
    grid = _Grid(page)
    textpage = page.get_textpage()
    characters, boxes = [], []
    box = raw.FS_RECTF()
    for at in range(min(textpage.count_chars(), MOST_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(textpage, at)
        usable = 0 < code < 0xD800 or 0xE000 <= code < 0x110000
        characters.append(chr(code) if usable else "\0")
        known = raw.FPDFText_GetLooseCharBox(textpage, at, box)
        boxes.append(grid.box(box.left, box.top, box.right, box.bottom) if known else NO_BOX)
    textpage.close()
    return characters, boxes


class _Grid:
    """From the page's own space, before it is turned and cut, to the grid of the page as shown."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        (x, y), (right_x, right_y), (up_x, up_y) = (
            _shown(page, *corner) for corner in ((0, 0), (1000, 0), (0, 1000))
        )
        self._x = (right_x - x) / 1000, (up_x - x) / 1000, x
        self._y = (right_y - y) / 1000, (up_y - y) / 1000, y

    def box(self, left: float, top: float, right: float, bottom: float) -> tuple[int, ...]:
        """The box on the grid; ``NO_BOX`` for one that is not on the page."""
        corners = ((left, top), (right, bottom))
        xs = sorted(a * x + b * y + c for x, y in corners for a, b, c in (self._x,))
        ys = sorted(a * x + b * y + c for x, y in corners for a, b, c in (self._y,))
        if not all(map(math.isfinite, (*xs, *ys))):
            return NO_BOX
        on_page = [min(max(side, 0.0), float(TURNED)) for side in (xs[0], ys[0], xs[1], ys[1])]
        if on_page[0] >= on_page[2] or on_page[1] >= on_page[3]:
            return NO_BOX
        return tuple(round(side * GRID / TURNED) for side in on_page)


def _shown(page: pdfium.PdfPage, x: float, y: float) -> tuple[int, int]:
    """Where a point of the page is shown, in steps of ``TURNED`` from the top left."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, TURNED, TURNED, 0, x, y, across, down)
    return across.value, down.value
