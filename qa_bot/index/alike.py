"""Which sentences are said more than once: word for word, or nearly so in versions of one speech.

A sentence is known by its words without case and marks. Speeches are versions of one another when
most of the shorter one's sentences are the other's, whatever names stand in them: a standard speech
given in five towns, a draft and what was delivered. Only there, sentences count as alike that
differ in a name or in few words, never in a number or a negation.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa_bot.text.names import word_set

Ints = NDArray[np.int32]

# Raise it when other sentences would count as alike.
ALIKE_FINGERPRINT = "1"
LEAST_WORDS = 6  # what anybody may say is shorter: "Thank you all very much."
SHARE = 0.6  # of the words of the shorter of two speeches, in sentences of the other
LEAST_SENTENCES = 2
NEAR = 0.7  # pairs of neighbouring words that two sentences share, of all that they have
COMMON = 50  # speeches, of different kinds, with a sentence: more tell nothing about any two
NAME = "_"
_DIGIT = re.compile(r"\d")
# Signs that are no part of a word or an amount; "-5" and "1.5" keep theirs.
_SIGNS = re.compile(r"[^\w\s$€£¥₹%]+")
_AROUND_NUMBERS = re.compile(r"(?!(?<!\S)[-−+]\d)(?:[^\w\s$€£¥₹%]++(?!\d)|(?<!\d)[^\w\s$€£¥₹%]++)")
# What makes another statement of a sentence that is otherwise the same.
_DECISIVE = word_set(
    "not no never nor neither without none nothing nobody cannot t ne pas jamais ni sin nunca "
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty "
    "fifty sixty seventy eighty ninety half quarter dozen hundred hundreds thousand thousands "
    "million millions billion billions trillion first second third less fewer more"
)


def alike(rows: Sequence[int] | Ints, texts: Sequence[str]) -> Ints:
    """For each sentence the number of the first one that says the same, often its own; shape (n,).

    Takes time in step with the number of words.

    Args:
        rows: the number of each one's document, ascending.
        texts: the cleaned words of each.

    Example:
        >>> alike([0, 0, 1], ["We shall pay every bill.", "So be it.", "We shall pay every bill."])
        array([0, 1, 2], dtype=int32)
        >>> alike([0, 1], ["We shall pay every bill of yours.", "we shall pay every bill of yours"])
        array([0, 0], dtype=int32)
    """
    words = [
        (_AROUND_NUMBERS if _DIGIT.search(text) else _SIGNS).sub(" ", text).split()
        for text in texts
    ]
    exact = [" ".join(line).casefold() for line in words]
    masked = [_masked(line) for line in words]
    groups = _Groups(len(words))
    first: dict[object, int] = {}
    for at, key in enumerate(exact):
        if len(words[at]) >= LEAST_WORDS:
            groups.join(first.setdefault(key, at), at)
    own = _by_document(rows)
    leaders = _versions(own, masked, [len(line) for line in words])
    several = Counter(leaders.values())
    for row, leader in leaders.items():
        if several[leader] < 2:
            continue
        for at in own[row]:
            if _says(masked[at]):
                groups.join(first.setdefault((leader, masked[at]), at), at)
    pairs: dict[int, _Pairs] = {}
    for row, leader in leaders.items():
        if row == leader:
            continue
        if leader not in pairs:
            pairs[leader] = _Pairs(own[leader], exact)
        for at in own[row]:
            if len(words[at]) >= LEAST_WORDS and groups.root(at) == at:
                near = pairs[leader].near(exact[at])
                if near is not None:
                    groups.join(near, at)
    return np.array([groups.root(at) for at in range(len(words))], dtype=np.int32)


class _Groups:
    """Numbers that belong together, known by the lowest of them."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, at: int) -> int:
        while self._above[at] != at:
            self._above[at] = self._above[self._above[at]]
            at = self._above[at]
        return at

    def join(self, one: int, other: int) -> None:
        one, other = self.root(one), self.root(other)
        self._above[max(one, other)] = min(one, other)


class _Pairs:
    """The sentences of one speech by the pairs of neighbouring words in them."""

    def __init__(self, numbers: Sequence[int], texts: Sequence[str]) -> None:
        self._pairs = {at: _pairs(texts[at]) for at in numbers}
        self._decisive = {at: _decisive(texts[at]) for at in numbers}
        self._with: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, pairs in self._pairs.items():
            for pair in pairs:
                if len(self._with[pair]) < COMMON:
                    self._with[pair].append(at)

    def near(self, text: str) -> int | None:
        """The sentence nearest to these words, if it is near and decides the same."""
        asked = _pairs(text)
        shared = Counter(at for pair in asked for at in self._with.get(pair, ()))
        decisive = _decisive(text)
        near = [
            (count / len(asked | self._pairs[at]), -at)
            for at, count in shared.items()
            if self._decisive[at] == decisive
        ]
        share, at = max(near, default=(0.0, 0))
        return -at if share >= NEAR else None


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    words = text.split()
    return frozenset(pairwise(words))


def _decisive(text: str) -> Counter[str]:
    return Counter(
        word for word in text.split() if word in _DECISIVE or any(c.isdecimal() for c in word)
    )


def _masked(words: Sequence[str]) -> str:
    """The words with a sign for each name; the first word counts as none, nor does "I"."""
    names = [NAME if word[0].isupper() and word != "I" else word for word in words[1:]]
    return " ".join([*words[:1], *names]).casefold()


def _says(masked: str) -> bool:
    """Whether more than names is left of a sentence."""
    words = masked.split()
    return 2 * words.count(NAME) < len(words)


def _by_document(rows: Sequence[int] | Ints) -> dict[int, list[int]]:
    own: dict[int, list[int]] = defaultdict(list)
    for at, row in enumerate(np.asarray(rows).tolist()):
        own[row].append(at)
    return own


def _versions(
    own: dict[int, list[int]], masked: Sequence[str], lengths: Sequence[int]
) -> dict[int, int]:
    """For each document the first one that it is a version of, often itself."""
    leaders: dict[int, int] = {}
    weights: dict[int, int] = {}
    saying: dict[str, list[int]] = defaultdict(list)
    for row, numbers in own.items():
        long = {
            masked[at]: lengths[at]
            for at in numbers
            if lengths[at] >= LEAST_WORDS and _says(masked[at])
        }
        weights[row] = sum(long.values())
        shared: Counter[int] = Counter()
        often: Counter[int] = Counter()
        for key, weight in long.items():
            for leader in saying.get(key, ()):
                shared[leader] += weight
                often[leader] += 1
        fit = [
            (weight, -leader)
            for leader, weight in shared.items()
            if often[leader] >= LEAST_SENTENCES
            and weight >= SHARE * min(weights[row], weights[leader])
        ]
        if fit:
            leaders[row] = -max(fit)[1]
            continue
        leaders[row] = row
        for key in long:
            if len(saying[key]) < COMMON:
                saying[key].append(row)
    return leaders
