"""Who speaks and when, told to the reader where the question names it.

"How many people did McKinley say in 1897 were short of food?" is asked of a passage that names
neither McKinley nor 1897: the catalogue does. To a reader these are two words of the question that
the passage lacks, and it takes the passage for one about something else. So what the question names
of a speech's entry stands in front of its passages while they are read. No span begins there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa_bot.schema import DocumentInfo, Hit
from qa_bot.text.folding import plain
from qa_bot.text.lexicon import MONTHS
from qa_bot.text.names import initials_of

_WORD = re.compile(r"\w+")
SHORTEST = 3  # letters of a name


def heading(question: str, about: DocumentInfo) -> str:
    """What the question names of this speech's speaker and date, as a sentence; "" for nothing.

    Example:
        >>> speech = DocumentInfo("a", speaker="William McKinley", date="1897-12-06")
        >>> heading("How many did McKinley say in 1897 were short of food?", speech)
        'William McKinley, 1897. '
        >>> heading("How many were short of food?", speech)
        ''
    """
    asked = set(_WORD.findall(plain(question)))
    told = []
    if any(len(w) >= SHORTEST and w in asked for w in _WORD.findall(plain(about.speaker))):
        told.append(about.speaker)
    elif (short := initials_of(about.speaker)) and short[0] in asked:
        told.append(f"{short[0].upper()}, {about.speaker}")
    year, month = ([*about.date.split("-"), ""])[:2]
    if year and year in asked:
        named = MONTHS[int(month) - 1] if month.isdigit() and 1 <= int(month) <= 12 else ""
        told.append(f"{named.capitalize()} {year}" if named and named in asked else year)
    return ", ".join(told) + ". " if told else ""


def headings(question: str, hits: Iterable[Hit]) -> dict[str, str]:
    """`heading` of each passage that has one: by its id where several people speak, else by the
    document's.
    """
    made = {
        hit.passage.id if hit.turn else hit.document.id: heading(question, hit.about)
        for hit in hits
    }
    return {name: told for name, told in made.items() if told}
