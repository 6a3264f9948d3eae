"""Answers cut in the middle: which half is the whole?

A reader often gives one half of a coordinated answer ("because A, and because B", "X, Y and Z") or
a part of a name, while its logits hardly prefer the part. A span grows over a conjunction, or to
the end of a name, when that costs little. All costs are logits, chosen on halves of
dev/fairytaleqa, dev/squad2 and dev/squadshifts_newwiki and reported on the others
(docs/reading.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from qa_bot.reading.boundaries import sentence_numbers

HALVES = 0.5  # most that "A and B" may score below "A": for a short B
PARALLEL = 8.0  # … when both halves begin with one marker: "by A and by B"
UNFINISHED = 6.0  # … when the span is an enumeration without its end: "A, B" of "A, B and C"
HEADLESS = 4.0  # … or without its beginning: "B and C"
NAMES = 3.0  # … when the span stops inside a run of capitalised words
SHORT = 6  # words of a half that grows without a marker; longer ones are other clauses
FAR = 40  # words looked at
STEPS = 6

_CONJUNCTIONS = frozenset(["and", "or", "nor"])
_JOINTS = _CONJUNCTIONS | {"but"}
_COMMAS = frozenset([",", ";"])
_SUBJECTS = frozenset(  # they begin another clause rather than another half
    re.findall(r"\w+", "he she it they we i you this these those there that")
)
_MARKERS = frozenset(
    re.findall(
        r"\w+",
        "because by to for that in on at with through from of when if who which whose as how what "
        "where why since between into under over among against without",
    )
)


def grow(
    words: Sequence[str],
    paragraphs: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    first: int,
    last: int,
) -> tuple[int, int]:
    """The span (first, last), both inclusive, with what belongs to it; never beyond its sentence.

    Args:
        words: the window's words as written.
        paragraphs: (n,), the paragraph each word stands in.
        start, end: (n,), the window's logits with the priors of `boundaries` added.

    >>> words = "They came because of war and because of drought".split()
    >>> start, end = np.zeros(9), np.array([0, 0, 0, 0, 5, 0, 0, 0, 3])
    >>> grow(words, np.zeros(9), start, end, 2, 4)
    (2, 8)
    """
    tokens = [word.lower() for word in words]
    units = sentence_numbers(tokens) + paragraphs * len(tokens)
    least = float(start[first] + end[last])
    first, last = _name(words, units, start, end, (first, last), least)
    for _ in range(STEPS):
        stop = _right(tokens, units, start, end, (first, last), least)
        if stop == last:
            break
        last = stop
    for _ in range(STEPS):
        begin = _left(tokens, units, start, end, (first, last), least)
        if begin == first:
            break
        first = begin
    return first, last


def _name(
    words: Sequence[str],
    units: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    span: tuple[int, int],
    least: float,
) -> tuple[int, int]:
    """The span up to both ends of the runs of capitalised words that it stops in."""
    first, last = span
    stop = last
    while stop + 1 < len(words) and units[stop + 1] == units[last] and _capital(words, stop):
        if not words[stop + 1][0].isupper():
            break
        stop += 1
    if start[first] + end[stop] >= least - NAMES:
        last = stop
    begin = first
    # The first word of a sentence is always capitalised: that says nothing.
    while begin > 1 and units[begin - 2] == units[first] and _capital(words, begin):
        if not words[begin - 1][0].isupper():
            break
        begin -= 1
    return (begin if start[begin] + end[last] >= least - NAMES else first), last


def _capital(words: Sequence[str], place: int) -> bool:
    return words[place][0].isupper()


def _right(
    tokens: Sequence[str],
    units: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    span: tuple[int, int],
    least: float,
) -> int:
    """The last word of the half after the span, or the span's own last word."""
    first, last = span
    at = last + 1
    while at < len(tokens) and tokens[at] in _COMMAS:
        at += 1
    begin = at + 1
    if begin >= len(tokens) or tokens[at] not in _JOINTS or units[begin] != units[last]:
        return last
    stop = begin
    while stop < min(len(tokens), begin + FAR) and units[stop] == units[last]:
        stop += 1
    marker = tokens[begin]
    if marker in _MARKERS and marker in (tokens[first], tokens[first - 1] if first else ""):
        best = begin + int(end[begin:stop].argmax())
        if start[first] + end[best] >= least - PARALLEL:
            return best
    if tokens[at] == "but" or marker in _SUBJECTS:
        return last
    best = begin + int(end[begin : min(stop, begin + SHORT)].argmax())
    inside = tokens[first : last + 1]
    unfinished = "," in inside and not _CONJUNCTIONS.intersection(inside)
    cost = UNFINISHED if unfinished else HALVES
    return best if start[first] + end[best] >= least - cost else last


def _left(
    tokens: Sequence[str],
    units: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    span: tuple[int, int],
    least: float,
) -> int:
    """The first word of the half before the span, or the span's own first word."""
    first, last = span
    stop = first - 1
    if stop < 1 or units[stop] != units[first]:
        return first
    headless = tokens[stop] in _COMMAS and bool(_CONJUNCTIONS.intersection(tokens[first:last]))
    if tokens[stop] not in _CONJUNCTIONS and not headless:
        return first
    while stop > 1 and tokens[stop - 1] in _COMMAS:
        stop -= 1
    begin = max(0, stop - SHORT)
    while begin < stop and units[begin] != units[first]:
        begin += 1
    if begin == stop:
        return first
    best = begin + int(start[begin:stop].argmax())
    same = tokens[first] in _MARKERS and tokens[first] == tokens[best]
    cost = HEADLESS if headless else PARALLEL if same else HALVES
    return best if start[best] + end[last] >= least - cost else first
