"""PDF: text by page, with paragraphs found from the gaps between lines."""

from __future__ import annotations

from threading import Lock

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.facts import date_in_header, given_title, title_in_header
from qa_bot.corpus.loaders.pdf_layout import Line, drop_furniture, join_lines, line_distance

PAGE_SEPARATOR = "\n\n"
SINGLE_FILE = Lock()  # pdfium may be used by one thread at a time
HYPHENS = (0x02, 0xFFFE)  # pdfium's marks for a hyphen at a line end; the line end is left out


def load(data: bytes) -> Loaded:
    """The text of all pages, a blank line between them, and where each begins.

    Page numbers and running titles at the top and bottom of pages are left out. A word that is
    broken at a line end stays broken here (cleaning joins it for the models).
    """
    with SINGLE_FILE:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
                raise UnusableFileError("protected by a password; remove it first") from error
            raise UnusableFileError("damaged, or not a PDF file") from error
        try:
            pages = [_lines(document, number) for number in range(len(document))]
            title = given_title(document.get_metadata_dict().get("Title"))
        finally:
            document.close()
    pages = drop_furniture(pages)
    distance = line_distance(pages)
    texts = [join_lines(lines, distance) for lines in pages]
    _check(texts)
    begins = [0]
    for text in texts[:-1]:
        begins.append(begins[-1] + len(text) + len(PAGE_SEPARATOR))
    text = PAGE_SEPARATOR.join(texts)
    facts = {"title": title or title_in_header(text), "date": date_in_header(text)}
    return Loaded(text, tuple(begins), facts)


def _lines(document: pdfium.PdfDocument, number: int) -> list[Line]:
    """The lines of a page; none if the page is damaged."""
    try:
        page = document[number]
        textpage = page.get_textpage()
    except pdfium.PdfiumError:
        return []
    lines = []
    codes: list[int] = []
    first = 0
    count = textpage.count_chars()
    for at in range(count + 1):
        code = raw.FPDFText_GetUnicode(textpage, at) if at < count else 10
        if code in (10, 13) or code in HYPHENS:
            if code in HYPHENS:
                codes.append(ord("-"))
            text = "".join(map(chr, codes)).strip()
            if text:
                lines.append(_line(textpage, first, text))
            codes, first = [], at + 1
        elif code and not 0xD800 <= code < 0xE000:
            codes.append(code)
    textpage.close()
    page.close()
    return lines


def _line(textpage: pdfium.PdfTextPage, at: int, text: str) -> Line:
    x, y = raw.c_double(), raw.c_double()
    raw.FPDFText_GetCharOrigin(textpage, at, x, y)
    return Line(text, x.value, y.value, raw.FPDFText_GetFontSize(textpage, at))


def _check(texts: list[str]) -> None:
    letters = "".join("".join(texts)[:100_000].split())
    if not letters:
        raise UnusableFileError("no text in it (a scan?); recognise its text (OCR) first")
    readable = sum(c.isalnum() and not "\ue000" <= c <= "\uf8ff" for c in letters)
    if readable < 0.3 * len(letters):
        raise UnusableFileError("its letters cannot be read (fonts without character codes)")
