"""Names and numbers of a question that a passage does not know.

A passage about the African Union answers few questions about the European Union, however alike
they are; nor does one that never mentions 2030 say what will be in 2030. A reader sees that least
of all: to it a wrong name among right words is one word in ten.

Names are told by their capitals: of questions in lower case, or in scripts without capitals, only
the numbers count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from qa_bot.schema import DocumentInfo
from qa_bot.text.cleaning import clean, words
from qa_bot.text.folding import plain
from qa_bot.text.lexicon import MONTHS
from qa_bot.text.stems import compounds, stem

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*[^\W\d_]*|[^\W_](?:\w|['-](?=\w)|(?<=\d)[.,](?=\d))*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PART = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"(?<=\d)[ ,](?=\d{3}(?!\d))")
_DOTTED = re.compile(r"(?<!\w)(?:[A-Z]\.){2,}")
_POSSESSIVE = re.compile(r"(?<=\w)'s?(?!\w)")
NEAR = 3  # words from one word of a name to the next
TURNED = 2  # … where the second comes first: "the agreement of Paris"
APART = 0.5  # how much a name counts whose words are known, but stand apart
SHORTEST_COUNTRY, LONGEST_ENDING = 4, 3  # "Chad" is known to a passage on Chadian schools
# What stands before the first word of a sentence.
_BEGINS = re.compile(r"(?:\A|(?<!\bM[rs])(?<!\bMrs)(?<!\b[DS][rt])[.!?:]\s)[\s\"'(]*\Z")
_SMALL = words("of the for and on in to a an de del la von van der")  # inside a name
_CAPITALS_ANYWHERE = words(  # that name nobody: "Ms.", "I", "which organisation, What …"
    "about according also and any are as at before but by can could did do does dr during for "
    "from had has have how i if in into is it mr mrs ms name not now of on only or please prof say "
    "should since tell that the these they this those to was we were what when where which who "
    "whom whose why will with would you"
)
_ACRONYMS_TOO = words("who us it")
_NUMBER_WORDS = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
}


def unmatched_names(question: str, passage: str, about: DocumentInfo | None = None) -> float:
    """How much of the least known name or number of a question a passage lacks, 0..1.

    Words count as known when they stand in the passage or in what is known `about` its speech, in
    any form of theirs; initials know their words and words their initials. Neighbours in a name
    that are known, but nowhere near each other, count half. 0 when the question names nothing.

    Example:
        >>> unmatched_names("What is the European Union's plan?", "The African Union has a plan.")
        0.5
        >>> long = "The International Organization for Migration helps."
        >>> unmatched_names("What does IOM do?", long)
        0.0
    """
    names = named(question)
    if not names:
        return 0.0
    told = [passage]
    if about:
        told += [about.title, about.speaker, about.role, about.event, about.place]
        told += [about.date, _spelt(about.date)]
    text = _flat("\n\n".join(told))
    told_of = _Told(text, f"{about.speaker} {about.role}" if about else "")
    return max(_lacking(name, told_of) for name in names)


def named(question: str) -> list[str]:
    """The names and numbers of a question; [] when all its words begin with a capital.

    >>> named("Did Ms. Bralo of the Global Fund speak in 2018?")
    ['Bralo of the Global Fund', '2018']
    """
    text = _flat(question)
    letters = [token[0] for token in _TOKEN.findall(text) if token[0].isalpha()]
    if len(letters) > 2 and all(map(str.isupper, letters)):
        return _NUMBER.findall(text)
    return list(_runs(text))


def _flat(text: str) -> str:
    """Cleaned, raised digits and the like as plain ones, "U.S." as "US", "3,000" as "3000"."""
    composed = unicodedata.normalize("NFKC", clean(text).text)
    flat = composed if composed.isascii() else _without_marks(composed)
    return _THOUSANDS.sub("", _DOTTED.sub(lambda match: match[0].replace(".", ""), flat))


def _without_marks(text: str) -> str:
    return "".join(char for char in text if not unicodedata.combining(char))


def _runs(text: str, first: bool = False) -> Iterator[str]:
    """Capitalised words that follow each other, small ones between them; and each number.

    `first`: the first word of a sentence may be a name's, too.
    """
    run: list[str] = []
    small: list[str] = []
    last = 0
    for match in _TOKEN.finditer(text):
        token, apart = match[0], text[last : match.start()] != " "
        last = match.end()
        if token[0].isdigit():
            if run:
                yield " ".join(run)
            run, small = [], []
            number = _NUMBER.match(token)
            yield number[0] if number else token
            continue
        if run and (apart or not (token[0].isupper() or token in _SMALL) or len(small) > 2):
            yield " ".join(run)
            run, small = [], []
        if token[0].isupper() and not _is_no_name(
            token, text[max(0, match.start() - 8) : match.start()], first
        ):
            run += [*small, _POSSESSIVE.sub("", token)]
            small = []
            if run[-1] != token:  # "Peru's Minister": two names
                yield " ".join(run)
                run = []
        elif run:
            small = [*small, token] if token in _SMALL else []
            if not small:
                yield " ".join(run)
                run = []
    if run:
        yield " ".join(run)


def _is_no_name(token: str, before: str, first: bool) -> bool:
    """Whether a capital is the sentence's, or a word names nobody."""
    if token.isupper() and len(token) > 1:
        low = token.lower()
        return low in _CAPITALS_ANYWHERE and low not in _ACRONYMS_TOO
    if not first and _BEGINS.search(before) and not any(map(str.isdigit, token)):
        return True
    return token.split("'")[0].lower() in _CAPITALS_ANYWHERE


