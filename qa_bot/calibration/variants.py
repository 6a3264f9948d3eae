"""Questions with a speaker and a time put into them, to fit classifiers on.

People name who spoke and when in questions of every kind ("what did Silva say about youth in
1998?"); the rows written by hand seldom do. A classifier fitted on those alone takes a year for a
sign of a comparison.
"""

from __future__ import annotations

import random
import re

# Of many languages; a question of any kind may name any of them.
_NAMES = (
    "Silva", "Okafor", "Merkel", "Lindqvist", "Tanaka", "Haddad", "Novak", "Roosevelt", "Mbeki",
    "Thompson", "O'Brien", "van Dijk", "Kim", "Ortega", "Lagarde", "Sharma", "Ana Ruiz",
    "John Carver", "President Weah", "Mr. Petrov", "Ms. Laurent", "Secretary-General Annan",
    "Pres. Taft", "JFK", "the prime minister", "the commissioner", "governor Reyes", "Bush senior",
)  # fmt: skip
_MONTHS = ("January", "March", "May", "June", "September", "October", "December")
_PERSON = re.compile(
    r"\b(?:he|she|they|"
    r"the (?:mayor|minister|president|speaker|director|author|chair\w*|governor))\b",
    re.IGNORECASE,
)
_END = re.compile(r"[\s?.!]*$")


def variants(question: str, seed: int) -> list[str]:
    """A question with a time, and with a speaker and perhaps a time.

    Example:
        >>> variants("what did he say about youth?", 4)
        ['what did he say about youth in 1930?', 'what did jfk say about youth in 1919?']
    """
    chance = random.Random(seed)
    made = [_ending(question, _time(chance))]
    name = chance.choice(_NAMES)
    if found := _PERSON.search(question):
        named = f"{question[: found.start()]}{name}{question[found.end() :]}"
    else:
        named = _ending(question, chance.choice((f" according to {name}", f" in {name}'s speech")))
    if chance.random() < 0.5:
        named = _ending(named, _time(chance))
    if chance.random() < 0.3:
        named = named.lower()
    return [*made, named]


def _time(chance: random.Random) -> str:
    year = chance.choice((*range(1900, 2026), 2030))
    return chance.choice(
        (
            f" in {year}",
            f" in {year}",
            f" ({year})",
            f", {year}",
            f" {year}",
            f" in {chance.choice(_MONTHS)} {year}",
            f" in the {year} address",
            f" in the {year // 10 * 10}s",
            " in the closing speech",
            " last year",
        )
    )


def _ending(question: str, words: str) -> str:
    """The question with words put before its last mark."""
    end = _END.search(question)
    at = end.start() if end else len(question)
    return f"{question[:at]}{words}{question[at:]}"
