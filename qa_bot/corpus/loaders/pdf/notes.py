"""Footnotes of PDF pages and the marks that point to them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence

from qa_bot.corpus.loaders.pdf.columns import Column
from qa_bot.corpus.loaders.pdf.paragraphs import ENDS
from qa_bot.corpus.loaders.pdf.words import Line, Word, line_of

SMALL = 0.93  # sizes of the text that a note may have
MOST_MISSED = 5  # labels that may be missing between two notes of a page
LABEL = r"\d{1,3}|[*†‡§¶]{1,3}|[a-z]"
STARTS = re.compile(rf"[(\[]?({LABEL})[)\].]?")
MARK = re.compile(rf"[(\[]?((?:{LABEL})(?:[,–-] ?(?:{LABEL}))*)[)\]]?,?")
CLOSING = ".,;:!?)]”’»"
RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
AS_POWER = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
UNITS = frozenset(["m", "km", "cm", "mm", "dm", "nm", "ft", "in", "yd", "mi", "s", "h"])


def split_notes(
    columns: Sequence[Column], body: float, *, open_before: bool = False
) -> tuple[list[Column], list[list[Line]]]:
    """Take the notes at the foot of a page out of its columns.

    Args:
        body: the usual font size of the document, in points.
        open_before: the last note of the page before goes on here.

    Returns:
        the columns without them, and the lines of each note.
    """
    kept: list[Column] = []
    notes: list[list[Line]] = []
    every = [line for column in columns for line in column.lines]
    for column in columns:
        goes_on = is_open(notes) if notes else open_before
        at = None if column.table else _first_note(column.lines, every, body, goes_on=goes_on)
        if at is None:
            kept.append(column)
            continue
        if at:
            kept.append(Column(column.lines[:at]))
        for line in column.lines[at:]:
            if not notes or _begins(line, notes[-1][0], body):
                notes.append([line])
                if _label(line):
                    line.words[1].glued = False  # "3See the report" as it is printed
            else:
                notes[-1].append(line)
    return kept, notes


def is_open(notes: Sequence[Sequence[Line]]) -> bool:
    """Whether the last of these notes does not end with a sentence."""
    return bool(notes) and not ENDS.search(notes[-1][-1].text)


def _begins(line: Line, first: Line, body: float) -> bool:
    """Whether a note begins with this line, below one that begins with ``first``."""
    label, before = _label(line), _label(first)
    raised, raised_before = line.words[0].raised, first.words[0].raised
    if not label or not (raised or line.size <= SMALL * body):
        return False
    if before and raised != raised_before:
        return False
    # A line may begin with a number by chance; labels count on.
    counts = label.isdecimal() and before.isdecimal()
    return not counts or 0 < int(label) - int(before) <= MOST_MISSED


def _first_note(lines: list[Line], every: list[Line], body: float, *, goes_on: bool) -> int | None:
    """Where in a column its notes begin; None if it has none."""
    at = len(lines)
    while at and lines[at - 1].size <= SMALL * body:
        at -= 1
    while at < len(lines) and not goes_on and not _label(lines[at]):
        at += 1
    if at == len(lines):
        # Notes as large as the text: raised labels tell them.
        at = next((n for n, line in enumerate(lines) if line.words[0].raised and _label(line)), at)
        if at == len(lines) or not at:
            return None
    top = lines[at]
    low, high = min(line.x0 for line in lines[at:]), max(line.x1 for line in lines[at:])
    for line in every:
        if (
            line.size > SMALL * body
            and line.base < lines[-1].base
            and line.x0 < high
            and line.x1 > low
        ):
            return None  # text goes on below: a table's note, a caption
    above = any(line.base > top.base and line.size > SMALL * body for line in every)
    return at if above else None


def _label(line: Line) -> str:
    """The label of a note that begins with this line, or an empty string."""
    first = line.words[0]
    if first.text.endswith(".") and not first.raised:
        return ""  # "1. " is an item of a list
    match = STARTS.fullmatch(first.text.translate(RAISED_DIGITS))
    return match[1] if match and len(line.words) > 1 else ""


def labels(notes: Iterable[Sequence[Line]]) -> frozenset[str]:
    """The labels of notes."""
    return frozenset(label for note in notes if (label := _label(note[0])))


def split_raised(line: Line) -> None:
    """Raised digits that the font itself holds (²) become words of their own."""
    words: list[Word] = []
    for word in line.words:
        tail = len(word.text) - len(word.text.rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹"))
        if not 0 < tail < len(word.text) or word.raised:
            words.append(word)
            continue
        cut = len(word.text) - tail
        for text, edges, glued, raised in (
            (word.text[:cut], word.edges[: 2 * cut], word.glued, 0),
            (word.text[cut:], word.edges[2 * cut :], True, 1),
        ):
            words.append(
                Word(text, array("f", edges), word.y0, word.y1, word.base, word.size, glued, raised)
            )
    line.words = words


def counted(lines: Iterable[Line]) -> frozenset[str]:
    """Raised numbers of which a neighbour stands in the text too: they count notes."""
    seen = {
        int(word.text.translate(RAISED_DIGITS))
        for line in lines
        for before, word in zip(line.words, line.words[1:], strict=False)
        if word.raised > 0
        and word.text.translate(RAISED_DIGITS).isdecimal()
        and len(word.text) < 4
        and before.text not in UNITS
    }
    return frozenset(str(n) for n in seen if n + 1 in seen or n - 1 in seen)


def drop_marks(line: Line, noted: frozenset[str]) -> Line:
    """The line without the marks that point to notes.

    A raised number that may be a power of the number before it is written as one (10⁶).

    Args:
        noted: labels of the notes that there are.
    """
    kept: list[Word] = []
    joined = True  # what was left out just now stood without a space behind the word before it
    left_out = False
    for word in line.words:
        verdict = _verdict(kept, word, noted) if word.raised > 0 else "keep"
        if verdict == "drop":
            joined, left_out = joined and word.glued, True
            continue
        if verdict == "power":
            word.text = word.text.translate(AS_POWER)
        word.glued = (word.glued and joined) or (left_out and word.text[0] in CLOSING)
        joined, left_out = True, False
        kept.append(word)
    return line_of(kept) if kept and len(kept) < len(line.words) else line


def _verdict(before: list[Word], word: Word, noted: frozenset[str]) -> str:
    """What becomes of a raised word: "keep", "drop" or "power"."""
    match = MARK.fullmatch(word.text.translate(RAISED_DIGITS))
    if match is None or not before:
        return "keep"
    named = set(re.findall(LABEL, match[1]))
    base = before[-1].text
    digits = match[1][0].isdigit()
    if not digits:
        sign = not match[1][0].isalpha()
        return "drop" if sign or (named & noted and not base[-1:].isdigit()) else "keep"
    if base[-1:].isdigit():
        if named <= noted or (base != "10" and (len(base) > 2 or match[1] not in "23")):
            return "drop"
        return "power"
    if base[-1:].isalpha():
        if base.lower() in UNITS or (len(base) == 1 and not named <= noted):
            return "keep"
        return "drop" if named <= noted else "keep"
    return "drop"
