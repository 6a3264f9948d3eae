"""The paragraphs and headings of a text, found from its layout.

Three layouts occur: paragraphs on one long line each; lines wrapped at a width, with blank lines
between paragraphs; and pages cut out of a PDF, where a blank line may stand in the middle of a
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_bot.corpus.cleaning import (
    INVISIBLE,
    LIST_MARK,
    OPEN_WORDS,
    PAGE_BREAKS,
    continues,
    last_word,
)

LINE = re.compile(r"[^\n\x0b\f\x85\u2028\u2029]+")
INK = re.compile(rf"[^\s{INVISIBLE}]")
HEADING_MARK = re.compile(r"#{1,6}[ \t]")
LONGEST_WRAPPED_LINE = 160  # characters; a longer line is a paragraph of its own
SHORTEST_WRAPPED_LINE = 45
SHORTEST_BROKEN_LINE = 30  # a page break inside a sentence has a line of this length before it
LONGEST_HEADING = 100


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or table row: ``text[start:end]``, trimmed.

    Attributes:
        leads: it belongs with what follows: a heading, or a line that ends in a colon.
    """

    start: int
    end: int
    leads: bool


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    gap: int  # line ends between the line before and this one; 2 or more is a blank line

    @property
    def length(self) -> int:
        return self.end - self.start


def blocks(text: str) -> list[Block]:
    """The blocks of a text in order. Every visible character is in exactly one.

    Example:
        >>> text = "WELCOME\\n\\nWe turn to the\\n\\nneeds of migrants."
        >>> [text[b.start:b.end] for b in blocks(text)]
        ['WELCOME', 'We turn to the\\n\\nneeds of migrants.']
    """
    found: list[Block] = []
    parts: list[_Line] = []
    for stanza in _stanzas(text):
        width = max(line.length for line in stanza)
        for line in stanza:
            if parts and not _goes_on(text, parts[-1], line, width):
                found.append(_block(text, parts))
                parts = []
            parts.append(line)
    if parts:
        found.append(_block(text, parts))
    return found


def _stanzas(text: str) -> Iterator[list[_Line]]:
    """Lines that no blank line separates."""
    stanza: list[_Line] = []
    last = 0
    for match in LINE.finditer(text):
        start, end = trim(text, match.start(), match.end())
        if start == end:
            continue
        between = text[last:start]
        gap = sum(between.count(c) for c in "\n\x0b\f\x85\u2028\u2029")
        gap += sum(between.count(c) for c in PAGE_BREAKS)
        if stanza and gap > 1:
            yield stanza
            stanza = []
        stanza.append(_Line(start, end, gap))
        last = end
    if stanza:
        yield stanza


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without whitespace and invisible characters at its ends; empty if all are."""
    ink = INK.search(text, start, end)
    if not ink:
        return start, start
    while not INK.match(text, end - 1):
        end -= 1
    return ink.start(), end


def _goes_on(text: str, before: _Line, after: _Line, width: int) -> bool:
    """Whether a paragraph goes on across this line end."""
    if HEADING_MARK.match(text, before.start) or HEADING_MARK.match(text, after.start):
        return False
    if _is_row(text, before) or _is_row(text, after):
        return False
    if text[before.end - 1] in "-\u2010\u2011" and text[after.start].islower():
        return True
    if continues(text, before.end, after.start):
        # A short line before a blank one is an item of a list, unless its last word says otherwise.
        full = before.length >= SHORTEST_BROKEN_LINE or after.gap == 1
        return full or last_word(text, before.end) in OPEN_WORDS
    if after.gap > 1 or LIST_MARK.match(text, after.start, after.end):
        return False
    if text[after.start].islower():
        return True
    # Was the line broken because the next word did not fit?
    if before.length < SHORTEST_WRAPPED_LINE or width > LONGEST_WRAPPED_LINE:
        return False
    word = text[after.start : after.end].split(None, 1)[0]
    return before.length + 1 + len(word) > 0.9 * width


def _is_row(text: str, line: _Line) -> bool:
    """Whether the line is a row of a table."""
    return "\t" in text[line.start : line.end] or " | " in text[line.start : line.end]


def _block(text: str, lines: list[_Line]) -> Block:
    start, end = lines[0].start, lines[-1].end
    last = text[end - 1]
    leads = last == ":"
    if len(lines) == 1 and end - start <= LONGEST_HEADING:
        heading = last not in ".!?,;…。！？" and any(map(str.isalpha, text[start:end]))
        leads = leads or HEADING_MARK.match(text, start) is not None
        leads = leads or (heading and not LIST_MARK.match(text, start)
                          and not _is_row(text, lines[0]))  # fmt: skip
    return Block(start, end, leads)
