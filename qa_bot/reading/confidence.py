"""How sure the bot may be of a span: a probability from reader and retriever features.

A logistic regression over a few features says which spans are right; a second, one-dimensional one
(Platt 1999) corrects for always showing the first span of each question. The order of spans stays
the reader's: ordering by these probabilities answered fewer questions rightly (docs/reading.md).
Both are fitted on held-out questions by ``python -m qa_bot.calibration`` and kept as numbers in a
JSON file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_bot.errors import ModelError
from qa_bot.reading.asked_for import lacks_amount, lacks_name
from qa_bot.reading.unmatched_names import unmatched_names
from qa_bot.schema import Hit, Span
from qa_bot.text.stems import words as stems

Floats = NDArray[np.float64]

FILE = "calibration.json"
# Without a fitted file: a span-minus-null score of 0 logits is even odds, and every 4 logits are a
# factor of e. Scores of readers trained on SQuAD 2.0 lie within about ±16.
DEFAULT_SCALE = 4.0
DEFAULT_MIN_CONFIDENCE = 0.25  # without a fitted file, or with one that does not say
SCORE_LIMIT = 16.0
SIZES = (10, 1000)  # passages: smaller and larger collections count as the nearest it is fitted on
RIDGE = 1.0  # prior on the weights of standardised features: as much as a few questions
FEATURES = (
    "score",  # span minus null, logits
    "margin",  # to the best other answer, logits; negative for all but the best
    "agreement",  # log of 1 + other passages in which the same words were found, above null
    "dense",  # cosine similarity of question and the span's passage
    "fused",  # the retriever's score of the span's passage
    "rank",  # log of the passage's rank
    "nearest",  # best cosine similarity among all hits
    "words",  # log of the span's length
    "pool size",  # log of how many passages were searched: more of them, more near misses
    "unmatched names",  # how much of a name or number of the question the passage lacks
    "conflict",  # to the best answer that says something else elsewhere, logits
    "first",  # what the first of two readers gives the same words, logits
    "covered",  # share of the question's words that the span's sentence, or its speech's entry, has
    "no amount",  # 1: an amount is asked for, and the span holds none
    "no name",  # 1: a name is asked for, and the span holds none
)

# Products of two features, further columns of the regression. A small collection and a large one
# trust the same margin differently, so do a short answer and a long one, and among very low scores
# a logit more or less says little.
PRODUCTS = (
    ("score", "score"),
    ("pool size", "pool size"),
    ("margin", "pool size"),
    ("margin", "words"),
)
_RENAMED = {"among": "pool size", "strangers": "unmatched names"}
TERMS = (*FEATURES, *(" x ".join(pair) for pair in PRODUCTS))
# What a fit uses, and which way it may count: a term that comes out the other way is left out. They
# mean the same in every collection; the others helped the collections fitted on and no other
# (docs/reading.md, Confidence).
FITTED_SPANS = 1
FITTED: Mapping[str, int] = {
    "score": 1,
    "conflict": 1,
    "first": 1,
    "covered": 1,
    "words": 0,
    "unmatched names": -1,
    "no amount": -1,
    "no name": -1,
}


@dataclass(frozen=True)
class Calibration:
    """Turns a question's spans into probabilities of being right.

    Made by `fit` or `load`; `Calibration()` is the documented default for readers that have no
    fitted file.

    Attributes:
        mean, scale, weights: one value per term of `TERMS`; empty for the default.
        bias: of the regression over features.
        slope, shift: of the second regression, over the first one's log-odds.
        min_confidence: the least probability to answer at, where the setting does not say.
        provenance: what it was fitted on, for people.

    Example:
        >>> from qa_bot.schema import Passage
        >>> passage = Passage("talk", 0, 6, "Geneva")
        >>> Calibration().confidence([Span(passage, 0, 6, 0.0)], [])
        [0.5]
    """

    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    bias: float = 0.0
    slope: float = 1.0
    shift: float = 0.0
    min_confidence: float = DEFAULT_MIN_CONFIDENCE
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fitted(self) -> bool:
        """Whether this was fitted, rather than the default."""
        return bool(self.weights)

    def confidence(
        self, spans: Sequence[Span], hits: Sequence[Hit], question: str = ""
    ) -> list[float]:
        """The probability (0..1) of each span, in their order; never more than of one before it.

        Args:
            spans: all spans of one question, best first, as the reader gave them.
            hits: the passages they were read from, as the retriever gave them.
            question: as the reader was asked it; without it, its names are not looked for.
        """
        return self.of_features(features(spans, hits, question)).tolist()

    def of_features(self, table: Floats) -> Floats:
        """The same from rows of `features` (spans, features): probabilities (spans,)."""
        if not self.fitted:
            sure = _sigmoid(table[:, FEATURES.index("score")] / DEFAULT_SCALE)
        else:
            sure = _sigmoid(self.slope * self._log_odds(table) + self.shift)
        return np.minimum.accumulate(sure)

    def _log_odds(self, table: Floats) -> Floats:
        standard = (_terms(table) - np.array(self.mean)) / np.array(self.scale)
        return np.nan_to_num(standard, nan=0.0) @ np.array(self.weights) + self.bias

    @classmethod
    def fit(
        cls,
        tables: Sequence[Floats],
        right: Sequence[Sequence[bool]],
        provenance: Mapping[str, Any] | None = None,
        *,
        weights: Sequence[float] | None = None,
        terms: Mapping[str, int] = FITTED,
    ) -> Calibration:
        """Fit on the best span of each question: it decides whether the bot speaks.

        The other spans would teach that what comes second is wrong, whatever it says.

        Args:
            tables: `features` of each question's spans, (spans, features), best first.
            right: whether each of those spans answers its question.
            provenance: what it is fitted on, for people.
            weights: how much each question counts; all 1 by default.
            terms: those of `TERMS` that are used, and the sign that a weight may have; 0: any.

        Raises:
            ValueError: no question has a span, or all spans are right, or all wrong.
        """
        counts = weights if weights is not None else [1.0] * len(tables)
        kept = [
            (table[:FITTED_SPANS], np.array(outcome[:FITTED_SPANS], dtype=np.float64), weight)
            for table, outcome, weight in zip(tables, right, counts, strict=True)
            if len(table)
        ]
        outcomes = np.concatenate([r for _, r, _ in kept]) if kept else np.zeros(0)
        if not 0 < outcomes.sum() < len(outcomes):
            raise ValueError("calibration needs spans that are right and spans that are wrong")
        stacked = _terms(np.concatenate([t for t, _, _ in kept]))
        known = ~np.isnan(stacked)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, stacked, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, stacked - mean, 0.0) ** 2).sum(axis=0) / count)
        scale = np.where(spread > 1e-9, spread, 1.0)
        standard = np.nan_to_num((stacked - mean) / scale, nan=0.0)
        per_span = np.concatenate([np.full(len(r), weight) for _, r, weight in kept])
        used = [n for n, name in enumerate(TERMS) if name in terms]
        while True:
            found, bias = logistic(standard[:, used], outcomes, weights=per_span)
            wrong = [
                (abs(w), n) for n, w in zip(used, found, strict=True) if w * terms[TERMS[n]] < 0
            ]
            if not wrong:
                break
            used.remove(max(wrong)[1])
        solution = np.zeros(len(TERMS))
        solution[used] = found
        first = cls(tuple(mean.tolist()), tuple(scale.tolist()), tuple(solution.tolist()), bias)
        shown = np.array([first._log_odds(t[:1])[0] for t, _, _ in kept])
        outcome = np.array([r[0] for _, r, _ in kept])
        slope, shift = np.ones(1), 0.0
        if 0 < outcome.sum() < len(outcome):
            per_question = np.array([weight for _, _, weight in kept])
            slope, shift = logistic(shown[:, None], outcome, weights=per_question)
        if slope[0] <= 0:  # too few questions to say: leave the order of spans alone
            slope, shift = np.ones(1), 0.0
        return cls(
            first.mean,
            first.scale,
            first.weights,
            bias,
            float(slope[0]),
            float(shift),
            provenance=dict(provenance or {}),
        )

    def save(self, path: Path) -> None:
        """Write as JSON, atomically."""
        new = path.with_suffix(".new")
        shape = {"features": list(TERMS), **asdict(self)}
        new.write_text(json.dumps(shape, indent=2) + "\n", encoding="utf-8")
        new.replace(path)

    @classmethod
    def load(cls, place: Path) -> Calibration:
        """From a file, or of the model in a folder; the default when the folder has none.

        Raises:
            ModelError: the file is missing or cannot be used.
        """
        path = place / FILE if place.is_dir() else place
        if place.is_dir() and not path.is_file():
            return cls()
        try:
            shape = json.loads(path.read_text(encoding="utf-8"))
            names = [_current(name) for name in shape.pop("features")]
            if not set(names) <= set(TERMS) or len(set(names)) != len(names):
                raise ValueError("it was made for other features")
            lists = {name: tuple(map(float, shape.pop(name))) for name in _LISTS}
            numbers = {name: float(shape.pop(name)) for name in _NUMBERS}
            if {len(values) for values in lists.values()} != {len(names)}:
                raise ValueError("a list has the wrong length")
            for name, values in lists.items():  # one fitted before a term was there ignores it
                of = dict(zip(names, values, strict=True))
                lists[name] = tuple(of.get(term, _ABSENT[name]) for term in TERMS)
            min_confidence = float(
                shape.pop("min_confidence", shape.pop("answer_at", DEFAULT_MIN_CONFIDENCE))
            )
            if not 0.0 <= min_confidence <= 1.0:
                raise ValueError("min_confidence is no probability")
            every = [*numbers.values(), *(v for values in lists.values() for v in values)]
            if not np.isfinite(every).all() or min(lists["scale"]) <= 0:
                raise ValueError("a number is out of range")
            return cls(
                lists["mean"],
                lists["scale"],
                lists["weights"],
                numbers["bias"],
                numbers["slope"],
                numbers["shift"],
                min_confidence,
                dict(shape["provenance"]),
            )
        except (
            ArithmeticError,
            AttributeError,
            KeyError,
            OSError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise ModelError(
                f"The reader's calibration {path} cannot be used: {error}.",
                "Delete it, or fit it again (docs/reading.md, Confidence).",
            ) from None


_ABSENT = {"mean": 0.0, "scale": 1.0, "weights": 0.0}
_LISTS = tuple(_ABSENT)
_NUMBERS = ("bias", "slope", "shift")


def _terms(table: Floats) -> Floats:
    """`features` (spans, features) with the products behind them: (spans, terms)."""
    place = FEATURES.index
    return np.column_stack([table, *(table[:, place(a)] * table[:, place(b)] for a, b in PRODUCTS)])


def features(spans: Sequence[Span], hits: Sequence[Hit], question: str = "") -> Floats:
    """One row of `FEATURES` per span of a question; NaN where a value is not known."""
    if not spans:
        return np.zeros((0, len(FEATURES)))
    places = {hit.passage.id: place for place, hit in reversed(list(enumerate(hits)))}
    words = [_plain(span.text) for span in spans]
    scores = [max(-SCORE_LIMIT, min(SCORE_LIMIT, span.score)) for span in spans]
    found_in = Counter(
        text
        for text, _ in {(w, s.passage.id) for w, s in zip(words, spans, strict=True) if s.score > 0}
    )
    similar = [hit.dense for hit in hits if hit.dense is not None]
    nearest = max(similar, default=np.nan)
    sizes = [hit.pool_size for hit in hits if hit.pool_size]
    pool_size = np.log(np.clip(max(sizes), *SIZES)) if sizes else np.nan
    unknown = {
        passage: unmatched_names(
            question, passage.in_context, hits[place].about if place >= 0 else None
        )
        for passage in dict.fromkeys(span.passage for span in spans)
        for place in [places.get(passage.id, -1)]
        if question
    }
    asked = set(stems(question))
    table = np.empty((len(spans), len(FEATURES)))
    for i, span in enumerate(spans):
        place = places.get(span.passage.id)
        hit = hits[place] if place is not None else None
        others = [s for s, w in zip(scores, words, strict=True) if w != words[i]]
        table[i] = (
            scores[i],
            scores[i] - max(others, default=-SCORE_LIMIT),
            np.log(max(1, found_in[words[i]])),
            hit.dense if hit is not None and hit.dense is not None else np.nan,
            hit.score if hit is not None else np.nan,
            np.log1p(place if place is not None else len(hits)),
            nearest,
            np.log(max(1, len(span.text.split()))),
            pool_size,
            unknown.get(span.passage, np.nan),
            scores[i] - max(_others(i, spans, words, scores), default=-SCORE_LIMIT),
            np.nan if span.first is None else np.clip(span.first, -SCORE_LIMIT, SCORE_LIMIT),
            _covered(asked, span, hit),
            float(lacks_amount(question, span.text)),
            float(lacks_name(question, span.text, span.passage.text)),
        )
    return table


def _others(
    mine: int, spans: Sequence[Span], words: Sequence[str], scores: Sequence[float]
) -> list[float]:
    """Scores of the answers that say something else in another place."""
    own, span = words[mine], spans[mine]
    return [
        score
        for score, said, other in zip(scores, words, spans, strict=True)
        if said not in own
        and own not in said
        and not (
            other.passage.document_id == span.passage.document_id
            and other.start < span.end
            and span.start < other.end
        )
    ]


def _covered(asked: Set[str], span: Span, hit: Hit | None) -> float:
    """The share of the words asked that stand in the span's sentence or in its speech's entry."""
    if not asked:
        return np.nan
    text, at = span.passage.text, span.start - span.passage.start
    first = max(text.rfind(mark, 0, at) for mark in ".!?\n") + 1
    ends = (text.find(mark, at + span.end - span.start) for mark in ".!?\n")
    last = min((end for end in ends if end >= 0), default=len(text))
    about = hit.about if hit else None
    told = f"{about.title} {about.speaker} {about.event} {about.date[:4]}" if about else ""
    told += f" {span.passage.context}"
    return len(asked & set(stems(f"{text[first:last]} {told}"))) / len(asked)


def logistic(
    table: Floats, outcomes: Floats, ridge: float = RIDGE, weights: Floats | None = None
) -> tuple[Floats, float]:
    """Weights and bias of a ridge logistic regression, by Newton's method (IRLS).

    `table` is (n, k), `outcomes` 0 or 1 (n,), `weights` how much each row counts (n,), 1 by
    default. The bias carries no penalty.
    """
    counts = np.ones(len(table)) if weights is None else weights
    design = np.column_stack([table, np.ones(len(table))])
    penalty = np.full(design.shape[1], ridge)
    penalty[-1] = 1e-6
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        chance = _sigmoid(design @ solution)
        gradient = design.T @ (counts * (chance - outcomes)) + penalty * solution
        curvature = (design * (counts * chance * (1 - chance))[:, None]).T @ design + np.diag(
            penalty
        )
        step = np.linalg.solve(curvature, gradient)
        # A damped step cannot overshoot when the classes are nearly separable.
        solution -= step * min(1.0, 5.0 / max(1e-12, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-9:
            break
    return solution[:-1], float(solution[-1])


def _sigmoid(values: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -60.0, 60.0)))


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _current(name: str) -> str:
    """A term by its name of today: files fitted before November 2026 have other ones."""
    return " x ".join(_RENAMED.get(part, part) for part in str(name).split(" x "))
