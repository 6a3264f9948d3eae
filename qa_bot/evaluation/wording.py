"""How scores are named and written in every report."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa_bot.evaluation.intervals import Measure
from qa_bot.evaluation.results import Evaluation, Result

SECTIONS = {
    "users": "Questions as people ask them",
    "answer": "Answers, as the user sees them",
    "retrieval": "Retrieval",
    "reading": "Reading: with the gold passage in hand, and through the whole pipeline",
    "several": "Answers of several items",
    "abstention": "Knowing when not to answer",
    "citations": "Citations",
    "speed": "Speed and memory",
}
NAMES = {
    "users_score": "score (satisfied + half of helped)",
    "em": "exact match",
    "f1": "F1",
    "right": "right (F1 ≥ 0.5, or rightly not found)",
    "em/answerable": "exact match, answerable",
    "f1/answerable": "F1, answerable",
    "right/answerable": "right, answerable",
    "right/unanswerable": "right, unanswerable",
    "em/gold passage": "exact match, gold passage",
    "em/pipeline": "exact match, pipeline",
    "em/tax": "exact match lost on the way",
    "f1/gold passage": "F1, gold passage",
    "f1/pipeline": "F1, pipeline",
    "f1/tax": "F1 lost on the way",
    "items_exact_precision": "precision, exact",
    "items_exact_recall": "recall, exact",
    "items_exact_f1": "F1, exact",
    "items_precision": "precision, partial",
    "items_recall": "recall, partial",
    "items_f1": "F1, partial",
    "items_all": "all items quoted",
    "decision right": "found / not found decided rightly",
    "aurc": "area under risk-coverage (lower is better)",
    "ece": "expected calibration error (lower is better)",
    "brier": "Brier score (lower is better)",
    "cited_document": "first citation in the right document",
    "cited_overlaps": "its quote overlaps a gold span",
    "cited_contains": "its quote contains a gold span",
    "cited_sentence": "the sentence shown contains a gold span",
    "quote fidelity": "quotations verbatim (must be 100)",
    "mrr": "MRR",
    "ndcg@10": "nDCG@10",
    "recall@5/fused": "recall@5",
    "reading_f1": "F1, gold passage",
    "found": "found",
}


def name_of(metric: str) -> str:
    """The name in a report."""
    return NAMES.get(metric, metric.replace("bm25", "BM25").replace("_", " "))


def number(metric: str, value: float) -> str:
    """A value as shown: shares in per cent points, times and sizes as they are, – for none.

    >>> number("f1", 0.8231), number("total: p50 ms", 81.44), number("f1", float("nan"))
    ('82.3', '81', '–')
    """
    if math.isnan(value):
        return "–"
    if metric in ("ece", "brier", "aurc"):
        return f"{value:.3f}"
    if metric == "questions per second":
        return f"{value:.1f}"
    if metric.endswith((" ms", " MB")):
        return f"{value:.0f}"
    return f"{100 * value:.1f}"


def interval(metric: str, measure: Measure) -> str:
    """The bootstrap interval as shown; empty where there is none."""
    if math.isnan(measure.low) or measure.low == measure.high == measure.value:
        return ""
    return f"{number(metric, measure.low)} – {number(metric, measure.high)}"


def worst(results: Sequence[Result], count: int) -> list[Result]:
    """The worst failures: lowest answer F1 first, among equals the surest first."""
    wrong = [r for r in results if not r.score("right")]
    return sorted(wrong, key=lambda r: (r.score("f1"), -r.confidence, r.id))[:count]


def unserved(results: Sequence[Result], count: int) -> list[Result]:
    """Questions as people ask them that were not answered well: misled first, then the surest."""
    bad = {name: rank for rank, name in enumerate(("misled", "nothing", "partly"))}
    gone = [r for r in results if r.outcome in bad]
    return sorted(gone, key=lambda r: (bad[r.outcome], -r.confidence, r.id))[:count]


def said(result: Result) -> str:
    """What the bot answered, in words; with the best quotation when it did not dare."""
    if result.outcome:
        return f"{result.outcome}: " + (" … ".join(result.shown) or result.text or "no answer")
    if result.found:
        return result.text
    return f"not found (best: {result.candidate})" if result.candidate else "not found"


def expected(result: Result) -> str:
    """What was expected, in words."""
    if result.outcome and result.gold:
        return f"{result.need} of: " + " + ".join(result.gold)
    return " + ".join(result.gold) if result.gold else "not found"


def headline(run: Evaluation) -> str:
    """The run in one line."""
    about = run.about
    return (
        f"{about.get('test_set', '')} ({about.get('split', 'all')}): "
        f"{about.get('questions', len(run.results))} questions, "
        f"{about.get('documents', '?')} documents, {about.get('passages', '?')} passages; "
        f"reader {about.get('reader', '?')}; {about.get('when', '')}"
    )
