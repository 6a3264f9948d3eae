"""A speech as a readable page, highlighted by character offsets.

The text content of what :func:`article` returns is the document's text, to the character: the
white space between paragraphs is kept between the elements, page numbers are drawn by the style
sheet. So the offsets of a citation can be found again in the page, here and in ``source.js``.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from markupsafe import Markup

from qa_bot.schema import Document
from qa_bot.web.escape import exact

_SPACE = re.compile(r"\s+")


def blocks(text: str) -> list[tuple[int, int]]:
    """Spans of the paragraphs of ``text``, in order, without the white space between them.

    A blank line or a form feed ends a paragraph.

    Example:
        >>> blocks("One.\\n\\nTwo\\nlines.\\fThree.")
        [(0, 4), (6, 16), (17, 23)]
    """
    spans = []
    start = len(text) - len(text.lstrip())
    for gap in _SPACE.finditer(text, start):
        last = gap.end() == len(text)
        if last or "\f" in gap.group() or gap.group().count("\n") > 1:
            spans.append((start, gap.start()))
            start = gap.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def clamp(document: Document, start: int | None, end: int | None) -> tuple[int, int] | None:
    """The span inside the document, or None when it is empty or outside."""
    if start is None or end is None:
        return None
    start, end = max(0, start), min(end, len(document.text))
    return (start, end) if start < end else None


def article(document: Document, cited: tuple[int, int] | None = None) -> Markup:
    """The speech as paragraphs, with the cited span (offsets into the text) in ``<mark>``."""
    parts: list[str] = []
    at = 0
    for start, end in blocks(document.text):
        parts.append(_marked(document, at, start, cited, "cited gap"))
        heading = _looks_like_heading(document.text[start:end])
        parts.append('<p class="heading" dir="auto">' if heading else '<p dir="auto">')
        parts.append(_marked(document, start, end, cited, "cited"))
        parts.append("</p>")
        at = end
    parts.append(_marked(document, at, len(document.text), cited, "cited gap"))
    return Markup("".join(parts))  # noqa: S704 - every part comes from exact()


def _marked(
    document: Document, start: int, end: int, cited: tuple[int, int] | None, name: str
) -> str:
    """``text[start:end]`` escaped, with page marks, and the part inside ``cited`` marked."""
    low, high = cited or (0, 0)
    low, high = min(max(low, start), end), min(max(high, start), end)
    before = _paged(document, start, low)
    after = _paged(document, high, end)
    if low == high:
        return before + after
    return f'{before}<mark class="{name}">{_paged(document, low, high)}</mark>{after}'


def _paged(document: Document, start: int, end: int) -> str:
    """``text[start:end]`` escaped, with an empty element where a page begins."""
    parts: list[str] = []
    at = start
    first, last = bisect_left(document.pages, start), bisect_left(document.pages, end)
    for number, offset in enumerate(document.pages[first:last], first + 1):
        parts.append(exact(document.text[at:offset]))
        parts.append(
            f'<span class="page" id="page-{number}" role="doc-pagebreak" '
            f'aria-label="page {number}" data-page="{number}"></span>'
        )
        at = offset
    parts.append(exact(document.text[at:end]))
    return "".join(parts)


def _looks_like_heading(block: str) -> bool:
    """A short line of capitals, as speeches carry at their top."""
    return len(block) <= 80 and "\n" not in block and block.isupper()
