"""Ask a bot every question of a test set, stage by stage, and score what it says."""

from __future__ import annotations

import datetime
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa_bot.bot import QABot
from qa_bot.errors import QABotError, TestSetError
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.ranking import PassageMap, ndcg_at, recall_at, reciprocal_rank
from qa_bot.evaluation.results import Evaluation, Quote, Result
from qa_bot.evaluation.scoring import (
    answer_scores,
    candidate_scores,
    fidelity,
    reading_scores,
)
from qa_bot.evaluation.summary import by_intent, curves, measures, parts, peak_memory_mb
from qa_bot.evaluation.testset import Question, TestSet, Wanted
from qa_bot.evaluation.users import outcome, seen, shown, users_scores
from qa_bot.schema import Answer, Filters, Hit
from qa_bot.understanding.query import Query, read_query
from qa_bot.version import __version__

CUTOFFS = (1, 5, 10)
WIDE = 1000  # hits taken to see what dense vectors or BM25 alone would have found
READ_SPANS = 20


def run_evaluation(
    bot: QABot,
    test_set: TestSet,
    *,
    split: str = "all",
    progress: Callable[[str, int, int], None] | None = None,
) -> Evaluation:
    """Measure the whole path and each stage alone.

    Args:
        bot: anything with the public methods and parts of :class:`qa_bot.QABot`.
        test_set: its gold spans are located in the bot's documents first; rows that do not fit are
            listed in ``problems`` and left out.
        split: only noted in ``about``.
        progress: called with (stage, done, total).

    Raises:
        TestSetError: no question is left.
    """
    located = resolve(test_set, bot.index.documents)
    problems = [str(problem) for problem in located.problems]
    if not located.questions:
        raise TestSetError(
            f"{test_set.name}: no question can be used."
            + "".join(f"\n  {problem}" for problem in problems[:20]),
            "The format is described in docs/evaluation.md.",
        )
    passages = PassageMap(bot.index.passages)
    _warm_up(bot, located.questions[0])
    results = []
    for done, question in enumerate(located.questions):
        if progress:
            progress("evaluate", done, len(located.questions))
        try:
            results.append(evaluate_question(bot, question, passages))
        except QABotError as error:
            problems.append(str(question.problem(error.message)))
    if progress:
        progress("evaluate", len(located.questions), len(located.questions))
    if not results:
        raise TestSetError(f"{test_set.name}: no question could be asked: {problems[0]}")
    by_type, by_document = parts(results, {d.id: d.title for d in bot.documents})
    return Evaluation(
        about=_about(bot, located, split),
        measures=measures(results, peak_memory_mb()),
        by_type=by_type,
        by_document=by_document,
        by_intent=by_intent(results),
        curves=curves(results),
        results=tuple(results),
        problems=tuple(problems),
    )


def evaluate_question(bot: QABot, question: Question, passages: PassageMap) -> Result:
    """One question through the whole path, and through each stage alone."""
    began = time.perf_counter()
    answer = bot.ask(question.question, question.history, question.filters)
    seconds = {**answer.seconds, "total": time.perf_counter() - began}
    if question.wanted:
        return _users_result(bot, question, answer, seconds)
    scores = answer_scores(answer, question, bot.index.documents)
    scores |= candidate_scores(answer, question)
    reading = ""
    if question.answerable:
        request = asked_of_speeches(bot, question, answer)
        scores |= retrieval_scores(bot, question, request, passages)
        if len(question.answers) == 1:  # one answer is expected: the best span is compared
            holding = passages.holding(question.answers[0])[:1]
            spans = bot.reader.read(request.question, holding, limit=READ_SPANS)
            reading = spans[0].text if spans else ""
            scores |= reading_scores(reading, question)
    gold = tuple(item[0].text for item in question.answers)
    return replace(_result(question, answer, scores, seconds), gold=gold, reading=reading)


def _users_result(
    bot: QABot, question: Question, answer: Answer, seconds: Mapping[str, float]
) -> Result:
    """A question as people ask it: what came of it, and whether all that was shown is verbatim."""
    wanted = question.wanted or Wanted()
    came = outcome(answer, wanted)
    scores = users_scores(came) | fidelity(answer, bot.index.documents)
    return replace(
        _result(question, answer, scores, seconds),
        gold=tuple(point[0] for point in wanted.points),
        outcome=came,
        need=wanted.need,
        shown=tuple(seen(shown(answer))),
    )


