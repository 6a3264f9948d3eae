"""What can be told of a sentence from its words alone: is it a heading, does it need its neighbour.

Kept as bits beside each sentence of the index, so that asking reads no text.
"""

from __future__ import annotations

import re

LEADS = 1  # a heading, or a line that ends in a colon
NUMBER = 2  # holds a digit or a number word
DATE = 4  # holds a year or a month
NAME = 8  # holds a capital letter that does not begin it
REASON = 16  # holds "because", "in order to" …
LEANS = 32  # begins with a word that means something said before
ADDRESS = 64  # greets or thanks
BARE = 128  # too short to say anything: a list number, a lone name
WEAK = 512  # asks, breaks off, or goes on from "And": stands badly for others
ASKED = 1024  # said by somebody who only asks: a journalist; told by the turn, not by its words
OPENS = 256  # the first of its paragraph; told by the layout, not by its words

ALGORITHM = 2  # raise when the same sentence would be marked differently: indexes are then rebuilt

FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|quarter"
    r"|thirds?|percent|twice|once)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\b(?:January|February|March|April|June|July|August|September|October"
    r"|November|December|May \d|\d May|yesterday|tomorrow|last (?:year|month|week|session)"
    r"|next (?:year|month|week|session))\b"
)
_NAME = re.compile(r"(?<=[^.!?\s] )(?!I\b)[A-Z]\w")
_REASON = re.compile(
    r"\b(?:because|therefore|thereby|thus|hence|so that|in order to|so as to|due to|owing to"
    r"|on account of|as a result|for this reason|reasons?|caused?|by means of|lest)\b",
    re.IGNORECASE,
)
# "This year" and "this Congress" mean what they say; "this" alone, or "this policy", does not.
_LEANS = re.compile(
    r"(?:(?:And|But|Nor|Or|Yet|So|For|In|To|Of|By|With|From|On|Under),? )?"
    r"(?:(?:This|Th[eo]se|That|Such)\b(?! (?:years?|sessions?|congress|countr\w+|nations?"
    r"|government|union|republic|people|hall|house|chamber|dialogue|days?|morning|afternoon|evening|month|week"
    r"|century|united|who)\b)|(?:They|Them|He|She|Him|Its|His|Her|Their|Theirs|Both|Neither"
    r"|Likewise|Similarly|Otherwise)\b|The (?:former|latter|same)\b"
    r"|It\b(?! (?:is|was|has been|will be|would be|may be|seems|appears)"
    r" (?:[\w,]+ ){0,4}?(?:that|to|for|who)\b))",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:(?:I|We) (?:would like to |wish to |want to |also )*(?:thank|welcome you|greet)\b"
    r"|(?:Many |My )?thanks?\b|Good (?:morning|afternoon|evening|day)\b|(?:Your )?Excellenc\w+"
    r"|Ladies and gentlemen|Distinguished \w+|Dear \w+|Honou?rable \w+"
    r"|M(?:r|rs|s|adam)\.? (?:Speaker|President|Vice President|Chair\w*)\b"
    r"|(?:My )?fellow[- ](?:citizens|Americans)\b|Gentlemen\b|Members of (?:the|this)\b"
    r"|(?:May )?God bless\b|To the (?:Senate|Congress|House)\b)",
    re.IGNORECASE,
)
_WEAK = re.compile(r"(?:And|But|Nor|Or|So|Yet)\b|.*[^.!;:\u2026\"\u201d'\u2019)\]]$", re.DOTALL)
SHORT_ADDRESS = 160  # characters; a longer sentence says something besides


def marks(sentence: str, leads: bool) -> int:
    """The bits of one sentence of cleaned text.

    Args:
        leads: it is a heading, or ends in a colon (:class:`qa_bot.text.sentences.Sentence`).

    Example:
        >>> marks("It fell to 12 per cent in 1950.", False) == LEANS | NUMBER | DATE
        True
        >>> marks("Thank you very much.", False) == ADDRESS
        True
    """
    text = sentence.strip(" \"'*_#>-\u2022()[]")
    found = LEADS if leads else 0
    if _NUMBER.search(text):
        found |= NUMBER
    if _DATE.search(text):
        found |= DATE
    if _NAME.search(text):
        found |= NAME
    if _REASON.search(text):
        found |= REASON
    if _LEANS.match(text):
        found |= LEANS
    if _WEAK.match(sentence.strip()):
        found |= WEAK
    if len(text) <= SHORT_ADDRESS and _ADDRESS.match(text):
        found |= ADDRESS
    if len(_WORD.findall(text)) < FEWEST_WORDS:
        found |= BARE
    return found
