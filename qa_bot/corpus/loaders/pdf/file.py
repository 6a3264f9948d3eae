"""An open PDF file: its pages, labels and pictures. pdfium may be used by one thread at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL.Image import Image

from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.corpus.loaders.pdf.glyphs import Box, RawPage, read_page, turned

MOST_PAGES = 20_000
LONGEST_LABEL = 20
MOST_PIXELS = 9_000_000
LONGEST_SIDE = 4_000  # pixels

_PDFIUM = RLock()


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page is shown.

    Attributes:
        width, height: as it is shown, in points.
        turn: how far it is turned to the right for that, in degrees.
        left, bottom: the corner of what is shown, in points of the page's own.
    """

    width: float = 0.0
    height: float = 0.0
    turn: int = 0
    left: float = 0.0
    bottom: float = 0.0

    def shown(self, box: Box) -> Box:
        """A box of the page as it lies on the page that is shown, from its bottom left corner."""
        x, y = self._moved()
        left, bottom, right, top = (
            place - corner for place, corner in zip(box, (self.left, self.bottom) * 2, strict=True)
        )
        left, bottom, right, top = turned((left, bottom, right, top), self.turn)
        return left + x, bottom + y, right + x, top + y

    def inside(self, box: Box) -> Box:
        """A box of the page that is shown as seen by text that runs to the right there, which is
        how glyphs with the page's ``turn`` lie."""
        x, y = self._moved()
        across = turned((self.left, self.bottom) * 2, self.turn)
        left, bottom, right, top = box
        x, y = across[0] - x, across[1] - y
        return left + x, bottom + y, right + x, top + y

    def _moved(self) -> tuple[float, float]:
        """How far the page's corner moves when the page is turned about it."""
        return (
            self.width if self.turn in (180, 270) else 0.0,
            self.height if self.turn in (90, 180) else 0.0,
        )


class Opened:
    """A PDF that is open; pages are numbered from 1."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self.count = len(document)

    def page(self, number: int) -> RawPage | None:
        """What a page holds; None if it is damaged."""
        with _PDFIUM:
            try:
                return read_page(self._document, number - 1)
            except pdfium.PdfiumError:
                return None

    def title(self) -> str:
        """The title in its properties."""
        with _PDFIUM:
            return str(self._document.get_metadata_dict().get("Title") or "")

    def labels(self) -> tuple[str, ...]:
        """What is printed on each page; empty where that is its number everywhere."""
        numbers = [str(number) for number in range(1, self.count + 1)]
        with _PDFIUM:
            found = [self._document.get_page_label(at) for at in range(self.count)]
        found = [
            "".join(filter(str.isprintable, label or ""))[:LONGEST_LABEL].strip() or number
            for label, number in zip(found, numbers, strict=True)
        ]
        return () if found == numbers else tuple(found)

    def attached(self) -> int:
        """How many files are attached to the document."""
        with _PDFIUM:
            return max(0, int(raw.FPDFDoc_GetAttachmentCount(self._document.raw)))

    def frame(self, number: int) -> Frame:
        """How a page is shown; an empty frame if it is damaged."""
        with _PDFIUM:
            try:
                page = self._document[number - 1]
            except pdfium.PdfiumError:
                return Frame()
            try:
                left, bottom, _, _ = page.get_cropbox()
                width, height = page.get_size()
                return Frame(width, height, page.get_rotation(), left, bottom)
            finally:
                page.close()

    def picture(self, number: int, scale: float) -> Image | None:
        """A page as it is shown, ``scale`` pixels a point or fewer if it is very large; None if it
        is damaged."""
        with _PDFIUM:
            try:
                page = self._document[number - 1]
            except pdfium.PdfiumError:
                return None
            try:
                width, height = page.get_size()
                most = (MOST_PIXELS / max(width * height, 1.0)) ** 0.5
                scale = min(scale, most, LONGEST_SIDE / max(width, height, 1.0))
                if min(width, height) * scale < 1:
                    return None
                return page.render(scale=scale).to_pil()
            except (pdfium.PdfiumError, ValueError):
                return None
            finally:
                page.close()


@contextmanager
def opened(data: bytes) -> Iterator[Opened]:
    """A PDF for the time of a ``with`` block.

    Raises:
        UnusableFileError: it is damaged, protected by a password, or has far too many pages.
    """
    with _PDFIUM:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
                raise UnusableFileError("protected by a password; remove it first") from error
            raise UnusableFileError("damaged, or not a PDF file") from error
    try:
        if len(document) > MOST_PAGES:
            raise UnusableFileError(f"more than {MOST_PAGES:,} pages; split it")
        yield Opened(document)
    finally:
        with _PDFIUM:
            document.close()
