"""Dates in words: "in October 2018", "between 2016 and 2018", "since 2017"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa_bot.text.lexicon import MONTHS
from qa_bot.text.names import Word

_SHORT = {month[:3]: number for number, month in enumerate(MONTHS, 1)} | {"sept": 9}
_MONTH = {month: number for number, month in enumerate(MONTHS, 1)} | _SHORT
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
FIRST_YEAR, LAST_YEAR = 1500, 2199


@dataclass(frozen=True)
class DateWords:
    """Words that mean a day, a month, a year, or a time between two of them.

    Attributes:
        first, last: the words, by number, both inclusive.
        start, end: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, inclusive; empty means open.
        joined: a word that makes it a time ("since", "between") is among the words.
    """

    first: int
    last: int
    start: str
    end: str
    joined: bool = False


def dates_in(words: Sequence[Word]) -> list[DateWords]:
    """The dates among these words, in order.

    Example:
        >>> from qa_bot.understanding.entities import plain_words
        >>> [(d.start, d.end) for d in dates_in(plain_words("from May 2016 to 2018; after 2019"))]
        [('2016-05', '2018'), ('2020', '')]
    """
    texts = [word.text for word in words]
    found: list[DateWords] = []
    at = 0
    while at < len(texts):
        made = _period(texts, at) or _single(texts, at)
        if made:
            found.append(made)
            at = made.last + 1
        else:
            at += 1
    return found


def _period(texts: Sequence[str], at: int) -> DateWords | None:
    word = texts[at]
    if word in ("between", "from") and (start := _single(texts, at + 1)):
        joint = start.last + 1
        if joint < len(texts) and texts[joint] in ("and", "to", "until", "till", "through"):
            end = _single(texts, joint + 1)
            if end and start.start[:4] <= end.end[:4]:
                return DateWords(at, end.last, start.start, end.end, True)
    two = 2 if texts[at : at + 2] in (["up", "to"], ["prior", "to"]) else 1
    if (one := _single(texts, at + two)) and one.start == one.end:
        if word == "since":
            return DateWords(at, one.last, one.start, "", True)
        if word == "after":
            return DateWords(at, one.last, _beside(one.start, 1), "", True)
        if word in ("until", "till", "up"):
            return DateWords(at, one.last, "", one.end, True)
        if word in ("before", "prior"):
            return DateWords(at, one.last, "", _beside(one.end, -1), True)
    return None


def _single(texts: Sequence[str], at: int) -> DateWords | None:
    """A date that begins at this word; "2016-2018" is one too."""
    part = [*texts[at : at + 4], "", "", "", ""]
    day = _DAY.fullmatch(part[0])
    if day:
        skip = 1 + (part[1] == "of")
        if part[skip] in _MONTH and _is_year(part[skip + 1]):
            return _day(at, at + skip + 1, part[skip + 1], _MONTH[part[skip]], int(day[1]))
    if part[0] in _MONTH:
        skip = 1 + (part[1] == "of")
        if _is_year(part[skip]):
            value = f"{part[skip]}-{_MONTH[part[0]]:02d}"
            return DateWords(at, at + skip, value, value)
        if (day := _DAY.fullmatch(part[1])) and _is_year(part[2]):
            return _day(at, at + 2, part[2], _MONTH[part[0]], int(day[1]))
    if not _is_year(part[0]):
        return None
    if all(re.fullmatch(r"\d\d", piece) for piece in part[1:3]):  # 2018-10-09
        return _day(at, at + 2, part[0], int(part[1]), int(part[2]))
    if _is_year(part[1]) and part[0] < part[1]:  # 2016-2018
        return DateWords(at, at + 1, part[0], part[1])
    return DateWords(at, at, part[0], part[0])


def _day(first: int, last: int, year: str, month: int, day: int) -> DateWords | None:
    try:
        value = date(int(year), month, day).isoformat()
    except ValueError:
        return None
    return DateWords(first, last, value, value)


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdigit() and (
        FIRST_YEAR <= int(text) <= LAST_YEAR
    )  # fmt: skip


def _beside(value: str, step: int) -> str:
    """The day, month or year after (1) or before (-1) this one."""
    if len(value) == 4:
        return str(int(value) + step)
    if len(value) == 7:
        months = int(value[:4]) * 12 + int(value[5:]) - 1 + step
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    return date.fromordinal(date.fromisoformat(value).toordinal() + step).isoformat()
