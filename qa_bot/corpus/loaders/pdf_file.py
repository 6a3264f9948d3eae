"""An open PDF file: its pages, labels and pictures. pdfium may be used by one thread at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL.Image import Image

from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.corpus.loaders.pdf_glyphs import RawPage, read_page

MOST_PAGES = 20_000
LONGEST_LABEL = 20
MOST_PIXELS = 4_000_000
LONGEST_SIDE = 4_000  # pixels

_PDFIUM = RLock()


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

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page as it is shown, in points."""
        with _PDFIUM:
            width, height = self._document.get_page_size(number - 1)
        return float(width), float(height)

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
