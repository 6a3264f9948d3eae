"""Words that carry no topic, and what marks a name as a person's."""

from __future__ import annotations

import re

WORD = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St)\.[ ])?[^\W_]+(?:['’.-][^\W_]+)*")
STOP_WORDS = frozenset(
    """
    a about all also an and any anything apart are as at be been being but by call called can commit
    committed could did do does else exactly for from gave get give given go got had happen happened
    has have he held her here hers highlight highlighted him his hold how i if in include included
    includes into is it its just know known let like made make many may me mean mention mentioned
    mentions might mine more most much must my name named no nor not of on one ones onto or other
    others our over please really require required requires said say saying says she should so some
    something speak speaker speakers spoke still such take taken talk talked tell than thank thanked
    that the their theirs them then there these they thing things this those to told too under up us
    very was we were what when where which who whom whose why will with within without work works
    would yes you your
    """.split()  # noqa: SIM905 - words read better than strings
)
# In people's names, and no words of English or of places' names.
_IN_NAMES = frozenset(["von", "van", "der", "den", "bin", "ibn"])
_CONTRACTED = re.compile(r"(?:n['’]t|['’](?:s|re|ve|d|ll|m|t))$")
# Said before the question proper.
ASIDE = re.compile(
    r"^(?:(?:wow|okay|ok|hmm+|oh|ah|interesting|cool|great|awesome|amazing|nice|thanks|thank you|"
    r"i see|right|yes|no|really|good to know|never mind)\s*[.,!?…]+\s*)+(?=\w)",
    re.I,
)
AUXILIARY = (
    r"(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|shall|may|might|must)"
)
ASKING = r"(?:what|who|whom|whose|which|when|where|why|how)"
PRONOUN = re.compile(
    r"\b(?:he|she|him|her|his|hers|it|its|they|them|their|theirs|this|that|these|those|there)\b",
    re.I,
)
# Words in front of, or inside, the name or office of a person.
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sir|Dame|Lord|Lady|Ambassadors?|Professor|President|Minister|Secretary|"
    r"Director|Deputy|Chair(?:man|woman|person)?|Commissioner|Representative|Governor|Senator|King|"
    r"Queen|Prince|Princess|Pope|Mayor|General|Captain|Judge)\b\.?",
    re.I,
)
_ROLE = re.compile(
    r"\b(?:speakers?|representatives?|migrants?|president|minister|secretary|author|singer|actor|"
    r"actress|writer|player|leader|person|man|woman|men|women|people|cofacilitators?)$",
    re.I,
)
_BODY = re.compile(
    r"\b(?:Act|Action|Agency|Agenda|Agreement|Alliance|Army|Assembly|Association|Bank|Board|Centre|"
    r"Center|City|Coalition|College|Commission|Committee|Community|Compact|Company|Conference|"
    r"Congress|Convention|Council|Country|Court|Declaration|Department|Dialogue|Forum|Foundation|"
    r"Framework|Fund|Goals?|Government|Group|Indicators|Initiative|Institute|Mechanism|Migration|"
    r"Ministry|Nations|Network|Office|Organi[sz]ation|Parliament|Parliaments|Party|Plan|Platform|"
    r"Programme|Program|Protocol|River|School|Session|States|Street|Strategy|Summit|Treaty|Union|"
    r"University|War|Week|World|Africa|Europe|America|Asia)\b"
)


def content(text: str) -> list[str]:
    """The words of a text that carry its topic, as they stand."""
    return [word for word in WORD.findall(text) if not is_stop(word)]


def is_stop(word: str) -> bool:
    """Whether a word carries no topic; "WHO", "US" and "IT" in capitals do."""
    plain = _CONTRACTED.sub("", word.casefold())
    return plain in STOP_WORDS and not (word.isupper() and len(word) > 1)


def is_name(text: str) -> bool:
    """Whether the words begin with capitals or digits, but for those inside names.

    Example:
        >>> [is_name(t) for t in ("Ursula von der Leyen", "the Global Fund", "der Fund", "a fund")]
        [True, True, True, False]
    """
    words = [word for word in content(text) if word not in _IN_NAMES]
    return bool(words) and all(word[0].isupper() or word[0].isdigit() for word in words)


def is_person(text: str) -> bool:
    """Whether words look like the name or the office of a person.

    Example:
        >>> [is_person(t) for t in ("Ms. Bralo", "Louise Arbour", "the Global Fund", "IOM")]
        [True, True, False, False]
    """
    if _TITLE.match(text.removeprefix("the ")) or _ROLE.search(text):
        return True
    words = content(text)
    return (
        is_name(text)
        and 1 < len(words) <= 4
        and not _BODY.search(text)
        and not any(word.isupper() or word[0].isdigit() for word in words)
    )


def is_plural(text: str) -> bool:
    """Whether the phrase is about several: joined by "and", or its head ends in s."""
    head = re.split(r"\s(?:of|for|on|in|to)\s", text)[0].split()[-1:] or [""]
    return " and " in text or bool(re.search(r"[^su]s$", head[0])) or head[0] in ("people", "youth")


def without_end(text: str) -> str:
    """A question or an answer without blanks and marks at its end."""
    return text.strip().rstrip("?.!,;: ")


MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
