"""Whether an answer is of the kind that the question asks for: an amount, or a name.

"At what minimum age …?" is not answered by "a suitable age", nor "Which building, by name …?" by
"tallest". A reader likes such words best where the passage is about the right thing and does not
say it; so they mark questions that have no answer here.
"""

from __future__ import annotations

import re

_AMOUNT = re.compile(
    r"\bhow (?:many|much|old|far|long|large|big|high|fast|tall|deep|wide|heavy|often)\b"
    r"|\b(?:what|which)(?: [\w'-]+){0,4} (?:share|percent|percentage|proportion|fraction|rate|price"
    r"|cost|amount|sum|total|age|number|population|wage|salary|duty|duties|tonnage|surplus|deficit"
    r"|date|year|day|month|length|height|weight|distance|speed|interval|temperature)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\bwho(?:se|m)?\b|\bnames?\b|\bnamed\b|\bwhere\b|\b(?:what|which)(?: [\w'-]+){0,3} (?:person"
    r"|man|woman|people|judge|general|officer|senator|secretary|minister|ambassador|architect"
    r"|engineer|scientist|president|leader|author|company|companies|firm|bank|banks|maker|executives?"
    r"|presidents|countr(?:y|ies)|nations?|states?|cit(?:y|ies)|towns?|villages?|rivers?|islands?"
    r"|ports?|buildings?|ships?|vessels?|newspapers?|universit(?:y|ies)|colleges?|organi[sz]ations?"
    r"|agenc(?:y|ies)|departments?|tribes?)\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    r"\d|\b(?:no|none|nobody|all|every|both|once|twice|thrice|double[ds]?|doubling|triple[ds]?|dozens?"
    r"|half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|one"
    r"|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh"
    r"|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?"
    r"|millions?|billions?|trillions?|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|daily"
    r"|weekly|monthly|yearly|annually)(?:\b|(?=[a-z]*thirds))",
    re.IGNORECASE,
)


def lacks_amount(question: str, answer: str) -> bool:
    """Whether an amount or a date is asked for and the answer holds no number.

    Example:
        >>> lacks_amount("At what minimum age may boys enlist?", "a suitable age")
        True
        >>> lacks_amount("What share of the budget is it?", "two-thirds")
        False
    """
    return bool(_AMOUNT.search(question)) and not _NUMBERS.search(answer)


def lacks_name(question: str, answer: str, passage: str) -> bool:
    """Whether a name is asked for and the answer, of a passage with capitals, has none.

    Example:
        >>> lacks_name("Which building was hit?", "the tallest one", "In Paris the tallest one.")
        True
        >>> lacks_name("Who was sent?", "the judge", "the judge was sent.")
        False
    """
    if _AMOUNT.search(question) or not _NAME.search(question):
        return False
    return answer == answer.lower() and passage != passage.lower()
