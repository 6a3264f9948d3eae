"""Questions about what somebody said in a speech of theirs, and whether a text gives them words.

"What did Louise Arbour say in her speech?" takes it for granted that she gave one. A reader looks
for her name and finds what others said about her: a quotation put into the wrong mouth. Only
people's full names count: bodies speak through others, and a surname may be a place.
"""

from __future__ import annotations

import re

from qa_bot.conversation.catalogue import PARTICLES, name_of, plain_words
from qa_bot.conversation.mentions import is_person_name
from qa_bot.passages import sentences
from qa_bot.schema import DocumentInfo

BEFORE = 2  # sentences before the quoted one that may name who speaks
NEAR = 200  # characters between a name and its verb

_PARTICLES = "|".join(sorted(PARTICLES - {"y", "e", "ten"}))
_NAME = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)?[^\W\d_a-z][\w’'-]*?"
    rf"(?:\s+(?:(?:{_PARTICLES})\s+){{0,2}}[^\W\d_a-z][\w’'-]*?){{0,4}}"
)
_TALK = r"(?:speech|speeches|remarks|keynote)"
_KIND = r"(?:(?!(?:and|or|with)\b)\w+\s+){0,2}"  # "own", "opening", "2018"
_SAYING = (
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
        rf"\b(?i:did|does|do|has|had)\s+(?P<who>{_NAME})\s+{_KIND}?{_SAYING}\b[^?]*?\b"
        rf"(?:in|during|with)\s+(?:his|her|their)\s+{_KIND}{_TALK}\b"
    ),
    re.compile(
        rf"\b(?i:in|from|during|of|to|does|did|is|was|are|were)\s+(?P<who>{_NAME})['’]s?\s+"
        rf"{_KIND}{_TALK}\b"
    ),
    re.compile(
        rf"\b{_TALK}\s+(?:(?:given|made|delivered|held)\s+)?by\s+(?P<who>{_NAME})(?=[\s?,.;:!]|\Z)"
    ),
)
_SPEAKS = re.compile(
    rf"(?:(?!\b(?:I|we|us|our|let)\b).){{0,{NEAR}}}?\b(?:{_SAYING}|saying|noting|stating|stressing)\b",
    re.I | re.S,
)
_OWN = re.compile(rf"['’]s?\s+{_KIND}(?:{_TALK}|words?|message|views?|call)\b|\s*:", re.I)
_GIVES = re.compile(
    r"\b(?:said|says|according\s+to|(?:words|speech|remarks)\s+(?:of|by)|(?:given|delivered)\s+by|"
    r"quot\w+)\s+(?:\S+\s+){0,6}\Z",
    re.I,
)
# Somebody else speaks to them, or of them.
_ADDRESSED = re.compile(
    r"\b(?:thank|thanks|thanking|welcome|congratulate|tell|told|tribute|grateful|with|to)\s+"
    r"(?:\S+\s+){0,12}\Z",
    re.I,
)
_WHO = re.compile(r"[\s,]*who\b", re.I)


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


def may_be_words_of(who: str, text: str, start: int, end: int, about: DocumentInfo) -> bool:
    """Whether words of a passage may be somebody's own.

    They may in a speech of theirs or of nobody knows whom, or where the sentence of the words, or
    one of the two before it, has them speak: "Ms. Bralo noted that", "in the words of Ms. Bralo",
    "Ms. Bralo's message".

    Args:
        who: a name.
        text: of the passage; the words stand at [start, end).
        about: the speech that the passage is from.

    Example:
        >>> talk = DocumentInfo("a", speaker="Ana Silva")
        >>> thanks = "I thank Louise Arbour, for her dedication. Ms. Bralo said that it helps."
        >>> may_be_words_of("Louise Arbour", thanks, 28, 41, talk)
        False
        >>> may_be_words_of("Ms. Bralo", thanks, 63, 71, talk)
        True
    """
    name = name_of(who)
    known = (about.speaker, about.role, about.title, about.event, about.place)
    told = {word.text for word in plain_words(" ".join(known))}
    if not name or not about.speaker or name[-1] in told:
        return True
    bounds = sentences(text) or [(0, len(text))]
    own = next((n for n, (a, b) in enumerate(bounds) if a <= start < b), 0)
    near = [*bounds[max(0, own - BEFORE) : own], (bounds[own][0], max(end, bounds[own][1]))]
    return any(_speaks(name[-1], text[low:high]) for low, high in near)


def _speaks(name: str, sentence: str) -> bool:
    for word in plain_words(sentence):
        if word.text != name:
            continue
        before = sentence[max(0, word.start - NEAR) : word.start]
        after = sentence[word.end : word.end + 2 * NEAR]
        if _OWN.match(after) or _GIVES.search(before):
            return True
        addressed = _ADDRESSED.search(before) and not _WHO.match(after)
        if not addressed and _SPEAKS.match(after):
            return True
    return False
