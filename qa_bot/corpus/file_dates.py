"""Days that a file's name or a cell of a table states plainly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qa_bot.corpus.loaders.facts import DATES, MONTH_AND_YEAR, RANGE
from qa_bot.text.months import MONTHS

FIRST_YEAR = 1500
# "2018-10-09", "2018_10_09", "20181009"; "9.10.2018", "09-10-2018", "9/10/2018"
YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?P<by>[-_. /]?)(?P<month>\d\d)(?P=by)(?P<day>\d\d)(?!\d)"
)
YEAR_LAST = re.compile(
    r"(?<!\d)(?P<a>\d{1,2})(?P<by>[-_. /])(?P<b>\d{1,2})(?P=by)(?P<year>\d{4})(?!\d)"
)
YEAR = re.compile(r"(?<![^\W_])(?P<year>\d{4})(?![^\W_])")
MONTH_OR_NUMBER = re.compile(r"(?<![\d-])(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])(?![\d-]*\d)")
# What is no year of a speech: "Agenda 2030", "Resolution 1325", "by 2020".
NO_YEAR_AFTER = re.compile(
    r"(?:agenda|vision|horizon|goals?|targets?|strategy|strategies|plan|resolution|res|until|by|"
    r"towards?|beyond|no|nr|number|room|page|img|dsc|scan|chapter|act|article)\W*$",
    re.IGNORECASE,
)
NAMES_TOO = frozenset(["may", "jan"])  # without a day they may be somebody's name


@dataclass(frozen=True)
class Stated:
    """A date that a short text states.

    Attributes:
        date: ``YYYY-MM-DD``, ``YYYY-MM``, ``YYYY``, or empty: none, or more than one.
        spans: where the words of dates stand, to be left out of a title.
        note: why it is no more exact, for the person who edits the draft.
    """

    date: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    note: str = ""


def stated_date(text: str, *, latest: int | None = None) -> Stated:
    """The one date in a file's name; 09-10-2018 may be two days and gives the year alone.

    Args:
        latest: the last year that counts (this one): nobody has spoken later.

    Example:
        >>> [stated_date(t).date for t in ("1948-Truman-1", "9.10.2018 closing", "20181009")]
        ['1948', '2018-10-09', '2018-10-09']
        >>> [stated_date(t).date for t in ("2018-2019", "Agenda 2030", "October 2018")]
        ['', '', '2018-10']
    """
    latest = latest or date.today().year
    days = [d for d in _days(text) if FIRST_YEAR <= int(d[0][:4]) <= latest]
    if days:
        return _only(days, next((note for *_, note in days if note), ""))
    spaced = re.sub(r"[-_.,]", " ", text)
    if not _range(text):
        months = [
            (f"{int(m['year']):04}-{MONTHS[m['month'].lower()]:02}", m.start(), m.end(), "")
            for m in MONTH_AND_YEAR.finditer(spaced)
            if m["month"].lower() not in NAMES_TOO and FIRST_YEAR <= int(m["year"]) <= latest
        ]
        if months:
            return _only(months, "")
    years = [
        (m["year"], m.start(), m.end(), "")
        for m in YEAR.finditer(text)
        if FIRST_YEAR <= int(m["year"]) <= latest
        and not NO_YEAR_AFTER.search(text[max(0, m.start() - 40) : m.start()])
    ]
    month = MONTH_OR_NUMBER.search(text)
    return _only(years, f"{month[0]} may be a month or a number" if month else "")


def _only(found: list[tuple[str, int, int, str]], note: str) -> Stated:
    values = {value for value, *_ in found}
    spans = tuple((start, end) for _, start, end, _ in found)
    if len(values) > 1:
        return Stated("", spans, "more than one: " + ", ".join(sorted(values)))
    return Stated(values.pop() if values else "", spans, note)


def _days(text: str) -> Iterator[tuple[str, int, int, str]]:
    """Whole days, with where they stand; the year alone of a day that may be two."""
    for m in YEAR_FIRST.finditer(text):
        if day := _day(m["year"], m["month"], m["day"]):
            yield day, m.start(), m.end(), ""
    for m in YEAR_LAST.finditer(text):
        day_first, month_first = (
            _day(m["year"], *at) for at in ((m["b"], m["a"]), (m["a"], m["b"]))
        )
        if day_first and month_first and day_first != month_first and m["by"] != ".":
            yield m["year"], m.start(), m.end(), f"{m[0]} may be two days"
        elif day := day_first or month_first:
            yield day, m.start(), m.end(), ""
    if _range(text):
        return
    spaced = re.sub(r"[-_.,]", " ", text)
    for pattern in DATES[:2]:
        for m in pattern.finditer(spaced):
            if day := _day(m["year"], str(MONTHS[m["month"].lower()]), m["day"]):
                yield day, m.start(), m.end(), ""


def _range(text: str) -> bool:
    """Whether it names several days in a row: "8-9_October_2018", "8-9-october-2018"."""
    return bool(RANGE.search(re.sub(r"[-.,](?=[^\W\d_])|_", " ", text)))


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
