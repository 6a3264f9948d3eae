"""Dates in words: "9.10.2018", "in October 2018", "the 1960s", "since 2017", "last year".

Words of English, French and Spanish. Rules of our own and not dateparser with its four packages:
what counts is which words are no date of a speech.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from qa_bot.text.names import Word
from qa_bot.understanding.date_words import (
    AFTER,
    AND,
    BEFORE,
    BETWEEN,
    FROM_TODAY,
    MONTH,
    NAMED_TIME,
    OF,
    ONWARDS,
    SEASONS,
    SINCE,
    TOLD_OF,
    UNTIL,
    beside,
    counted_back,
)

_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?")
_DECADE = re.compile(r"(\d{3}0)s")
FIRST_YEAR, LAST_YEAR = 1500, 2199


@dataclass(frozen=True)
class DateWords:
    """Words that mean a day, a month, a year, or a time between two of them.

    Attributes:
        first, last: the words, by number, both inclusive.
        start, end: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, inclusive; empty means open.
        joined: a word that makes it a time ("since", "between") is among the words.
        relative: counted from today: "last year".
        other: the day that it may mean as well: "9/10/2018" is written for two; else empty.
    """

    first: int
    last: int
    start: str
    end: str
    joined: bool = False
    relative: bool = False
    other: str = ""

    @property
    def readings(self) -> tuple[tuple[str, str], ...]:
        """(start, end) of all that the words may mean, the likeliest first."""
        own = (self.start, self.end)
        return (own, (self.other, self.other)) if self.other else (own,)


def dates_in(question: str, words: Sequence[Word], today: date | None = None) -> list[DateWords]:
    """The dates among the words of a question, in order.

    Args:
        today: what "last year" is counted from; the system's day when left out.

    Example:
        >>> from qa_bot.text.names import plain_words
        >>> text = "from May 2016 to 2018; after 2019; 9.10.2018; autumn 1989; the 1960s"
        >>> for found in dates_in(text, plain_words(text)):
        ...     print([found.start, found.end])
        ['2016-05', '2018']
        ['2020', '']
        ['2018-10-09', '2018-10-09']
        ['1989-09', '1989-11']
        ['1960', '1969']
    """
    reader = _Reader(question, words, today or date.today())
    found: list[DateWords] = []
    at = 0
    while at < len(words):
        made = reader.period(at) or reader.single(at)
        if made:
            found.append(made)
            at = made.last + 1
        else:
            at += 1
    return found


class _Reader:
    """The words of one question, and what dates begin at each."""

    def __init__(self, question: str, words: Sequence[Word], today: date) -> None:
        self._texts = [*(word.text for word in words), *[""] * 8]
        between = (question[one.end : other.start] for one, other in pairwise(words))
        self._gaps = [*between, *[""] * 8]
        self._today = today

    def period(self, at: int) -> DateWords | None:
        """A time with a word that makes it one."""
        word, two = self._texts[at], " ".join(self._texts[at : at + 2])
        if word in BETWEEN and (start := self._end_of_time(at + 1)) and not start.other:
            if self._texts[start.last + 1] in AND:
                end = self._end_of_time(start.last + 2)
                if end and not end.other and start.start[:4] <= end.end[:4]:
                    return replace(end, first=at, start=start.start, joined=True)
            if word in ("from", "desde") and self._texts[start.last + 1] in ONWARDS:
                return replace(start, first=at, last=start.last + 1, end="", joined=True)
        long = two in ("up to", "prior to", "as of", "despues de", "antes de")
        one = self._end_of_time(at + 1 + long)
        if one is None or one.other:
            return None
        one = replace(one, first=at, joined=True)
        if word in SINCE or two == "as of":
            return replace(one, end="")
        if word in AFTER:
            return replace(one, start=beside(one.end, 1), end="")
        if word in UNTIL or two == "up to":
            return replace(one, start="")
        if word in BEFORE or two == "prior to":
            return replace(one, start="", end=beside(one.start, -1))
        return None

    def _end_of_time(self, at: int) -> DateWords | None:
        the = self._texts[at] in ("the", "les", "los")
        return self._long_time(at + 1) if the else self.single(at)

    def single(self, at: int) -> DateWords | None:
        """A date that begins at this word; "2016-2018" is one too."""
        return self._from_today(at) or self._long_time(at) or self._day(at) or self._year(at)

    def _after(self, at: int) -> int:
        """The next word that is no "of"."""
        skipped = at + 1
        while self._texts[skipped] in OF and skipped < at + 3:
            skipped += 1
        return skipped

    def _from_today(self, at: int) -> DateWords | None:
        for size in (1, 2):
            known = FROM_TODAY.get(tuple(self._texts[at : at + size]))
            if known is None or self._texts[at + size] == "of":
                continue
            if at and self._texts[at] in NAMED_TIME and self._texts[at - 1] in TOLD_OF:
                continue
            start, end = counted_back(self._today, *known)
            return DateWords(at, at + size - 1, start, end, relative=True)
        return None

    def _long_time(self, at: int) -> DateWords | None:
        """A decade or a season."""
        text = self._texts[at]
        if (
            text in ("annees", "anos")
            and _is_year(self._texts[at + 1])
            and self._texts[at + 1][3] == "0"
        ):
            return self._decade(at, at + 1, self._texts[at + 1])
        if found := _DECADE.fullmatch(text):
            return self._decade(at, at, found[1])
        led = at and self._texts[at - 1] == "the"
        if led and _is_year(self._texts[at]) and text[3] == "0" and self._texts[at + 1] == "s":
            if self._gaps[at] in ("'", "’"):  # "the 1960's"
                return self._decade(at, at + 1, text)
        year = self._after(at)
        if text in SEASONS and _is_year(self._texts[year]):
            first, last = SEASONS[text]
            begins = self._texts[year]
            ends = beside(begins, 1) if last < first else begins
            return DateWords(at, year, f"{begins}-{first}", f"{ends}-{last}")
        return None

    def _decade(self, first: int, last: int, year: str) -> DateWords | None:
        if not _is_year(year) or int(year) > self._today.year:
            return None
        return DateWords(first, last, year, str(int(year) + 9))

    def _day(self, at: int) -> DateWords | None:
        """A day or a month, in numbers or in words, with its year."""
        texts, gaps = self._texts, self._gaps
        same = len(gaps[at]) == 1 and gaps[at] == gaps[at + 1] and gaps[at] in "./-"
        if same and _is_year(self._texts[at + 2]) and len(texts[at]) < 3:
            return self._by_numbers(at)
        if _is_year(self._texts[at]) and all(
            re.fullmatch(r"\d\d", t) for t in texts[at + 1 : at + 3]
        ):
            return _one_day(at, at + 2, texts[at], texts[at + 1], texts[at + 2])  # 2018-10-09
        if day := _DAY.fullmatch(texts[at]):
            month = self._after(at)
            year = self._after(month)
            if texts[month] in MONTH and _is_year(self._texts[year]):
                return _one_day(at, year, texts[year], MONTH[texts[month]], day[1])
        if texts[at] in MONTH:
            year = self._after(at)
            if _is_year(self._texts[year]):
                value = f"{texts[year]}-{MONTH[texts[at]]:02d}"
                return DateWords(at, year, value, value)
            if (day := _DAY.fullmatch(texts[at + 1])) and _is_year(self._texts[at + 2]):
                return _one_day(at, at + 2, texts[at + 2], MONTH[texts[at]], day[1])
        return None

    def _by_numbers(self, at: int) -> DateWords | None:
        """ "9.10.2018" is the ninth of October; "9/10/2018" may be the tenth of September."""
        one, other, year = self._texts[at : at + 3]
        day = _one_day(at, at + 2, year, other, one)
        swapped = _one_day(at, at + 2, year, one, other)
        if day and swapped and day != swapped and self._gaps[at] != ".":
            return replace(day, other=swapped.start)
        return day or swapped

    def _year(self, at: int) -> DateWords | None:
        """A year, a month of it in numbers, or some years: "2016-2018", "2016/17", "2018-10"."""
        if not _is_year(self._texts[at]):
            return None
        year, after, gap = self._texts[at], self._texts[at + 1], self._gaps[at]
        if _is_year(self._texts[at + 1]) and year < after:
            return DateWords(at, at + 1, year, after)
        if re.fullmatch(r"\d\d", after) and gap in ("-", "–", "/"):
            if int(after) == (int(year) + 1) % 100:
                return DateWords(at, at + 1, year, beside(year, 1))
            if gap == "-" and 1 <= int(after) <= 12:
                return DateWords(at, at + 1, f"{year}-{after}", f"{year}-{after}")
        return DateWords(at, at, year, year)


def _one_day(first: int, last: int, year: str, month: str | int, day: str) -> DateWords | None:
    try:
        value = date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
    return DateWords(first, last, value, value)


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdigit() and (
        FIRST_YEAR <= int(text) <= LAST_YEAR
    )  # fmt: skip
