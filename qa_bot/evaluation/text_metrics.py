"""Text metrics of extractive question answering: the official SQuAD normalisation, EM and F1.

All scores here are fractions in 0..1; multiply by 100 to compare with published tables.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b", re.UNICODE)
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """Lower-case, drop ASCII punctuation and English articles, join words by single spaces.

    The same four steps in the same order as the official SQuAD script.

    >>> normalise("The  Amazon, rain-forest!")
    'amazon rainforest'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(prediction: str, gold: str) -> float:
    """1.0 when both texts are equal after `normalise`, else 0.0."""
    return float(normalise(prediction) == normalise(gold))


def f1(prediction: str, gold: str) -> float:
    """Bag-of-words F1 of two texts after `normalise`; an empty text matches only another empty one.

    >>> round(f1("the Amazon river", "Amazon"), 3)
    0.667
    """
    predicted, wanted = normalise(prediction).split(), normalise(gold).split()
    if not predicted or not wanted:
        return float(predicted == wanted)
    common = sum((Counter(predicted) & Counter(wanted)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(predicted), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def best_over_golds(prediction: str, golds: Iterable[str]) -> tuple[float, float]:
    """(EM, F1), each the best over the alternative gold answers; no golds means "no answer".

    As in the official script, golds that normalise to nothing are left out first, and a question
    without any gold left is answered rightly by the empty string only.
    """
    kept = [gold for gold in golds if normalise(gold)] or [""]
    return (
        max(exact_match(prediction, gold) for gold in kept),
        max(f1(prediction, gold) for gold in kept),
    )


def best_threshold(
    answer_scores: Sequence[float], confidences: Sequence[float], has_answer: Sequence[bool]
) -> tuple[float, float]:
    """Mean score and threshold when the bot answers only at `confidence >= threshold`.

    `answer_scores[i]` is what question i earns (EM or F1) if its span is given; an abstention earns
    1 when the question has no answer and 0 when it has. `confidences` may be any number that grows
    with certainty (span minus null score). Returns (best mean score in 0..1, threshold); the
    threshold is `inf` when never answering is best. Raises ValueError when lengths differ or the
    lists are empty.
    """
    total = len(answer_scores)
    if not total or total != len(confidences) or total != len(has_answer):
        raise ValueError("best_threshold needs three lists of one length, not empty")
    # Start from never answering, then let questions in from the surest down. A threshold between
    # two equal confidences does not exist, so a group of equals enters as one.
    current = float(sum(not known for known in has_answer))
    best, threshold = current, float("inf")
    order = sorted(range(total), key=lambda i: -confidences[i])
    for place, i in enumerate(order):
        current += answer_scores[i] if has_answer[i] else -1.0
        last_of_group = place + 1 == total or confidences[order[place + 1]] != confidences[i]
        if last_of_group and current > best:
            best, threshold = current, float(confidences[i])
    return best / total, threshold
