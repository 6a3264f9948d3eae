"""The paragraphs and headings of a text, found from its layout.

Three layouts occur: paragraphs on one long line each; lines wrapped at a width, with blank lines
between paragraphs; and pages cut out of a PDF, where a blank line may stand in the middle of a
sentence.
"""

from __future__ import annotations

import re
from collections import Counter
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
QUOTATION = re.compile(r"(?:>[ \t]?)+(?=\S)")
HEADING_MARK = re.compile(r"#{1,6}[ \t]")
CELL_ENDS = re.compile(r"\t| \| ")
LONGEST_WRAPPED_LINE = 160  # characters; a longer line is a paragraph of its own
SHORTEST_WRAPPED_LINE = 45
SHORTEST_COLUMN = 20
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
    first: int  # where its words begin, after the marks of a quotation

    @property
    def length(self) -> int:
        return self.end - self.first

    @property
    def quoted(self) -> bool:
        return self.first > self.start


@dataclass(frozen=True, slots=True)
class _Stanza:
    """Lines that no blank line separates, and what they tell about each other."""

    lines: list[_Line]
    width: int
    shortest: int  # a shorter line was not broken for want of room
    marks: Counter[str]  # first characters of its list items, by kind
    tabbed: int  # how many lines hold a tab

    @classmethod
    def of(cls, text: str, lines: list[_Line]) -> _Stanza:
        marked = [_mark(text, line) for line in lines]
        later = [text[line.first] for line in lines[1:]]
        low = sum(map(str.islower, later))
        width = max(line.length for line in lines)
        # In a narrow column lines often begin in lower case; in a list of names or a poem they
        # do not.
        column = low > 1 and 3 * low >= len(later) and width >= SHORTEST_COLUMN
        return cls(
            lines,
            width,
            min(width, SHORTEST_WRAPPED_LINE) // 2 if column else SHORTEST_WRAPPED_LINE,
            Counter(mark for mark in marked if mark),
            sum("\t" in _cells(text, line) for line in lines),
        )


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
        for line in stanza.lines:
            if parts and not _goes_on(text, parts[-1], line, stanza):
                found.append(_block(text, parts))
                parts = []
            parts.append(line)
    if parts:
        found.append(_block(text, parts))
    return found


def _stanzas(text: str) -> Iterator[_Stanza]:
    lines: list[_Line] = []
    last = 0
    for match in LINE.finditer(text):
        start, end = trim(text, match.start(), match.end())
        if start == end:
            continue
        between = text[last:start]
        gap = sum(between.count(c) for c in "\n\x0b\f\x85\u2028\u2029")
        gap += sum(between.count(c) for c in PAGE_BREAKS)
        if lines and gap > 1:
            yield _Stanza.of(text, lines)
            lines = []
        quotation = QUOTATION.match(text, start, end)
        lines.append(_Line(start, end, gap, quotation.end() if quotation else start))
        last = end
    if lines:
        yield _Stanza.of(text, lines)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without whitespace and invisible characters at its ends; empty if all are."""
    ink = INK.search(text, start, end)
    if not ink:
        return start, start
    while not INK.match(text, end - 1):
        end -= 1
    return ink.start(), end


def _goes_on(text: str, before: _Line, after: _Line, stanza: _Stanza) -> bool:
    """Whether a paragraph goes on across this line end; `stanza` is that of the line after it."""
    if HEADING_MARK.match(text, before.first) or HEADING_MARK.match(text, after.first):
        return False
    if before.quoted != after.quoted:
        return False
    if _is_row(text, before, stanza) or _is_row(text, after, stanza):
        return False
    if text[before.end - 1] in "-\u2010\u2011" and text[after.first].islower():
        return True
    if continues(text, before.end, after.first):
        # A short line before a blank one is an item of a list, unless its last word says otherwise.
        full = before.length >= SHORTEST_BROKEN_LINE or after.gap == 1
        return full or last_word(text, before.end) in OPEN_WORDS
    if after.gap > 1:
        return False
    mark = _mark(text, after)
    # "– as we know –", "A. Smith" or "15." at the beginning of a line by chance: no other has one.
    if mark and (stanza.marks[mark] > 1 or _mark(text, before) or text[before.end - 1] == ":"):
        return False
    if not mark and text[after.first].islower():
        return True
    # Was the line broken because the next word did not fit?
    if before.length < stanza.shortest or stanza.width > LONGEST_WRAPPED_LINE:
        return False
    word = text[after.first : after.end].split(None, 1)[0]
    return before.length + 1 + len(word) > 0.9 * stanza.width


def _mark(text: str, line: _Line) -> str:
    """The kind of list mark that the line begins with: a bullet, "1" or "a"; "" without one."""
    found = LIST_MARK.match(text, line.first, line.end)
    if not found:
        return ""
    sign = found[0].lstrip("(")[0]
    return "1" if sign.isdigit() else "a" if sign.isalpha() else sign


def _cells(text: str, line: _Line) -> str:
    """The line without its list mark, which a tab may follow."""
    mark = LIST_MARK.match(text, line.first, line.end)
    return text[mark.end() if mark else line.first : line.end].strip()


def _is_row(text: str, line: _Line, stanza: _Stanza) -> bool:
    """Whether the line is a row of a table: no tab that strayed into a wrapped paragraph."""
    found = CELL_ENDS.search(_cells(text, line))
    return found is not None and (found[0] != "\t" or stanza.tabbed > 1 or len(stanza.lines) == 1)


def _block(text: str, lines: list[_Line]) -> Block:
    start, end = lines[0].start, lines[-1].end
    last = text[end - 1]
    leads = last == ":"
    if len(lines) == 1 and end - start <= LONGEST_HEADING:
        heading = last not in ".!?,;…。！？" and any(map(str.isalpha, text[start:end]))
        leads = leads or HEADING_MARK.match(text, lines[0].first) is not None
        cells = _cells(text, lines[0])
        leads = leads or (heading and not _mark(text, lines[0]) and not CELL_ENDS.search(cells))
    return Block(start, end, leads)
