"""Scores of one question: the answer as given, the best candidate, the reader alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_bot.evaluation.spans import citation_scores, exact_items, faithful, partial_items
from qa_bot.evaluation.testset import Question
from qa_bot.evaluation.text_metrics import best_over_golds
from qa_bot.schema import Answer, Citation, Document

RIGHT_F1 = 0.5  # an answer that shares this much with a gold answer counts as right


def answer_scores(
    answer: Answer, question: Question, documents: Mapping[str, Document]
) -> dict[str, float]:
    """The answer as a user sees it, "not found" included.

    ``em``, ``f1`` and ``right`` exist for every question; the rest only where they apply:
    ``items_*`` for questions with several required items, ``cited_*`` for answers to questions that
    have one. ``quotes`` and ``faithful`` count quotations shown and those that are verbatim.
    """
    em, f1 = _text_scores(said(answer), question, [fact.value for fact in answer.facts])
    if not question.answerable or not answer.found:
        em = f1 = float(question.answerable == answer.found)
    scores = {"em": em, "f1": f1, "right": float(f1 >= RIGHT_F1)}
    scores["decided"] = float(answer.found == question.answerable)
    if len(question.answers) > 1:
        scores |= _item_scores(answer.citations, question)
    if question.answerable and answer.citations:
        cited = citation_scores(answer.citations[0], question.answers)
        scores |= {
            "cited_document": cited.document,
            "cited_overlaps": cited.overlaps,
            "cited_contains": cited.contains,
            "cited_sentence": cited.sentence,
        }
    return scores | fidelity(answer, documents)


def said(answer: Answer) -> Sequence[Citation]:
    """The citations that answer; of evidence the first, the others only bear on it."""
    return answer.citations[:1] if answer.kind == "evidence" else answer.citations


def fidelity(answer: Answer, documents: Mapping[str, Document]) -> dict[str, float]:
    """How many quotations may be shown, and how many of them are verbatim."""
    shown = (*answer.citations, *answer.alternatives, *answer.closest)
    return {
        "quotes": float(len(shown)),
        "faithful": float(sum(faithful(citation, documents) for citation in shown)),
    }


def candidate_scores(answer: Answer, question: Question) -> dict[str, float]:
    """The bot's best quotation, given or not: what it would be worth to always answer.

    A question without an answer makes every candidate wrong; no candidate is wrong too.
    """
    candidates = said(answer) or answer.alternatives[:1]
    values = [fact.value for fact in answer.facts]
    em, f1 = _text_scores(candidates, question, values) if question.answerable else (0.0, 0.0)
    return {
        "candidate_em": em,
        "candidate_f1": f1,
        "candidate_right": float(f1 >= RIGHT_F1),
    }


def reading_scores(text: str, question: Question) -> dict[str, float]:
    """The reader's best span of the passage that holds the answer (one answer expected)."""
    em, f1 = best_over_golds(text, [span.text for span in question.answers[0]])
    return {"reading_em": em, "reading_f1": f1}


def _text_scores(
    citations: Sequence[Citation], question: Question, facts: Sequence[str]
) -> tuple[float, float]:
    """(EM, F1): of the quotations' text for one item, of the items themselves for several.

    Of the catalogue's facts where they answer, which stand in no speech: by their words alone.
    """
    if not (citations or facts) or not question.answerable:
        return 0.0, 0.0
    if len(question.answers) == 1:
        text = " ".join([citation.decisive for citation in citations] or facts)
        return best_over_golds(text, [span.text for span in question.answers[0]])
    if not citations:
        exact = exact_items(facts, question.answers)
        return float(exact.f1 == 1.0), exact.f1
    items = _item_scores(citations, question)
    return float(items["items_exact_f1"] == 1.0), items["items_f1"]


def _item_scores(citations: Sequence[Citation], question: Question) -> dict[str, float]:
    exact = exact_items([citation.quote for citation in citations], question.answers)
    places = [(citation.document.id, citation.start, citation.end) for citation in citations]
    partial = partial_items(places, question.answers)
    return {
        "items_exact_precision": exact.precision,
        "items_exact_recall": exact.recall,
        "items_exact_f1": exact.f1,
        "items_precision": partial.precision,
        "items_recall": partial.recall,
        "items_f1": partial.f1,
        "items_all": float(partial.recall == 1.0),
    }