def _result(
    question: Question, answer: Answer, scores: Mapping[str, float], seconds: Mapping[str, float]
) -> Result:
    """What every kind of question has."""
    best = (*answer.citations, *answer.alternatives)
    return Result(
        id=question.id,
        key=question_key(question),
        question=question.question,
        type=question.type,
        understood=answer.understood,
        answerable=question.answerable,
        documents=question.documents,
        gold=(),
        found=answer.found,
        text=answer.text,
        confidence=answer.confidence,
        quotes=_quotes(answer),
        candidate=best[0].quote if best else "",
        kind=answer.kind,
        scores=scores,
        seconds=seconds,
    )


def asked_of_speeches(bot: QABot, question: Question, answer: Answer) -> Query:
    """What the retriever and the reader were asked on the way to this answer."""
    return read_query(
        answer.understood,
        bot.entities,
        question.filters or Filters(),
        ignore=[chip.key for chip in answer.set_aside],
        typed=(question.question, *(earlier for earlier, _ in question.history)),
    )


def retrieval_scores(
    bot: QABot, question: Question, request: Query, passages: PassageMap
) -> dict[str, float]:
    """Scores of the fused ranking, and of what dense vectors and BM25 alone would have found."""
    relevant = passages.relevant(question.answers)
    top = max(CUTOFFS)
    fused, wide = (
        bot.retriever.search(
            request.question, top_k=most, filters=request.allowed, phrases=request.phrases
        )
        if request.allowed is not None
        else []  # contradicting restrictions: nothing is searched
        for most in (top, max(top, min(WIDE, len(bot.index.passages))))
    )
    rankings = {
        "fused": [hit.passage.id for hit in fused],
        "dense": _ranked([(h.dense, h) for h in wide if h.dense is not None], top),
        "bm25": _ranked([(h.sparse, h) for h in wide if h.sparse], top),
    }
    scores = {}
    for name, ranked in rankings.items():
        for k in CUTOFFS:
            scores[f"recall@{k}/{name}"] = recall_at(ranked, relevant, k)
        scores[f"mrr/{name}"] = reciprocal_rank(ranked, relevant)
        scores[f"ndcg@10/{name}"] = ndcg_at(ranked, relevant, 10)
    return scores


def question_key(question: Question) -> str:
    """sha256 of what makes it the same question: words, history, filters and gold answers."""
    row = {k: v for k, v in question.to_dict().items() if k in _KEY_FIELDS}
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]


_KEY_FIELDS = ("question", "history", "filters", "answers", "points", "need", "sides", "refuse")


def _ranked(scored: Sequence[tuple[float, Hit]], top: int) -> list[str]:
    order = sorted(scored, key=lambda pair: (-pair[0], pair[1].passage.ordinal))
    return [hit.passage.id for _, hit in order[:top]]


def _quotes(answer: Answer) -> tuple[Quote, ...]:
    return tuple(Quote(c.quote, c.document.id, c.start, c.end) for c in answer.citations)


def _warm_up(bot: QABot, question: Question) -> None:
    """The first question loads and compiles things: it is asked once outside the clock."""
    try:
        bot.ask(question.question, question.history, question.filters)
    except QABotError:
        return


def _about(bot: QABot, test_set: TestSet, split: str) -> Mapping[str, Any]:

    return {
        "test_set": test_set.name,
        "split": split,
        "fingerprint": test_set.fingerprint,
        "questions": len(test_set.questions),
        "documents": len(bot.index.documents),
        "passages": len(bot.index.passages),
        "version": __version__,
        "when": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "reader": Path(bot.reader.name).name,
        "reader_fingerprint": bot.reader.fingerprint,
        "index": bot.index.version,
        "settings": bot.settings.model_dump(
            mode="json",
            include={"embedder", "passage_tokens", "passage_overlap", "fusion"}
            | {"candidates", "answers", "runtime", "second_passages"},
        )
        | {"min_confidence": bot.min_confidence},
    }
