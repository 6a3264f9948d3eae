"""Replies of any system, scored by what the product's own evaluation scores with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from qa_bot.evaluation.scoring import answer_scores, candidate_scores, fidelity
from qa_bot.evaluation.testset import Question
from qa_bot.evaluation.text_metrics import best_threshold
from qa_bot.evaluation.users import outcome, users_scores
from qa_bot.schema import Answer, CatalogueFact, Citation, Document
from qa_bot.text.sentences import sentences

Row = dict[str, Any]


def score(question: Question, reply: Mapping[str, Any], documents: Mapping[str, Document]) -> Row:
    """What a reply is worth: SQuAD's EM and F1 and the decision, or the outcome for the person."""
    answer = as_answer(reply, documents)
    row: Row = {
        "id": question.id,
        "users": question.wanted is not None,
        "answerable": question.answerable,
        "held_out": question.split == "test",
        "found": answer.found,
        "confidence": reply.get("confidence"),
        "error": reply.get("error", ""),
    }
    if question.wanted:
        scores = users_scores(outcome(answer, question.wanted)) | fidelity(answer, documents)
    else:
        # Of what a person would be shown, the first alone is the answer to a precise question.
        said = as_answer(reply, documents, most=int(reply.get("said", 1)))
        scores = answer_scores(said, question, documents) | candidate_scores(said, question)
    return row | {"scores": scores}


def as_answer(
    reply: Mapping[str, Any], documents: Mapping[str, Document], most: int | None = None
) -> Answer:
    """The reply as an answer of the product, with the first `most` citations only."""
    found = bool(reply.get("found"))
    cited = tuple(citation(one, documents) for one in reply.get("answers", ())[:most])
    facts = reply.get("facts", ())
    return Answer(
        question="",
        understood="",
        found=found,
        text=" … ".join(facts or [one.quote for one in cited]) if found else "",
        confidence=reply.get("confidence") or 0.0,
        citations=cited if found else (),
        alternatives=() if found else cited,
        closest=tuple(citation(one, documents) for one in reply.get("closest", ())),
        facts=tuple(CatalogueFact(next(iter(documents.values())).info, "", f) for f in facts),
    )


def citation(place: Mapping[str, Any], documents: Mapping[str, Document]) -> Citation:
    """A place as a citation. Who shows no sentence around it gets the one it stands in."""
    document = documents[place["document"]]
    start, end = place["start"], place["end"]
    around = place.get("sentence") or _around(document, start, end)
    return Citation(
        quote=place["quote"],
        start=start,
        end=end,
        sentence=document.text[slice(*around)],
        sentence_start=around[0],
        sentence_end=around[1],
        document=document.info,
        page=None,
        score=0.0,
        confidence=0.0,
        marks=tuple((a, b) for a, b in place.get("marks", ())),
    )


def _around(document: Document, start: int, end: int) -> tuple[int, int]:
    """From the beginning of the sentence that holds `start` to the end of that with `end`."""
    first, last = start, end
    for a, b in _sentences(document.text):
        if a <= start < b:
            first = a
        if a < end <= b:
            last = b
    return first, last


@lru_cache(maxsize=512)
def _sentences(text: str) -> list[tuple[int, int]]:
    return list(sentences(text))


def summary(rows: Sequence[Row]) -> dict[str, float]:
    """Means over the questions; NaN where there is none to measure it on."""
    precise = [row for row in rows if not row["users"]]
    people = [row for row in rows if row["users"]]
    known = [row for row in precise if row["answerable"]]
    unknown = [row for row in precise if not row["answerable"]]
    silent = [row for row in precise if not row["found"]]
    made = {
        "em": _mean(precise, "em"),
        "f1": _mean(precise, "f1"),
        "right": _mean(precise, "right"),
        "right_known": _mean(known, "right"),
        "silent_recall": _share([not row["found"] for row in unknown]),
        "silent_precision": _share([not row["answerable"] for row in silent]),
        "held_out": _mean([row for row in precise if row["held_out"]], "right"),
        "best": _best(precise),
        "users": _mean(people, "users_score"),
        "satisfied": _mean(people, "satisfied"),
        "misled": _mean(people, "misled"),
        "users_held_out": _mean([row for row in people if row["held_out"]], "users_score"),
        "exact": _exact(rows),
        "errors": float(sum(bool(row["error"]) for row in rows)),
    }
    took = [row["ms"] for row in rows]
    p50, p95 = np.percentile(took, [50, 95]) if took else (float("nan"),) * 2
    return made | {"p50": float(p50), "p95": float(p95)}


def _mean(rows: Sequence[Row], name: str) -> float:
    return _share([row["scores"][name] for row in rows])


def _share(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _best(rows: Sequence[Row]) -> float:
    """The mean F1 with the threshold that is best on these very questions: no system's own choice
    of when to decline. NaN for systems that give no score."""
    if not rows or any(row["confidence"] is None for row in rows):
        return float("nan")
    worth = [row["scores"]["candidate_f1"] for row in rows]
    sure = [row["confidence"] for row in rows]
    return best_threshold(worth, sure, [row["answerable"] for row in rows])[0]


def _exact(rows: Sequence[Row]) -> float:
    quotes = sum(row["scores"]["quotes"] for row in rows)
    return sum(row["scores"]["faithful"] for row in rows) / quotes if quotes else float("nan")
