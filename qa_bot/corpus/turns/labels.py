"""What may be the label of a speaker at the beginning of a line: "Mr. Boyle (Minister):".

Nothing here decides that it is one: many lines begin like that. See ``recognise.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_bot.corpus.turns.label_words import (
    ANONYMOUS,
    ANSWERING,
    INSIDE,
    MACHINE,
    NOBODY,
    SPEAKING_OFFICES,
)
from qa_bot.schema import ASKING
from qa_bot.text.folding import plain
from qa_bot.text.names import ARTICLES, HONORIFICS, SMALL

LONGEST = 90  # characters of a name
MOST_WORDS = 6  # … of a person's name; an office may have more
SPACE = r"[ \t\u00a0\u202f]"
_CLOCK = r"(?:\d{1,2}:)?\d{1,2}:\d\d(?:[.,]\d{1,3})?"
_TIME = rf"[\[(]?(?P<time>{_CLOCK})(?:{SPACE}?(?:-->|[-–—]){SPACE}?{_CLOCK})?[\])]?"
_NOTE = rf"(?:{SPACE}*\((?P<role>[^()\n]{{1,90}})\)(?:{SPACE}*\([^()\n]{{1,90}}\))?)?"
# A name begins with a letter and holds no sign that ends a sentence or a label, but for the full
# stops of abbreviations, which are looked at later.
_NAME = rf"(?P<name>[^\W\d_][^\n:;!?()\[\]*_<>|\"“”]{{0,{LONGEST}}}?)"
_CAPITALS = r"(?:Mc|Mac|De|La|Van|O['’])?[A-Z][A-Z'’-]{1,30}"
_LEAD = rf"^{SPACE}*(?P<change>>>+{SPACE}*)?(?:[-–—]{SPACE}+)?"

_HONORIFIC = "(?:Mr|Mrs|Ms|Miss|Mx|Dr|Hon|MR|MRS|MS|MISS|MX|DR|HON|The Hon|THE HON|Rt Hon)"
# (style, pattern); a style is how the labels of one file are set.
_STYLES = (
    # "Mr. Boyle (Transport): No.", "**Moderator:** We have", "[00:12] Speaker 1: hello"
    (
        "colon",
        rf"{_LEAD}(?:{_TIME}{SPACE}*)?(?P<bold>\*\*|__)?{_NAME}{_NOTE}"
        rf"(?(bold)(?:\*\*|__)?){_NOTE.replace('role', 'role2')}"
        rf"{SPACE}*(?:[\[(]{_CLOCK}[\])](?:\([^()\n]{{1,200}}\))?)?"
        rf"{SPACE}?[:：](?(bold)(?:\*\*|__)?)(?={SPACE}|$)",
    ),
    # "[Ana Silva] We have", "[SPEAKER_00]: hello"
    (
        "square",
        rf"{_LEAD}(?:{_TIME}{SPACE}*)?\[(?P<name>[^\W\d_][^\n\[\]:.!?;()]{{0,60}})\]:?(?={SPACE}|$)",
    ),
    # "Mr. SMITH. Mr. President, I", "The PRESIDING OFFICER. Without objection"
    (
        "capitals",
        rf"{_LEAD}(?P<name>[A-Z][a-z]{{1,5}}\.?{SPACE}(?:[A-Z][a-z]{{1,20}}\.?{SPACE}){{0,2}}"
        rf"{_CAPITALS}(?:{SPACE}{_CAPITALS}){{0,3}}(?:{SPACE}pro{SPACE}tempore)?"
        rf"(?:{SPACE}of{SPACE}[A-Z][a-z]{{1,20}}(?:{SPACE}[A-Z][a-z]{{1,20}})?)?)"
        rf"{_NOTE}\.(?={SPACE})",
    ),
    # "Schulz (PSE). – (DE) Mr President", "M. le président. – La séance"
    (
        "dash",
        rf"{_LEAD}(?P<bold>\*\*|__)?{_NAME}{_NOTE}\.?(?(bold)(?:\*\*|__)?)\.?{SPACE}?[–—]{SPACE}",
    ),
    # "**M. Jean Dupont.** La parole", "**Ana Silva**" on a line of its own
    (
        "bold",
        rf"{_LEAD}(?P<bold>\*\*|__){_NAME}{_NOTE}\.?(?:\*\*|__){_NOTE.replace('role', 'role2')}"
        rf"(?:(?<=\.\*\*)(?={SPACE})|(?<=\.__)(?={SPACE})|(?={SPACE}*$))",
    ),
    # "Q   Thank you, Mr. President."
    ("letter", rf"{_LEAD}(?P<name>[QA])(?:\.|\.?{SPACE}{{2,}}|\t)(?={SPACE}*\S)"),
    # "Ana Silva 00:12:07" and "MR. BOYLE" on lines of their own
    ("timed", rf"{_LEAD}{_NAME}{SPACE}+{_TIME}(?:{SPACE}*\(\d+{SPACE}?sec\))?{SPACE}*$"),
    (
        "line",
        rf"{_LEAD}(?P<name>{_HONORIFIC}"
        rf"\.?{SPACE}[^\n:;!?()\[\]*_<>|,]{{1,60}}?){_NOTE}{SPACE}*$",
    ),
    # ">> so that is why": somebody else, whom nobody names
    ("change", rf"^{SPACE}*(?P<change>>>+)(?P<name>)(?={SPACE})"),
)
_PATTERNS = tuple((style, re.compile(pattern, re.MULTILINE)) for style, pattern in _STYLES)
# A line is looked at closely only when a label of any style may begin it.
_LIKELY = re.compile(
    rf"^{SPACE}*(?:>>|(?:[-–—]{SPACE}+)?(?:[\[(]?\d{{1,2}}:\d\d|\*\*|__|\[[^\W\d_]|[QA](?:[.\t]|  )"
    rf"|[^\W\d_][^\n:]{{0,180}}[:：](?={SPACE}|$|\*\*)|[^\W\d_][^\n–—]{{0,110}}[–—]{SPACE}"
    rf"|[A-Z][a-z]{{1,5}}\.?{SPACE}(?:[A-Z][a-z]+{SPACE}){{0,2}}(?:Mc)?[A-Z]{{2}}[^\n.]{{0,60}}\."
    rf"|[^\W\d_][^\n]{{0,100}}{SPACE}[\[(]?\d{{1,2}}:\d\d[^\n]{{0,40}}$"
    rf"|{_HONORIFIC}\b[^\n]{{1,100}}$))",
    re.MULTILINE,
)

_WORD = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*\.?")


@dataclass(frozen=True)
class Label:
    """What may be a label.

    Attributes:
        start, end: of the label; the words begin behind it.
        name: of whoever speaks; "" where only the speaker changes.
        role: what stands in brackets behind the name, or after a comma.
        style: how it is set.
        strong: what it says is somebody: "Mr. Boyle", "The President", "Q", "Speaker 1".
        time: seconds, or None.
    """

    start: int
    end: int
    name: str
    role: str
    style: str
    strong: bool
    time: float | None


def labels(text: str) -> Iterator[Label]:
    """What may be labels, in the order of the text; time grows in step with it."""
    for likely in _LIKELY.finditer(text):
        start = likely.start()
        for style, pattern in _PATTERNS:
            found = pattern.match(text, start)
            if found and (label := _label(found, style)):
                yield label
                break


def _label(found: re.Match[str], style: str) -> Label | None:
    groups = found.groupdict()
    name = " ".join(groups["name"].split()).strip(" -–—,")
    role = " ".join((groups.get("role") or groups.get("role2") or "").split())
    if "," in name:
        name, _, after = name.partition(",")
        if ". " in after:
            return None
        role = role or after.strip()
        name = name.strip()
    clock = groups.get("time")
    if re.fullmatch(_CLOCK, role):
        clock, role = role, ""
    time = _seconds(clock)
    if style == "change":
        return Label(found.start(), found.end(), "", "", style, False, None)
    strong = is_somebody(name)
    if not strong and not (style != "letter" and may_be_a_name(name)):
        return None
    if strong and style in ("dash", "bold") and len(name.split()) > 2 * MOST_WORDS:
        return None
    return Label(
        found.start(), found.end(), name, role, style, strong or bool(groups.get("change")), time
    )


def is_somebody(name: str) -> bool:
    """Whether a name can only be a speaker's: by an honorific, an office, or a mark.

    Example:
        >>> [is_somebody(name) for name in ("Mr. Boyle", "The President", "Q", "Speaker 2")]
        [True, True, True, True]
        >>> [is_somebody(name) for name in ("Note", "Mr. Boyle said that", "Health", "Ana Silva")]
        [False, False, False, False]
    """
    if ASKING.match(name) or ANSWERING.match(name) or MACHINE.match(name) or ANONYMOUS.match(name):
        return len(name.split()) <= MOST_WORDS
    words = _WORD.findall(name)
    if not words or len(words) > 2 * MOST_WORDS or not _spelt_as_name(name, words):
        return False
    plain_words = [plain(word).rstrip(".") for word in words]
    first = plain_words[0]
    if first in ("the", "hon", "rt", "le", "la", "l", "el") and len(words) > 1:
        first = plain_words[1]
        if first in ("hon", "honourable", "right") and len(words) > 2:
            first = plain_words[2]
    named = len(words) > 1 and not words[-1].endswith(".")
    if first in HONORIFICS and first != "he" and named:
        return len(words) <= MOST_WORDS + 3
    return (
        any(word in SPEAKING_OFFICES for word in plain_words[:3]) and plain_words[0] not in NOBODY
    )


def may_be_a_name(name: str) -> bool:
    """Whether words may be somebody's name or initials: all capitalised, none a known heading.

    Example:
        >>> [may_be_a_name(name) for name in ("Ana Silva", "SMITH", "JS", "Sources", "We saw it")]
        [True, True, True, False, False]
    """
    words = _WORD.findall(name)
    if not 1 <= len(words) <= MOST_WORDS or not _spelt_as_name(name, words):
        return False
    return not any(plain(word).rstrip(".") in NOBODY for word in words)


def _spelt_as_name(name: str, words: list[str]) -> bool:
    """Whether every word is capitalised but for small ones inside, and no sentence ends in it."""
    if not words[0][0].isupper() or plain(words[0]) in SMALL - ARTICLES - {"la", "le", "el"}:
        return False  # "By Mr. Kohl"
    for word in words:
        if word.endswith(".") and len(word) > 5 and word != words[-1]:
            return False  # "Thank you. Mr. Boyle"
        if not word[0].isupper() and not word[0].isdigit() and not _may_be_small(word):
            return False
    last = words[-1]
    if last[0].islower() and plain(last).rstrip(".") in INSIDE - {"tempore"}:
        return False
    return sum(word[0].isdigit() for word in words) <= 1


def _may_be_small(word: str) -> bool:
    """Whether a word of a name may have a small letter: "of", "d'élection", "minister"."""
    bare = plain(word).rstrip(".")
    return re.split("['’]", bare)[0] in INSIDE or bare in SPEAKING_OFFICES | HONORIFICS | {
        "hon",
        "interim",
    }


def _seconds(clock: str | None) -> float | None:
    if not clock:
        return None
    parts = clock.replace(",", ".").split(":")
    return round(sum(float(part) * 60**at for at, part in enumerate(reversed(parts))), 3)
