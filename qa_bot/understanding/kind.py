"""Which kind of question is it? A multinomial logistic regression over the embedder's vector and
the words, letters and shape of the question (see :mod:`qa_bot.understanding.features`).

Fitted by ``python -m qa_bot.calibration.kinds`` on ``eval/understanding/kinds.jsonl``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_bot.understanding.features import BUCKETS, hashed, shape
from qa_bot.understanding.weights import read_weights

WEIGHTS = Path(__file__).with_name("kinds.safetensors")
ABOUT = Path(__file__).with_name("kinds.json")
# What is done with a question is the same for the kinds of a group.
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "exact": ("fact", "who_is", "yesno", "why_how", "list"),
        "evidence": ("said_about", "quote_request", "keyword", "elliptic"),
        "overview": ("overview",),
        "compare": ("compare",),
        "attribution": ("attribution",),
        "note": ("social", "meta", "opinion", "out_of_scope"),
    }
)
GROUP_OF: Mapping[str, str] = MappingProxyType(
    {kind: group for group, kinds in GROUPS.items() for kind in kinds}
)
# How much each block of features counts beside the others.
VECTOR, HASHED = np.float32(2.5), np.float32(2.0)


@dataclass(frozen=True, slots=True)
class KindGuess:
    """What a question asks for, as far as can be told.

    Attributes:
        kind: the likeliest kind among all, or of the likeliest group if it is not a note.
        probability: of that kind.
        probabilities: of every kind; they sum to 1.
        multi_part: the probability that several things are asked at once.
        note: whether one of the kinds that no quotation answers is sure enough to hold one back.
    """

    kind: str
    probability: float
    probabilities: Mapping[str, float]
    multi_part: float
    note: bool

    @property
    def group(self) -> str:
        """The group of the kind: exact, evidence, overview, compare, attribution or note."""
        return GROUP_OF[self.kind]

    @property
    def group_probability(self) -> float:
        """How sure it is that the question is of this group."""
        return self.of(*GROUPS[self.group])

    def of(self, *kinds: str) -> float:
        """How sure it is that the question is of one of these kinds."""
        return sum(self.probabilities[kind] for kind in kinds)


def features(question: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Places and values of what the question shows beside its vector."""
    buckets, values = hashed(question)
    form = shape(question)
    (places,) = np.nonzero(form)
    return (
        np.concatenate([buckets, BUCKETS + places]),
        np.concatenate([values * HASHED, form[places]]),
    )


class KindClassifier:
    """Tells the kind of a question in a fraction of a millisecond. Safe to use from many threads.

    Example:
        >>> classifier = KindClassifier.load()
        >>> classifier.classify("What did the mayor say about trams?").kind
        'said_about'
        >>> classifier.classify("Summarise the closing remarks").group
        'overview'
    """

    def __init__(self, about: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> None:
        self.kinds: tuple[str, ...] = tuple(about["kinds"])
        self.note_at = float(about["note_at"])
        self.embedder = str(about["embedder"])
        self._tensors = {name: t.astype(np.float32) for name, t in tensors.items()}

    @classmethod
    def load(cls, weights: Path = WEIGHTS, about: Path = ABOUT) -> KindClassifier:
        """The weights that come with the package.

        Raises:
            ModelError: a file is missing or damaged.
        """
        return read_weights(weights, about, "kinds of questions", cls)

    def classify(self, question: str, vector: NDArray[np.float32] | None = None) -> KindGuess:
        """The kind of a question.

        Args:
            question: as the person wrote it; of a very long one the beginning and end count.
            vector: what the embedder named in ``embedder`` (a fingerprint) makes of the question;
                without it, or with one of another length, the words alone decide, less well.
        """
        places, values = features(question)
        given = vector is not None and vector.shape == (len(self._tensors["both.vector"]),)
        name = "both" if given else "words"
        scores = values @ self._tensors[f"{name}.words"][places] + self._tensors[f"{name}.bias"]
        if vector is not None and given:
            scores = scores + (vector * VECTOR) @ self._tensors["both.vector"]
        *of_kinds, parts = scores.tolist()
        chances = np.exp(np.array(of_kinds) - max(of_kinds))
        chances /= chances.sum()
        by_kind = dict(zip(self.kinds, chances.tolist(), strict=True))
        note = sum(by_kind[kind] for kind in GROUPS["note"])
        kind = max(by_kind, key=by_kind.__getitem__)
        return KindGuess(
            kind=kind,
            probability=by_kind[kind],
            probabilities=MappingProxyType(by_kind),
            multi_part=float(1 / (1 + np.exp(-parts))),
            note=GROUP_OF[kind] == "note" and note >= self.note_at,
        )

    @cached_property
    def size(self) -> int:
        """Numbers that were fitted."""
        return sum(t.size for t in self._tensors.values())
