"""Names and numbers of a question that a passage does not know.

A passage about the African Union answers few questions about the European Union, however alike
they are; nor does one that never mentions 2030 say what will be in 2030. A reader sees that least
of all: to it a wrong name among right words is one word in ten.
"""

from __future__ import annotations

import re

from qa_bot.corpus import clean
from qa_bot.corpus.cleaning import words
from qa_bot.letters import plain
from qa_bot.schema import DocumentInfo

# A run of capitalised words with small ones between them ("Director General of IOM"), or a number.
_SMALL = "of|the|for|and|on|de|del|la|von|van|der"
_CAPITALS = r"[A-Z][\w'-]*"
_NAME = re.compile(
    rf"(?<![\w'-]){_CAPITALS}(?: (?:(?:{_SMALL}) ){{0,2}}{_CAPITALS})*"
    r"|(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)"
)
_JOINED = re.compile(rf" (?:(?:{_SMALL}) )+")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
# Words that begin a question or a title and name nobody.
_NO_NAMES = words(
    "a about according after an and are as at based before by can could did do does during for "
    "from give had has have how i if in into is it list mr mrs ms dr prof name of on or say should "
    "since tell the these they this those to under upon was we were what when where which who whom "
    "whose why will with would you"
)


def strangers(question: str, passage: str, about: DocumentInfo | None = None) -> float:
    """How much of the least known name or number of a question a passage lacks, 0..1.

    Words count as known when they stand in the passage or in what is known `about` its speech;
    initials know their words and words their initials. 0 when the question names nothing.

    Example:
        >>> strangers("What is the European Union's plan?", "The African Union has a plan.")
        0.5
        >>> strangers("What does IOM do?", "The International Organization for Migration helps.")
        0.0
    """
    names = named(question)
    if not names:
        return 0.0
    text = clean(passage).text
    told = [text]
    if about:
        told += [about.title, about.speaker, about.role, about.event, about.place, about.date]
    known, initials = _plain(" ".join(told)), _initials(text)
    return max(_lacking(name, known, initials) for name in names)


def named(question: str) -> list[str]:
    """The names and numbers of a question; [] when all its words are capitalised.

    >>> named("Did Ms. Bralo of the Global Fund speak in 2018?")
    ['Bralo of the Global Fund', '2018']
    """
    asked = clean(question).text
    letters = [word for word in _WORD.findall(asked) if not word.isdigit()]
    if len(letters) > 2 and all(word[0].isupper() for word in letters):
        return []
    found = []
    for match in _NAME.finditer(asked):
        name = match[0].split(" ")
        if match.start() == 0 and len(name) == 1 and not name[0].isupper():
            continue  # "Beginning when …": a capital that the sentence gave it
        while name and name[0].lower() in _NO_NAMES:
            del name[0]
        if name:
            found.append(" ".join(name).removesuffix("'s"))
    return found


def _lacking(name: str, known: frozenset[str], initials: frozenset[str]) -> float:
    """The share of the least known part of a name that is not known: of "Smith of UNICEF", two."""
    if name.isupper() and name.lower() in initials:
        return 0.0
    capitals = [word[0] for word in name.split() if word[0].isupper()]
    if len(capitals) > 1 and "".join(capitals).lower() in known:
        return 0.0
    parts = [_plain(part) for part in _JOINED.split(name)]
    return max((len(part - known) / len(part) for part in parts if part), default=0.0)


def _plain(text: str) -> frozenset[str]:
    """The words of a text in lower case, without accents; of a plural also the singular."""
    found = _WORD.findall(plain(text))
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in found)


def _initials(text: str) -> frozenset[str]:
    """The initials of each run of capitalised words: "International … Migration" gives "iom"."""
    found: set[str] = set()
    for match in _NAME.finditer(text):
        letters = "".join(word[0] for word in match[0].split() if word[0].isupper()).lower()
        for begin in range(len(letters)):
            found.update(letters[begin:end] for end in range(begin + 2, len(letters) + 1))
    return frozenset(found)
