"""Two runs side by side: what got better, what got worse, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qa_bot.evaluation.intervals import Difference, Floats, paired_difference
from qa_bot.evaluation.results import Evaluation, Result

# What is compared, and how it is called in reports.
COMPARED = {
    "f1": "answer F1",
    "em": "answer exact match",
    "right": "answers right",
    "decided": "found / not found right",
    "recall@5/fused": "recall@5, fused",
    "ndcg@10/fused": "nDCG@10, fused",
    "reading_f1": "F1 with gold passage",
    "users_score": "users' score",
    "misled": "users misled",
}
LOWER_IS_BETTER = frozenset(["misled"])
CHANGED = 1e-6


@dataclass(frozen=True)
class Pair:
    """One question in both runs."""

    new: Result
    old: Result

    @property
    def gain(self) -> float:
        """Change of the answer's F1; of a question as people ask it, of what came of it."""
        return _worth(self.new) - _worth(self.old)


@dataclass(frozen=True)
class Comparison:
    """A run against an earlier one, on the questions that both were asked.

    Attributes:
        differences: by score name, new minus old; ``p_worse`` is about a rise where lower is
            better.
        better, worse: questions whose answer gained or lost, the largest change first.
        only_new, only_old: ids of questions that only one run has, or that were edited since.

    Example:
        >>> run = Evaluation({}, {})
        >>> compare(run, run).worse
        ()
    """

    pairs: tuple[Pair, ...]
    differences: dict[str, Difference]
    better: tuple[Pair, ...]
    worse: tuple[Pair, ...]
    only_new: tuple[str, ...]
    only_old: tuple[str, ...]


def compare(new: Evaluation, old: Evaluation) -> Comparison:
    """Pair the questions by what they ask and their gold answers, and test the differences."""
    before = {result.key: result for result in old.results}
    pairs = tuple(Pair(r, before[r.key]) for r in new.results if r.key in before)
    shared = {pair.new.key for pair in pairs}
    return Comparison(
        pairs=pairs,
        differences={
            name: _difference(_scores(pairs, "new", name), _scores(pairs, "old", name), name)
            for name in COMPARED
        },
        better=tuple(sorted((p for p in pairs if p.gain > CHANGED), key=lambda p: -p.gain)),
        worse=tuple(sorted((p for p in pairs if p.gain < -CHANGED), key=lambda p: p.gain)),
        only_new=tuple(r.id for r in new.results if r.key not in shared),
        only_old=tuple(r.id for r in old.results if r.key not in shared),
    )


def _worth(result: Result) -> float:
    """F1 of the answer; or the worth of an outcome, to be misled counting as a loss."""
    if result.outcome:
        return result.score("users_score") - result.score("misled")
    return result.score("f1")


def _difference(new: Floats, old: Floats, name: str) -> Difference:
    if name not in LOWER_IS_BETTER:
        return paired_difference(new, old)
    turned = paired_difference(-new, -old)
    return replace(turned, mean=-turned.mean, low=-turned.high, high=-turned.low)


def _scores(pairs: Sequence[Pair], side: str, name: str) -> Floats:
    return np.array([getattr(pair, side).score(name) for pair in pairs], dtype=np.float64)
