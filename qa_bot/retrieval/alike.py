"""Of passages and sentences that say the same, one: the newest, if the question picks no other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa_bot.index.sentences import Sentences
from qa_bot.passages.marks import ADDRESS, BARE, LEADS
from qa_bot.schema import DocumentInfo

Rows = NDArray[np.int64]

SAYS_NOTHING = LEADS | ADDRESS | BARE
ALL = 0.95  # of a passage's characters: in sentences that were shown, it says nothing new
HALF = 0.5  # … and in them the sentence nearest to the question: it comes after what is new
_PREPARED = re.compile(r"\b(?:draft|embargo(?:ed)?|as prepared|advance (?:copy|text))\b", re.I)


def newest_first(documents: Sequence[DocumentInfo]) -> list[int]:
    """Of each document its place in the order: what was delivered before drafts, then the newest.

    Example:
        >>> newest_first([DocumentInfo("a", date="2017"), DocumentInfo("b", date="2018"),
        ...               DocumentInfo("c", title="Speech (draft)", date="2019")])
        [1, 0, 2]
    """
    rows = sorted(range(len(documents)), key=lambda row: documents[row].date, reverse=True)
    rows.sort(key=lambda row: _prepared(documents[row]))
    place = [0] * len(documents)
    for at, row in enumerate(rows):
        place[row] = at
    return place


def _prepared(document: DocumentInfo) -> bool:
    name = re.sub(r"[\W_]+", " ", f"{document.title} {document.path}")
    return _PREPARED.search(name) is not None


def one_of_each(sentences: Sentences, numbers: Rows, rank: Rows) -> Rows:
    """Of sentences that say the same the one of the lowest rank; the others as they are, in order.

    Args:
        rank: one for each of ``numbers``; the first of equal ones is kept.
    """
    order = np.lexsort((numbers, rank, sentences.alike[numbers]))
    groups = sentences.alike[numbers][order]
    first = np.ones(len(groups), dtype=bool)
    first[1:] = groups[1:] != groups[:-1]
    return np.sort(numbers[order[first]])


@dataclass
class Shown:
    """A passage, and those that say nothing new beside it, all by ordinal."""

    ordinal: int
    others: list[int] = field(default_factory=list)


class AlikePassages:
    """Which passages of one index say what others say."""

    def __init__(
        self, sentences: Sentences, documents: Sequence[DocumentInfo], rows: Rows,
        first: Rows, last: Rows,
    ) -> None:  # fmt: skip
        """
        Args:
            rows: the number of each passage's document.
            first, last: of each passage its first sentence, and the one after its last.
        """
        self._sentences = sentences
        self._rows, self._first, self._last = rows, first, last
        self._place = newest_first(documents)
        shared = np.bincount(sentences.alike, minlength=len(sentences))[sentences.alike] > 1
        before = np.concatenate([[0], np.cumsum(shared)])
        self._repeats = before[last] > before[first]

    def distinct(
        self, ordinals: Sequence[int], nearest: Sequence[int], asked: Collection[int]
    ) -> list[Shown]:
        """The passages that say something new, best first, each with those that do not beside it.

        Args:
            ordinals: best first.
            nearest: of each the number of the sentence nearest to the question; -1 for none.
            asked: the numbers of the question's words in the vocabulary: of passages alike, the one
                that holds more of them is meant.
        """
        chosen: list[Shown] = []
        later: list[Shown] = []
        said: dict[int, dict[int, Shown]] = defaultdict(dict)  # group → document's row → passage
        for ordinal, best in zip(ordinals, nearest, strict=True):
            made = Shown(ordinal)
            if not self._repeats[ordinal]:
                chosen.append(made)
                continue
            row, groups, weights = self._said(ordinal)
            beside: dict[int, float] = defaultdict(float)  # characters in common with one shown
            old = np.zeros(len(groups), dtype=bool)
            for at, group in enumerate(groups):
                by = [shown for other, shown in said[group].items() if other != row]
                old[at] = bool(by)
                for shown in by:
                    beside[shown.ordinal] += weights[at]
            share = float(weights[old].sum() / weights.sum()) if len(groups) else 0.0
            if share >= ALL:
                host = max(beside, key=lambda other: (beside[other], -other))
                next(s for s in (*chosen, *later) if s.ordinal == host).others.append(ordinal)
                continue
            group = int(self._sentences.alike[best]) if best >= 0 else -1
            put_off = share >= HALF and any(other != row for other in said[group])
            (later if put_off else chosen).append(made)
            for group in groups:
                said[group].setdefault(row, made)
        return [self._meant(shown, asked) for shown in (*chosen, *later)]

    def _said(self, ordinal: int) -> tuple[int, list[int], NDArray[np.float64]]:
        """The document, the groups of the sentences that say something, and their lengths."""
        numbers = np.arange(self._first[ordinal], self._last[ordinal])
        numbers = numbers[(self._sentences.marks[numbers] & SAYS_NOTHING) == 0]
        weights = (self._sentences.ends[numbers] - self._sentences.starts[numbers]).astype(float)
        return int(self._rows[ordinal]), self._sentences.alike[numbers].tolist(), weights

    def _meant(self, shown: Shown, asked: Collection[int]) -> Shown:
        """The same with the passage in front that the question means, or else the newest."""
        if not shown.others:
            return shown
        own = set(self._said(shown.ordinal)[1])
        equal = [one for one in shown.others if own <= set(self._said(one)[1])]
        front = min(
            [shown.ordinal, *equal],
            key=lambda one: (
                -len(self._words(one) & set(asked)),
                self._place[int(self._rows[one])],
                one,
            ),
        )
        others = [one for one in (shown.ordinal, *shown.others) if one != front]
        others.sort(key=lambda one: (self._place[int(self._rows[one])], one))
        return Shown(front, others)

    def _words(self, ordinal: int) -> set[int]:
        ends = self._sentences.word_ends
        first, last = int(self._first[ordinal]), int(self._last[ordinal])
        if first >= last:
            return set()
        begin = int(ends[first - 1]) if first else 0
        return set(self._sentences.words[begin : int(ends[last - 1])].tolist())
