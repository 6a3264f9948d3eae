"""What one run found: a result per question, and the scores made of them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qa_bot.errors import TestSetError
from qa_bot.evaluation.abstention import Bin
from qa_bot.evaluation.intervals import Measure

FORMAT = 1
NAN = float("nan")


@dataclass(frozen=True)
class Quote:
    """A quotation of the bot, with its place."""

    text: str
    document: str
    start: int
    end: int


@dataclass(frozen=True)
class Result:
    """What the bot said to one question, and what it is worth.

    Attributes:
        key: sha256 of question, history, filters and gold answers: runs are compared question by
            question only where it is the same.
        gold: the items of the answer, each as its first alternative.
        quotes: the citations of the answer, in order; empty when nothing was found.
        candidate: the bot's best quotation whether or not it was sure enough to give it.
        reading: the reader's best quotation when handed the passage that holds the answer.
        kind: of the answer: "exact", "evidence", "closest", …
        outcome: of a question as people ask it, what came of it: "satisfied", "helped", "partly",
            "nothing" or "misled"; "" for others.
        need: how many items of ``gold`` are enough for such a question.
        shown: what its reader saw.
        scores: by name (docs/evaluation.md lists them); a name that does not apply is missing.
        seconds: by stage.
    """

    id: str
    key: str
    question: str
    type: str
    understood: str
    answerable: bool
    documents: tuple[str, ...]
    gold: tuple[str, ...]
    found: bool
    text: str
    confidence: float
    quotes: tuple[Quote, ...] = ()
    candidate: str = ""
    reading: str = ""
    kind: str = ""
    outcome: str = ""
    need: int = 0
    shown: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    def score(self, name: str) -> float:
        """The score, or NaN where it does not apply."""
        return self.scores.get(name, NAN)


@dataclass(frozen=True)
class Evaluation:
    """A run over a test set.

    Attributes:
        about: what was run on what: test set, models, settings, time.
        measures: by section, then by name.
        by_type, by_document: the main measures of a part of the questions.
        by_intent: outcomes of the questions as people ask them, by kind of question.
        curves: points of the plots: "reliability" (list of bins), "risk_coverage" (list of
            [coverage, risk]).
        problems: rows that could not be used.

    Example:
        >>> run = Evaluation({"name": "mine"}, {"answer": {"f1": Measure(0.8, 0.7, 0.9, 50)}})
        >>> Evaluation.from_dict(run.to_dict()).value("answer", "f1")
        0.8
    """

    about: Mapping[str, Any]
    measures: Mapping[str, Mapping[str, Measure]]
    by_type: Mapping[str, Mapping[str, Measure]] = field(default_factory=dict)
    by_document: Mapping[str, Mapping[str, Measure]] = field(default_factory=dict)
    by_intent: Mapping[str, Mapping[str, Measure]] = field(default_factory=dict)
    curves: Mapping[str, Any] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    problems: tuple[str, ...] = ()

    def value(self, section: str, name: str) -> float:
        """One number, NaN when it was not measured."""
        measure = self.measures.get(section, {}).get(name)
        return NAN if measure is None else measure.value

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape. NaN becomes null."""
        shape = {"format": FORMAT} | asdict(self)
        shape["results"] = [asdict(result) for result in self.results]
        return _without_nan(shape)

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Evaluation:
        """The run from its JSON shape.

        Raises:
            ValueError: it is not one, or of a later format.
        """
        if shape.get("format") != FORMAT:
            raise ValueError(f"format {shape.get('format')!r}, not {FORMAT}")
        try:
            return cls(
                about=shape["about"],
                measures={s: _measures(m) for s, m in shape["measures"].items()},
                by_type={s: _measures(m) for s, m in shape["by_type"].items()},
                by_document={s: _measures(m) for s, m in shape["by_document"].items()},
                by_intent={s: _measures(m) for s, m in shape.get("by_intent", {}).items()},
                curves=_curves(shape["curves"]),
                results=tuple(_result(r) for r in shape["results"]),
                problems=tuple(shape["problems"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"a field is missing or has the wrong shape: {error}") from error


def write_run(run: Evaluation, path: Path) -> None:
    """Write the run as JSON, one result a line so that a change shows in version control."""
    shape = run.to_dict()
    results = shape.pop("results")
    head = json.dumps(shape, ensure_ascii=False, indent=1)
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in results)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{head[:-2]},\n "results": [\n{rows}\n ]\n}}\n', encoding="utf-8")


def read_run(path: Path) -> Evaluation:
    """Read what :func:`write_run` wrote.

    Raises:
        TestSetError: the file is missing or holds something else.
    """
    hint = "Write one with: qa-bot evaluate --json FILE (or --accept for the gate's baseline)."
    try:
        return Evaluation.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise TestSetError(f"{path} cannot be read: {error.strerror}.", hint) from error
    except (ValueError, AttributeError, RecursionError) as error:
        raise TestSetError(f"{path} is not a run of qa-bot evaluate: {error}.", hint) from error


def _measures(shape: Mapping[str, Any]) -> dict[str, Measure]:
    return {
        name: Measure(_number(m["value"]), _number(m["low"]), _number(m["high"]), int(m["n"]))
        for name, m in shape.items()
    }


def _curves(shape: Mapping[str, Any]) -> dict[str, Any]:
    if "reliability" not in shape:
        return dict(shape)
    return {**shape, "reliability": [Bin(**b) for b in shape["reliability"]]}


def _result(shape: Mapping[str, Any]) -> Result:
    given = dict(shape)
    given["quotes"] = tuple(Quote(**quote) for quote in given["quotes"])
    for name in ("documents", "gold", "shown"):
        given[name] = tuple(given.get(name, ()))
    given["scores"] = {k: v for k, v in given["scores"].items() if v is not None}
    return Result(**given)


def _number(value: float | None) -> float:
    return NAN if value is None else float(value)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): _without_nan(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(v) for v in value]
    return value
