"""Questions about what somebody said in a speech of theirs, and whether a text gives them words.

"What did Louise Arbour say in her speech?" takes it for granted that she gave one. A reader looks
for her name and finds what others said about her: a quotation put into the wrong mouth. Only
people's full names count: bodies speak through others, and a surname may be a place.
"""

from __future__ import annotations

import re

from qa_bot.text.names import PARTICLES
from qa_bot.understanding.query import Query
from qa_bot.understanding.referents import is_person_name

_PARTICLES = "|".join(sorted(PARTICLES - {"y", "e", "ten"}))
_NAME = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)?[^\W\d_a-z][\w’'-]*?"
    rf"(?:\s+(?:(?:{_PARTICLES})\s+){{0,2}}[^\W\d_a-z][\w’'-]*?){{0,4}}"
)
TALK = r"(?:speech|speeches|remarks|keynote)"
ANY_KIND = r"(?:(?!(?:and|or|with)\b)\w+\s+){0,2}"  # "own", "opening", "2018"
SAYING_FORMS = (
    r"(?:say|says|said|state|states|stated|mention|mentions|mentioned|tell|tells|told|argue|argues|"
    r"argued|note|notes|noted|stress|stresses|stressed|emphasi[sz]e[sd]?|warn|warns|warned|call|"
    r"calls|called|urge|urges|urged|promise|promises|promised|announce|announces|announced|claim|"
    r"claims|claimed|explain|explains|explained|add|adds|added|declare|declares|declared|remind|"
    r"reminds|reminded|underline|underlines|underlined|underscore[sd]?|highlight|highlights|"
    r"highlighted|conclude|concludes|concluded|observe|observes|observed|remark|remarked|recall|"
    r"recalls|recalled|speak|speaks|spoke|talk|talks|talked|write|writes|wrote|propose|proposes|"
    r"proposed|suggest|suggests|suggested|report|reports|reported|quote|quotes|quoted|put|puts|"
    r"give|gives|gave|deliver|delivers|delivered)"
)
_ASKED = (
    re.compile(
        rf"\b(?i:did|does|do|has|had)\s+(?P<who>{_NAME})\s+{ANY_KIND}?{SAYING_FORMS}\b[^?]*?\b"
        rf"(?:in|during|with)\s+(?:his|her|their)\s+{ANY_KIND}{TALK}\b"
    ),
    re.compile(
        rf"\b(?i:in|from|during|of|to|does|did|is|was|are|were)\s+(?P<who>{_NAME})['’]s?\s+"
        rf"{ANY_KIND}{TALK}\b"
    ),
    re.compile(
        rf"\b{TALK}\s+(?:(?:given|made|delivered|held)\s+)?by\s+(?P<who>{_NAME})(?=[\s?,.;:!]|\Z)"
    ),
)


def whose_speech(question: str) -> str:
    """Who a question says gave a speech, by a person's full name; "" when it does not.

    >>> whose_speech("What did Louise Arbour say about cities in her opening speech?")
    'Louise Arbour'
    >>> whose_speech("What did Louise Arbour say about cities?")
    ''
    """
    for pattern in _ASKED:
        if (match := pattern.search(question)) and is_person_name(match["who"]):
            return match["who"]
    return ""


def speech_of_nobody(query: Query) -> bool:
    """Whether a question is about somebody's own speech, and that person gave none here."""
    return not query.whose and bool(whose_speech(query.question))
