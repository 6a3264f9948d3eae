"""The paragraphs and headings of a text, found from its layout.

Three layouts occur: paragraphs on one long line each; lines wrapped at a width, with blank lines
between paragraphs; and pages cut out of a PDF, where a blank line may stand in the middle of a
sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qa_bot.text.cleaning import INVISIBLE, LIST_MARK, OPEN_WORDS, PAGE_BREAKS, continues, last_word

LINE = re.compile(r"[^\n\x0b\f\x85\u2028\u2029]+")
INK = re.compile(rf"[^\s{INVISIBLE}]")
QUOTATION = re.compile(r"(?:>[ \t]|>(?=>))+(?=\S)")
HEADING_MARK = re.compile(r"#{1,6}[ \t]")
LONE_NUMBER = re.compile(r"\d{1,3}[.!?]")
INITIAL = re.compile(r"[A-Z]\.[ \t]+[A-Z][a-z]")
DASH_WITHIN = 80  # characters of the next line
LONGEST_WRAPPED_LINE = 160  # characters; a longer line is a paragraph of its own
SHORTEST_WRAPPED_LINE = 45
SHORTEST_COLUMN, FEWEST_OF_COLUMN = 20, 5
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
    mark: str  # the kind of list mark that they begin with
    row: bool = False  # of a table

    @property
    def length(self) -> int:
        return self.end - self.first


@dataclass(frozen=True, slots=True)
class _Stanza:
    """Lines that no blank line separates, and what they tell about each other."""

    lines: list[_Line]
    width: int
    shortest: int  # a shorter line was not broken for want of room
    marks: Counter[str]  # its list items, by kind

    @classmethod
    def of(cls, text: str, lines: list[_Line]) -> _Stanza:
        lines = [
            # "> 50 per cent" is a quotation only beside others.
            replace(line, first=line.start, mark=_mark(text, line.start, line.end))
            if at > 0 and all(n.first == n.start for n in (lines[at - 1], *lines[at + 1 : at + 2]))
            else line
            for at, line in enumerate(lines)
        ]
        width = max(line.length for line in lines)
        tabbed = sum("\t" in _cells(text, line) for line in lines)
        rows = [
            replace(line, row=_is_row(text, line, bool(at) and tabbed == 1, width))
            for at, line in enumerate(lines)
        ]
        narrow = _is_column(text, rows, width)
        shortest = min(width, SHORTEST_WRAPPED_LINE) // 2 if narrow else SHORTEST_WRAPPED_LINE
        return cls(rows, width, shortest, Counter(line.mark for line in rows if line.mark))


def _is_column(text: str, lines: list[_Line], width: int) -> bool:
    """Whether the lines are sentences wrapped at a small width.

    They are many, full, and often begin in lower case; those of addresses, verse and lists of names
    are not all of that.
    """
    later = [text[line.first].islower() for line in lines[1:]]
    full = [line.length >= 0.6 * width for line in lines[:-1]]
    return (
        len(lines) >= FEWEST_OF_COLUMN
        and width >= SHORTEST_COLUMN
        and sum(later) > 1
        and 3 * sum(later) >= len(later)
        and 4 * sum(full) >= 3 * len(full)
        and text[lines[-1].end - 1] in ".!?…”\"'"
        and not any(line.mark or line.row for line in lines)
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
            if parts and not _goes_on(text, parts, line, stanza):
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
        first = quotation.end() if quotation else start
        lines.append(_Line(start, end, gap, first, _mark(text, first, end)))
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


def _goes_on(text: str, parts: list[_Line], after: _Line, stanza: _Stanza) -> bool:
    """Whether a paragraph of the lines `parts` goes on with the line `after` of the stanza."""
    before = parts[-1]
    if HEADING_MARK.match(text, before.first) or HEADING_MARK.match(text, after.first):
        return False
    if before.row or after.row:
        return False
    level, next_level = (text.count(">", line.start, line.first) for line in (before, after))
    low = text[after.first].islower()
    if level != next_level and not (next_level == 0 and low and after.gap == 1):
        return False
    if text[before.end - 1] in "-\u2010\u2011" and low:
        return True
    if continues(text, before.end, after.first):
        # A short line before a blank one is an item of a list, unless its last word says otherwise.
        full = before.length >= SHORTEST_BROKEN_LINE or after.gap == 1
        return full or last_word(text, before.end) in OPEN_WORDS
    if after.gap > 1:
        return False
    if after.mark and (
        stanza.marks[after.mark] > 1 or parts[0].mark or not _by_chance(text, before, after)
    ):
        return False
    if low and not after.mark:
        return True
    # Was the line broken because the next word did not fit?
    if before.length < stanza.shortest or stanza.width > LONGEST_WRAPPED_LINE:
        return False
    word = text[after.first : after.end].split(None, 1)[0]
    return before.length + 1 + len(word) > 0.9 * stanza.width


def _by_chance(text: str, before: _Line, after: _Line) -> bool:
    """Whether a line's list mark may be words of the sentence before: "15.", "A. Smith", "– as –".

    Only of a mark that no other line has.
    """
    if not text[before.end - 1].islower():
        return False
    words = text[after.first : after.end]
    if after.mark == "1":
        return LONE_NUMBER.fullmatch(words) is not None
    if after.mark == "a":
        return INITIAL.match(words) is not None
    return f" {words[0]} " in text[after.first + 2 : after.end + DASH_WITHIN].replace("\n", " ")


def _mark(text: str, start: int, end: int) -> str:
    """The kind of list mark that a line begins with: a bullet, "1" or "a"; "" without one."""
    found = LIST_MARK.match(text, start, end)
    if not found:
        return "1" if LONE_NUMBER.fullmatch(text, start, end) else ""
    sign = found[0].lstrip("(")[0]
    return "1" if sign.isdigit() else "a" if sign.isalpha() else sign


def _cells(text: str, line: _Line) -> str:
    """The line without its list mark, which a tab may follow."""
    mark = LIST_MARK.match(text, line.first, line.end)
    return text[mark.end() if mark else line.first : line.end].strip()


def _is_row(text: str, line: _Line, lone: bool, width: int) -> bool:
    """Whether a line is a row of a table.

    A tab in one full line of a paragraph, not its first (`lone`), strayed there.
    """
    cells = _cells(text, line)
    return " | " in cells or ("\t" in cells and not (lone and line.length >= 0.8 * width))


def _block(text: str, lines: list[_Line]) -> Block:
    start, end = lines[0].start, lines[-1].end
    last = text[end - 1]
    leads = last == ":"
    if len(lines) == 1 and end - start <= LONGEST_HEADING:
        heading = last not in ".!?,;…。！？" and any(map(str.isalpha, text[start:end]))
        leads = leads or HEADING_MARK.match(text, lines[0].first) is not None
        leads = leads or (heading and not lines[0].mark and not lines[0].row)
    return Block(start, end, leads)
