"""Scores of single questions made into measures, by section, by type and by document."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from qa_bot.evaluation.abstention import aurc, ece, reliability, risk_coverage
from qa_bot.evaluation.intervals import (
    Floats,
    Measure,
    mean_measure,
    percentile_measure,
    ratio_measure,
    statistic_measure,
)
from qa_bot.evaluation.results import Result
from qa_bot.evaluation.users import OUTCOMES

RANKINGS = ("fused", "dense", "bm25")
RANKING_METRICS = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10")
ITEM_METRICS = (
    "items_exact_precision",
    "items_exact_recall",
    "items_exact_f1",
    "items_precision",
    "items_recall",
    "items_f1",
    "items_all",
)
CITATION_METRICS = ("cited_document", "cited_overlaps", "cited_contains", "cited_sentence")
USERS_METRICS = ("users_score", *OUTCOMES)
PART_METRICS = ("em", "f1", "right", "recall@5/fused", "reading_f1")
CURVE_POINTS = 200
Measures = dict[str, Measure]


def measures(results: Sequence[Result], memory_mb: float | None) -> dict[str, Measures]:
    """Every section of the report. Shares and scores are 0..1, times are milliseconds."""
    users, precise = _told_apart(results)
    return {
        "users": _means(users, USERS_METRICS),
        "answer": _answer(precise),
        "retrieval": _means(precise, [f"{m}/{r}" for r in RANKINGS for m in RANKING_METRICS]),
        "reading": _reading(precise),
        "several": _means([r for r in precise if len(r.gold) > 1], ITEM_METRICS),
        "abstention": _abstention(precise) if precise else {},
        "citations": _citations(results),
        "speed": _speed(results, memory_mb),
    }


def parts(
    results: Sequence[Result], titles: Mapping[str, str]
) -> tuple[dict[str, Measures], dict[str, Measures]]:
    """(by type, by document that holds the answer) of the questions with precise answers. Answers
    in several documents make one group.

    Args:
        titles: what to call each document; those of one title (paragraphs of one article) make
            one group.
    """

    def title(result: Result) -> str:
        names = {titles.get(document) or document for document in result.documents}
        return names.pop() if len(names) == 1 else "(several)" if names else "(no answer)"

    _, results = _told_apart(results)
    return (
        {name: _part(group) for name, group in _grouped(results, lambda r: r.type)},
        {name: _part(group) for name, group in _grouped(results, title)},
    )


def by_intent(results: Sequence[Result]) -> dict[str, Measures]:
    """Outcomes of the questions as people ask them, by kind of question, in order of its name."""
    users, _ = _told_apart(results)
    return {
        name: _means(group, USERS_METRICS)
        for name, group in sorted(_grouped(users, lambda r: r.type))
    }


def curves(results: Sequence[Result]) -> dict[str, Any]:
    """Points of the reliability diagram and of the risk-coverage curve: of precise answers."""
    _, results = _told_apart(results)
    if not results:
        return {}
    sure, loss = _confidence(results), 1 - _column(results, "candidate_f1")
    coverage, risk = risk_coverage(sure, loss)
    step = max(1, len(results) // CURVE_POINTS)
    points = [*range(step - 1, len(results), step)]
    if points[-1] != len(results) - 1:
        points.append(len(results) - 1)
    said = _candidates(results)
    return {
        "reliability": reliability(_confidence(said), _column(said, "candidate_right")),
        "risk_coverage": [[float(coverage[i]), float(risk[i])] for i in points],
        "answered": float(np.mean([r.found for r in results])),
    }


def peak_memory_mb() -> float | None:
    """Most memory this process has held, in MB; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _told_apart(results: Sequence[Result]) -> tuple[list[Result], list[Result]]:
    """(questions as people ask them, questions with precise answers)."""
    return [r for r in results if r.outcome], [r for r in results if not r.outcome]


def _answer(results: Sequence[Result]) -> Measures:
    made = _means(results, ["em", "f1", "right"])
    for name, wanted in (("answerable", True), ("unanswerable", False)):
        group = [r for r in results if r.answerable == wanted]
        for metric in ("em", "f1", "right") if wanted else ("right",):
            made[f"{metric}/{name}"] = mean_measure(_column(group, metric))
    return made


def _reading(results: Sequence[Result]) -> Measures:
    """The pipeline tax: the same questions with the right passage in hand, and without."""
    alone = [r for r in results if "reading_f1" in r.scores]
    made = {}
    for metric in ("em", "f1"):
        gold, whole = _column(alone, f"reading_{metric}"), _column(alone, f"candidate_{metric}")
        made[f"{metric}/gold passage"] = mean_measure(gold)
        made[f"{metric}/pipeline"] = mean_measure(whole)
        made[f"{metric}/tax"] = mean_measure(gold - whole)
    return made


def _abstention(results: Sequence[Result]) -> Measures:
    found = np.array([r.found for r in results])
    answerable = np.array([r.answerable for r in results])
    sure, lost = _confidence(results), 1 - _column(results, "candidate_f1")
    said = _candidates(results)
    said_sure, right = _confidence(said), _column(said, "candidate_right")

    rightly = ~found & ~answerable
    return {
        "not found: precision": ratio_measure(rightly, ~found),
        "not found: recall": ratio_measure(rightly, ~answerable),
        "decision right": mean_measure(_column(results, "decided")),
        "aurc": statistic_measure(lambda at: aurc(sure[at], lost[at]), len(results)),
        "ece": statistic_measure(lambda at: ece(said_sure[at], right[at]), len(said)),
        "brier": mean_measure((said_sure - right) ** 2),
    }


def _citations(results: Sequence[Result]) -> Measures:
    made = _means(results, CITATION_METRICS)
    quotes, good = _column(results, "quotes"), _column(results, "faithful")

    made["quote fidelity"] = ratio_measure(good, quotes)
    return made


def _speed(results: Sequence[Result], memory_mb: float | None) -> Measures:
    """Percentiles in milliseconds by stage, questions a second, and memory in MB."""
    made: Measures = {}
    stages = sorted({name for r in results for name in r.seconds}, key=lambda s: (s == "total", s))
    for stage in stages:
        took = np.array([r.seconds[stage] for r in results if stage in r.seconds]) * 1000

        for q in (50, 95):
            made[f"{stage}: p{q} ms"] = percentile_measure(took, q)
        made[f"{stage}: max ms"] = _exact(float(took.max()), len(took))
    total = np.array([r.seconds["total"] for r in results])
    made["questions per second"] = ratio_measure(np.ones_like(total), total)
    if memory_mb is not None:
        made["peak memory MB"] = _exact(memory_mb, len(results))
    return made


def _part(group: Sequence[Result]) -> Measures:
    return _means(group, PART_METRICS) | {"found": mean_measure([float(r.found) for r in group])}


def _means(results: Sequence[Result], names: Iterable[str]) -> Measures:
    return {name: mean_measure(_column(results, name)) for name in names}


def _column(results: Sequence[Result], name: str) -> Floats:
    return np.array([r.score(name) for r in results], dtype=np.float64)


def _confidence(results: Sequence[Result]) -> Floats:
    return np.array([r.confidence for r in results], dtype=np.float64)


def _candidates(results: Sequence[Result]) -> list[Result]:
    """Results in which the bot had any quotation to be sure or unsure of."""
    return [r for r in results if r.candidate]


def _exact(value: float, n: int) -> Measure:
    return Measure(value, value, value, n)


def _grouped(
    results: Sequence[Result], key: Callable[[Result], str]
) -> list[tuple[str, list[Result]]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
