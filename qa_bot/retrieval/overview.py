"""A few sentences that cover a speech, or what the filters leave of a collection.

Every sentence asks to be stood for by one that is shown, and is as well served as the nearest of
these is near to it (cosine); headings and the first sentences of lists ask with double voice, those
far from everything else with hardly any. Greedily, the sentence comes next that serves most of what
is not served yet: central ones first, then what they leave out. (Facility location, a submodular
function: the greedy choice reaches at least 63 % of the best possible one.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_bot.index.sentences import Sentences
from qa_bot.passages.marks import ADDRESS, BARE, LEADS, LEANS

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

SHORTEST, LONGEST = 50, 500  # characters of a sentence that may stand for others
MOST = 1500  # sentences compared with each other; of more, the most central of each speech
HEADINGS = 2.0  # how much a heading counts, against a sentence
LEANING = 0.9  # what a sentence is worth that needs its neighbour to be understood
CUES = 0.0


def overview(
    sentences: Sentences,
    rows: Sequence[int],
    count: int = 6,
    *,
    subject: NDArray[np.float32] | None = None,
) -> list[int]:
    """Numbers of the sentences to show, in document order.

    Args:
        rows: numbers of the documents to be covered.
        count: at most so many.
        subject: unit vector of what the overview is about, if it is about something: sentences
            count as much as they are near to it.
    """
    may, asks, weight = _candidates(sentences, rows, subject)
    if not len(may) or count < 1:
        return []
    supply = sentences.vectors[may].astype(np.float32)
    demand = sentences.vectors[asks].astype(np.float32)
    near = np.maximum(demand @ supply.T, 0.0)  # (asking, may be shown)
    worth = np.where(sentences.marks[may] & LEANS, LEANING, 1.0).astype(np.float32)
    if subject is not None:
        worth = worth * np.maximum(supply @ subject, 0.0)
    near *= worth[None, :]
    served = np.zeros(len(asks), dtype=np.float32)
    chosen: list[int] = []
    for _ in range(min(count, len(may))):
        gain = np.round(weight @ np.maximum(near - served[:, None], 0.0), 5)
        gain[chosen] = -1.0
        best = int(np.argmax(gain))  # the first of equal ones
        chosen.append(best)
        served = np.maximum(served, near[:, best])
    return sorted(may[chosen].tolist())


def _candidates(
    sentences: Sentences, rows: Sequence[int], subject: NDArray[np.float32] | None
) -> tuple[Rows, Rows, Vectors]:
    """Sentences that may be shown, sentences that ask to be stood for, and how much each asks."""
    parts = [sentences.of(row) for row in sorted(set(rows))]
    parts = [part for part in parts if part.stop > part.start]
    may, asks, weights = [], [], []
    for part in parts:
        numbers = np.arange(part.start, part.stop)
        marks = sentences.marks[part]
        length = sentences.ends[part] - sentences.starts[part]
        says = (marks & (LEADS | ADDRESS | BARE)) == 0
        fit = says & (length >= SHORTEST) & (length <= LONGEST)
        counted = ((marks & (ADDRESS | BARE)) == 0) | ((marks & LEADS) > 0)
        vectors = sentences.vectors[part].astype(np.float32)
        middle = vectors[says].mean(axis=0) if says.any() else vectors.mean(axis=0)
        central = np.maximum(vectors @ (middle / max(float(np.linalg.norm(middle)), 1e-9)), 0.0)
        if subject is not None:
            central = np.maximum(vectors @ subject, 0.0) ** 2
        weight = central * np.where(marks & LEADS, HEADINGS, 1.0)
        share = max(3, MOST // len(parts))
        may.append(_most(numbers[fit], central[fit], share))
        kept = _most(numbers[counted], weight[counted], share)
        asks.append(kept)
        weights.append(weight[kept - part.start])
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    return (
        np.concatenate(may),
        np.concatenate(asks),
        np.concatenate(weights).astype(np.float32),
    )


def _most(numbers: Rows, values: NDArray[np.float32], most: int) -> Rows:
    """The numbers with the highest values, ascending; the earlier of equal ones."""
    if len(numbers) <= most:
        return numbers
    return np.sort(numbers[np.argsort(-np.round(values, 6), kind="stable")[:most]])
