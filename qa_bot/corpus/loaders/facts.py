"""What the first lines of a speech say about it: a title, a date. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from qa_bot.text.cleaning import clean
from qa_bot.text.months import MONTHS

HEADER_LINES = 15
HEADER_CHARACTERS = 3000
LONGEST_TITLE = 120
MOST_SPACES_BEFORE_FULL_STOP = 5  # a longer first line that ends in a full stop is a sentence
LONGEST_HEADER_LINE = 240
LONGEST_HEADER_SENTENCE = 80  # a longer line that ends in a full stop is the speech itself

_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w.,/-])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s|de\s)?\s*{_MONTH}"
        rf",?\s+(?:of\s|del?\s)?\s*{_YEAR}",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
        r"(?<![\w/-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w/-])",
    )
]
MONTH_AND_YEAR = re.compile(rf"\b{_MONTH},?\s+(?:of\s|del?\s)?\s*{_YEAR}", re.IGNORECASE)
# "8-9 October 2018", "30 September to 2 October 2018", "8 and 9 October": not one day.
RANGE = re.compile(
    rf"(?:\d(?:st|nd|rd|th)?|{_MONTH})"
    r"\s*(?:-|,|/|&|\b(?:to|and|until|au|et|al?|y|e|bis|und)\b)\s*\d{1,2}(?:st|nd|rd|th|er|º|\.)?"
    rf"\s*(?:,|(?:of\s|de\s)?\s*{_MONTH.replace('month', 'last')})",
    re.IGNORECASE,
)


# Where a speech begins: whatever day it names is not its own.
SALUTATION = re.compile(
    r"(?:excellenc|your |honou?rable |ladies\b|mesdames|messieurs|señor|meine damen|"
    r"sehr geehrte|dear |friends\b|colleagues\b|good (?:morning|afternoon|evening|day)\b|"
    r"thank you\b|mad[ae]me? |"
    r"m(?:r|rs|s)\.? (?:president|chair\w*|secretary|speaker|moderator)(?:[\s-]\w+)?(?:[,.!:]|$)|"
    r"distinguished (?:delegates|guests|colleagues|members|ministers|participants|"
    r"representatives|ladies|friends|ambassadors|panellists|panelists))",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"\W*(?:check(?:ed)? against delivery|as (?:delivered|prepared|written)|embargo|draft\b|"
    r"for immediate release|page\b[\s|]*\d|\d+ (?:of|/) \d+$)",
    re.IGNORECASE,
)
JUNK_TITLE = re.compile(
    r"microsoft|powerpoint|untitled|document\d*$|slide \d|print|\S*$"
    r"|.*\.(docx?|pdf|rtf|txt|pptx?|indd|qxd|odt|html?|pages|tmp)$",
    re.IGNORECASE,
)
LONGEST_GIVEN_TITLE = 200


def given_title(title: str | None) -> str:
    """The title in a file's properties, unless it is what a program or a template put there.

    >>> given_title("Microsoft Word - closing final v3.docx"), given_title(" Closing  remarks ")
    ('', 'Closing remarks')
    """
    title = " ".join((title or "").split())
    return "" if JUNK_TITLE.match(title) or len(title) > LONGEST_GIVEN_TITLE else title


def title_in_header(text: str) -> str:
    """The first line, without markup, if it is short and no sentence or salutation; else empty.

    Notes such as "Check against delivery" are passed over.
    """
    line = next((line for line in header_lines(text) if not NOTE.match(line)), "")
    sentence = line.endswith((".", "!", "?")) and line.count(" ") > MOST_SPACES_BEFORE_FULL_STOP
    if sentence or line.endswith((",", ";", ":")) or len(line) > LONGEST_TITLE:
        return ""
    return line if any(map(str.isalpha, line)) else ""


def date_in_header(text: str) -> str:
    """The one day that the first lines name, as ``YYYY-MM-DD``; empty if none, several or a range.

    Only dates with the month in letters or in ISO order count: 09/10/2018 may be two days.

    Example:
        >>> date_in_header("CLOSING REMARKS\\n\\n9 October 2018, Geneva\\n\\nExcellencies,")
        '2018-10-09'
        >>> date_in_header("Opening remarks, 8-9 October 2018")
        ''
    """
    found = set()
    for line in header_lines(text):
        if RANGE.search(line):
            return ""
        for pattern in DATES:
            for match in pattern.finditer(line):
                month = match["month"].lower()
                number = int(month) if month.isdigit() else MONTHS[month]
                try:
                    found.add(date(int(match["year"]), number, int(match["day"])).isoformat())
                except ValueError:
                    continue
    return found.pop() if len(found) == 1 else ""


def header_lines(text: str) -> Iterator[str]:
    """The lines before the speech itself, cleaned.

    It begins with a salutation or with a paragraph that is a sentence, wrapped or not.
    """
    number = 0
    for paragraph in re.split(r"\n[^\S\n]*\n", text[:HEADER_CHARACTERS]):
        lines = [line for raw in paragraph.splitlines() if (line := clean(raw).text)]
        for at, line in enumerate(lines):
            rest = " ".join(lines[at:])
            sentence = len(rest) > LONGEST_HEADER_SENTENCE and rest.endswith((".", "!", "?"))
            if number >= HEADER_LINES or len(line) > LONGEST_HEADER_LINE or sentence:
                return
            if SALUTATION.match(line):
                return
            yield line
            number += 1
