"""A few sentences that stand for a speech, or for what the filters leave of a collection.

Central ones first: near the mean of their speech's sentences, and of the collection's; the first of
a paragraph counts more, since it says what the paragraph is about, and one that leans on its
neighbour less. Each next one should not say what those before it say (maximal marginal relevance).
Of hundreds of speeches the most central sentences of each take part, and no speech gives more than
its share. What else was tried: docs/research/2026-11-sentences.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from qa_bot.index.sentences import Sentences
from qa_bot.passages.marks import ADDRESS, BARE, LEADS, LEANS, OPENS, WEAK

Vector = NDArray[np.float32]
Rows = NDArray[np.int64]

SHORTEST, LONGEST = 50, 500  # characters of a sentence that may be shown
MOST = 1500  # sentences compared with each other; of more, the most central of each speech
CENTRAL = 0.9  # against likeness to what is chosen already
FIRST = 0.05  # what the first sentence of a paragraph gains
LEANING = 0.1  # what one loses that needs its neighbour to be understood
WEAKNESS = 0.1  # what one loses that asks, breaks off, or goes on from "And"


def overview(
    sentences: Sentences,
    speeches: Sequence[Rows],
    count: int = 8,
    *,
    subject: Vector | None = None,
) -> list[int]:
    """Numbers of the sentences to show, in document order.

    Args:
        speeches: numbers of the sentences of each speech, or of each speaker's part of a document,
            to be covered.
        count: at most so many; five to eight are read.
        subject: unit vector of what the overview is about, if it is about something.
    """
    numbers, owners, worth = _worth(sentences, speeches, subject)
    if not len(numbers) or count < 1:
        return []
    vectors = sentences.vectors[numbers].astype(np.float32)
    share = ceil(count / len(speeches)) + (1 if len(speeches) <= count else 0)
    chosen: list[int] = []
    given: Counter[int] = Counter()
    alike = np.zeros(len(numbers), dtype=np.float32)
    open_to = np.ones(len(numbers), dtype=bool)
    while len(chosen) < count and open_to.any():
        scores = np.round(CENTRAL * worth - (1 - CENTRAL) * alike, 5)
        best = int(np.argmax(np.where(open_to, scores, -np.inf)))  # the first of equal ones
        chosen.append(best)
        open_to[best] = False
        given[int(owners[best])] += 1
        if given[int(owners[best])] >= share:
            open_to &= owners != owners[best]
        alike = np.maximum(alike, vectors @ vectors[best])
    return sorted(numbers[chosen].tolist())


def _worth(
    sentences: Sentences, speeches: Sequence[Rows], subject: Vector | None
) -> tuple[Rows, Rows, Vector]:
    """The sentences that may be shown, whose each is, and what it is worth."""
    fit = [_fit(sentences, own) for own in speeches]
    parts = [part for part in fit if len(part)]
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    most = max(3, MOST // len(parts))
    means = [_unit(sentences.vectors[part].astype(np.float32).mean(axis=0)) for part in parts]
    whole = _unit(np.mean(means, axis=0))
    kept, worth = [], []
    for part, mean in zip(parts, means, strict=True):
        vectors = sentences.vectors[part].astype(np.float32)
        marks = sentences.marks[part]
        value = vectors @ mean if subject is None else vectors @ subject
        if len(parts) > 1 and subject is None:
            value = (value + vectors @ whole) / 2
        value = value + FIRST * ((marks & OPENS) > 0) - LEANING * ((marks & LEANS) > 0)
        value = value - WEAKNESS * ((marks & WEAK) > 0)
        best = np.sort(np.argsort(-np.round(value, 5), kind="stable")[:most])
        kept.append(part[best])
        worth.append(value[best].astype(np.float32))
    owners = np.repeat(np.arange(len(kept)), [len(part) for part in kept])
    return np.concatenate(kept), owners, np.concatenate(worth)


def _fit(sentences: Sentences, own: Rows) -> Rows:
    """The sentences of a speech that say something and can be read at a glance."""
    length = sentences.ends[own] - sentences.starts[own]
    says = (sentences.marks[own] & (LEADS | ADDRESS | BARE)) == 0
    return own[says & (length >= SHORTEST) & (length <= LONGEST)]


def _unit(vector: Vector) -> Vector:
    return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
