"""A speech as a readable page, highlighted by character offsets.

The text content of what :func:`article` returns is the document's text, to the character: the
white space between paragraphs is kept between the elements, page numbers are drawn by the style
sheet. So the offsets of a citation can be found again in the page, here and in ``source.js``.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import replace

from markupsafe import Markup

from qa_bot.display import speaks
from qa_bot.recording import moment, moment_url
from qa_bot.schema import Document, Turn
from qa_bot.text.folding import plain
from qa_bot.text.names import plain_words
from qa_bot.web.escape import exact, inert
from qa_bot.web.i18n import Words

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


def shorten(text: str, longest: int) -> str:
    """No more than ``longest`` characters, cut between words unless the last one is endless.

    Example:
        >>> shorten("A long title", 8)
        'A long…'
    """
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    space = text.rfind(" ", 0, longest)
    return (cut[:space] if space > longest // 2 else cut).rstrip() + "…"


def article(document: Document, w: Words, cited: tuple[int, int] | None = None) -> Markup:
    """The speech as paragraphs, with the cited span (offsets into the text) in ``<mark>``.

    The first mark carries the span as its id, so that ``#<start>-<end>`` leads to it.
    """
    parts: list[str] = []
    paged = _Paged(document, w)
    at = 0
    for start, end in blocks(document.text):
        parts.append(_marked(paged, at, start, cited, "cited gap"))
        heading = _looks_like_heading(document.text[start:end])
        parts.append('<p class="heading" dir="auto">' if heading else '<p dir="auto">')
        parts.append(_marked(paged, start, end, cited, "cited"))
        parts.append("</p>")
        at = end
    parts.append(_marked(paged, at, len(document.text), cited, "cited gap"))
    return Markup("".join(parts))  # noqa: S704 - every part comes from exact()


def _marked(paged: _Paged, start: int, end: int, cited: tuple[int, int] | None, name: str) -> str:
    """``text[start:end]`` as HTML, and the part inside ``cited`` marked."""
    low, high = cited or (0, 0)
    low, high = min(max(low, start), end), min(max(high, start), end)
    before = paged.html(start, low)
    after = paged.html(high, end)
    if low == high:
        return before + after
    anchor = f' id="{low}-{cited[1]}"' if cited and low == cited[0] else ""
    return f'{before}<mark class="{name}"{anchor}>{paged.html(low, high)}</mark>{after}'


class _Paged:
    """A document's text as HTML, with an empty element where a page or a turn begins."""

    def __init__(self, document: Document, w: Words) -> None:
        self.document = document
        self.w = w
        pages = ((at, self._page(number)) for number, at in enumerate(document.pages, 1))
        spoken = {
            turn.start: speaks(turn) for turn in document.turns if not _says_who(document, turn)
        }
        if document.times:
            for start, _ in blocks(document.text):
                spoken.setdefault(start, moment(document.time_at(start)))
        turns = ((at, self._turn(at, words)) for at, words in spoken.items() if words)
        self._begins = sorted([*pages, *turns])
        self._places = [at for at, _ in self._begins]

    def html(self, start: int, end: int) -> str:
        """``text[start:end]`` escaped, with the marks of its pages and turns."""
        text = self.document.text
        parts: list[str] = []
        at = start
        first, last = bisect_left(self._places, start), bisect_left(self._places, end)
        for offset, mark in self._begins[first:last]:
            parts += [exact(text[at:offset]), mark]
            at = offset
        parts.append(exact(text[at:end]))
        return "".join(parts)

    def _page(self, number: int) -> str:
        names = self.document.page_labels
        words = inert(self.w.page.format(page=names[number - 1] if names else number))
        return f'<span class="page" id="page-{number}" data-page="{words}"></span>'

    def _turn(self, at: int, words: str) -> str:
        shown = f'class="turn" data-turn="{inert(words)}"'
        played = moment_url(self.document.media, self.document.time_at(at))
        if not played:
            return f"<span {shown}></span>"
        label = inert(f"{words} {self.w.play}")
        return (
            f'<a {shown} href="{inert(played)}" aria-label="{label}" title="{inert(self.w.play)}" '
            'target="_blank" rel="noopener noreferrer"></a>'
        )


def _says_who(document: Document, turn: Turn) -> bool:
    """Whether the text itself says who speaks in a turn, and there is nothing to add."""
    label = plain(document.text[turn.start : turn.said_from])
    return turn.time is None and all(word.text in label for word in plain_words(turn.speaker)[-1:])


def speakers(document: Document) -> str:
    """Who speaks from where to where, for the script of the page, as JSON; "" for one speaker."""
    if not document.turns:
        return ""
    return json.dumps([[t.said_from, t.end, speaks(replace(t, time=None))] for t in document.turns])


def times(document: Document) -> str:
    """From where on the words are spoken when, for the same script; "" where that is not known."""
    known = document.times or [(turn.start, turn.time) for turn in document.turns]
    if all(seconds is None for _, seconds in known):
        return ""
    return json.dumps([[at, moment(seconds)] for at, seconds in known])


def _looks_like_heading(block: str) -> bool:
    """A short line of capitals, as speeches carry at their top."""
    return len(block) <= 80 and "\n" not in block and block.isupper()