class _Told:
    """What a text tells of.

    Attributes:
        words: stems of its words, in its order.
        near: those that stand near each other, in either order.
        person: the words of the speaker's name and office: "Minister Silva".
        known: all of them, and its compounds as one word each.
        acronyms: its words in capitals.
        initials: of its names.
    """

    def __init__(self, text: str, person: str) -> None:
        forms, joined = _stems(text)
        self.words = frozenset(forms)
        onwards = {(w, forms[n]) for n in range(len(forms)) for w in forms[max(0, n - NEAR) : n]}
        turned = {(forms[n], w) for n in range(len(forms)) for w in forms[max(0, n - TURNED) : n]}
        self.near = onwards | turned
        self.person = frozenset(_forms(_flat(person)))
        self.known = self.words.union(joined)
        self.acronyms = frozenset(_acronyms(text))
        runs = _runs(text, True)
        self.initials = frozenset(letters for run in runs for letters in _initials(run))


def _lacking(name: str, told: _Told) -> float:
    """The share of the least known part of a name that is not known: of "Smith of UNICEF", two."""
    letters = name.removesuffix("s") if name[:-1].isupper() else name
    if letters.isupper() and len(letters) > 1 and " " not in name:
        if letters in told.acronyms or letters in told.initials:
            return 0.0
        return float(len(letters) < 4 or not _known(letters, told.known))
    if any(own in told.acronyms for own in _initials(name)):
        return 0.0
    parts: list[list[str]] = [[]]
    for word in name.split(" "):
        if word in _SMALL:
            parts.append([])
        else:
            parts[-1].append(word)
    return max((_part_lacking(part, told) for part in parts if part), default=0.0)


def _part_lacking(part: list[str], told: _Told) -> float:
    missing = sum(not _known(word, told.known) for word in part)
    if missing or len(part) < 2:
        return missing / len(part)
    pairs = list(pairwise(_forms(word)[-1] for word in part))
    apart = sum(
        told.words.issuperset(pair) and pair not in told.near and not told.person.issuperset(pair)
        for pair in pairs
    )
    return APART * apart / len(pairs)


def _known(word: str, known: frozenset[str]) -> bool:
    """Whether a word, or a compound's parts, or the compound as one word, are known."""
    *parts, last = _forms(word)
    if last in known or (parts and all(part in known for part in parts)):
        return True
    if parts or len(last) < SHORTEST_COUNTRY or not last.isalpha():
        return False
    longer = (other for other in known if other.startswith(last))
    return any(len(other) - len(last) <= LONGEST_ENDING for other in longer) or any(
        last[:-cut] in known
        for cut in range(1, min(LONGEST_ENDING, len(last) - SHORTEST_COUNTRY) + 1)
    )


def _forms(text: str) -> list[str]:
    """Stems of the words of a text, its numbers, and behind them its compounds as one word each."""
    found, joined = _stems(text)
    return found + joined or [""]


def _stems(text: str) -> tuple[list[str], list[str]]:
    """Stems of the words and numbers of a text; and of its compounds as one word each."""
    folded = plain(_POSSESSIVE.sub(" ", text))
    found = [_NUMBER_WORDS.get(part, part) for part in _PART.findall(folded)]
    return [stem(part) for part in found], [stem(part) for part in compounds(folded)]


def _acronyms(text: str) -> Iterator[str]:
    """Words in capitals, without a plural's "s" and without the number behind ("COP26")."""
    for token in _TOKEN.findall(text):
        letters = token[:-1] if token[-1] == "s" else token
        if len(letters) > 1 and letters.isupper():
            yield letters
            yield letters.rstrip("0123456789")


def _initials(name: str) -> Iterator[str]:
    """The initials of each stretch of a name, of two letters or more, with and without small words.

    >>> sorted(_initials("Memorandum of Understanding"))
    ['MO', 'MOU', 'MU', 'OU']
    """
    parts = [word for word in name.split(" ") if word]
    for kept in ([w for w in parts if w not in _SMALL], parts):
        letters = "".join(word[0] for word in kept).upper()
        for begin in range(len(letters)):
            for end in range(begin + 2, min(len(letters), begin + 8) + 1):
                yield letters[begin:end]


def _spelt(date: str) -> str:
    """A date as people write it, in small letters: "9 october 2018"."""
    year, month, day = ([*date.split("-"), "", ""])[:3]
    if not (month.isdigit() and 1 <= int(month) <= 12):
        return year
    return f"{day.lstrip('0')} {MONTHS[int(month) - 1]} {year}".strip()
