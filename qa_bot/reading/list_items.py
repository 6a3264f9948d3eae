"""Items that stand apart: sentences that begin First, Second, Third, and neighbouring bullets.

An answer found in one of them belongs to a list whose other items the reader often overlooks,
because each is a sentence of its own.
"""

from __future__ import annotations

import re

from qa_bot.reading.boundaries import sentence_numbers
from qa_bot.reading.prepare import Prepared

MAX_ITEM_WORDS = 60
LONGEST_BULLET = 3  # words: "(", "1", ")"

_ORDINALS = {
    word: rank
    for rank, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"), start=1)
    for word in (word, f"{word}ly")
}
_LAST = frozenset(["finally", "lastly", "last"])
_BULLETS = frozenset("•‣◦▪●–—-*·")
_AFTER_ORDINAL = frozenset([",", ":", "-", "–"])
_NUMBER = re.compile(r"\d{1,2}|[a-z]|[ivx]{1,4}")
_DANGLING = frozenset(["and", "or", ",", ";"])
_END = 99  # the rank of "finally"


def list_items(prepared: Prepared, first: int, last: int) -> list[tuple[int, int]]:
    """The items of the list that the words first..last stand in, in order; [] when in none.

    Items are word ranges (both ends inclusive) without their ordinal or bullet: the rest of the
    sentence after an ordinal, the rest of the line after a bullet. At least two, in rising order of
    their ordinals; of more than MAX_ITEM_WORDS words only the one that holds first..last.
    """
    tokens = [token.lower() for token in prepared.tokens]
    lines = prepared.paragraphs
    units = sentence_numbers(tokens) + lines * len(tokens)
    begins = [i for i in range(len(tokens)) if i == 0 or units[i] != units[i - 1]]
    bounds = [(a, b - 1) for a, b in zip(begins, [*begins[1:], len(tokens)], strict=True)]
    return _run(tokens, _bullets(tokens, lines.tolist()), first, last) or _run(
        tokens, _ordinals(tokens, bounds), first, last
    )


Item = tuple[int, int]  # first word, last word


def _bullets(tokens: list[str], lines: list[int]) -> list[list[Item]]:
    """Runs of neighbouring lines that begin with the same bullet, or with numbers."""
    runs: list[list[Item]] = []
    begins = [i for i in range(len(tokens)) if i == 0 or lines[i] != lines[i - 1]]
    previous = ("", -1)
    for a, stop in zip(begins, [*begins[1:], len(tokens)], strict=True):
        kind, begin = _bullet(tokens, a, stop)
        if kind and begin < stop:
            if previous != (kind, lines[a] - 1):
                runs.append([])
            runs[-1].append((begin, stop - 1))
            previous = (kind, lines[a])
    return runs


def _bullet(tokens: list[str], begin: int, stop: int) -> tuple[str, int]:
    """What sort of bullet the line begins with ("" for none), and the first word after it."""
    if tokens[begin] in _BULLETS:
        return tokens[begin], begin + 1
    at = begin + (tokens[begin] == "(")
    if at + 1 < stop and _NUMBER.fullmatch(tokens[at]) and tokens[at + 1] in (")", "."):
        return "number", at + 2
    return "", begin


def _ordinals(tokens: list[str], bounds: list[Item]) -> list[list[Item]]:
    """Runs of sentences whose ordinals rise; "finally" ends a run."""
    runs: list[list[Item]] = []
    rank = _END
    for a, b in bounds:
        at = a + (tokens[a] == "and")
        found = _END if at <= b and tokens[at] in _LAST else _ORDINALS.get(tokens[min(at, b)], 0)
        if not found or at + 2 > b or tokens[at + 1] not in _AFTER_ORDINAL:
            continue
        if found <= rank and not (found == _END and rank < _END):
            runs.append([])
        runs[-1].append((at + 2, b))
        rank = found
    return runs


def _run(tokens: list[str], runs: list[list[Item]], first: int, last: int) -> list[tuple[int, int]]:
    """The items of the run that has one which holds first..last."""
    for run in runs:
        if len(run) > 1 and any(_holds(item, first, last) for item in run):
            return [
                (a, _stop(tokens, a, b))
                for a, b in run
                if b - a < MAX_ITEM_WORDS or _holds((a, b), first, last)
            ]
    return []


def _holds(item: Item, first: int, last: int) -> bool:
    """Whether words stand in an item, its number included: "(1) a commission"."""
    return item[0] - LONGEST_BULLET <= first and item[0] <= last <= item[1]


def _stop(tokens: list[str], first: int, last: int) -> int:
    """The last word without what leads on to the next item."""
    while last > first and tokens[last] in _DANGLING:
        last -= 1
    return last
