"""The whole way from a bot to the gate, with bots that are broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa_bot.errors import QuestionError, TestSetError
from qa_bot.evaluation.compare import compare
from qa_bot.evaluation.gate import judge
from qa_bot.evaluation.results import Evaluation, read_run, write_run
from qa_bot.evaluation.runner import run_evaluation
from qa_bot.evaluation.testset import TestSet
from qa_bot.schema import Answer

MakeBot = Callable[..., Any]


@pytest.fixture(scope="module")
def good(make_bot: MakeBot, questions: TestSet) -> Evaluation:
    return run_evaluation(make_bot(), questions)


def without(evaluation: Evaluation, changed: dict[str, dict[str, float]]) -> Evaluation:
    """The run with some scores of some questions changed."""
    results = tuple(
        replace(r, scores={**r.scores, **changed.get(r.id, {})}) for r in evaluation.results
    )
    return replace(evaluation, results=results)


def test_a_perfect_bot_gets_perfect_scores(good: Evaluation) -> None:
    for section, name in (
        ("answer", "em"),
        ("answer", "f1"),
        ("answer", "right/unanswerable"),
        ("retrieval", "recall@1/fused"),
        ("retrieval", "ndcg@10/bm25"),
        ("retrieval", "mrr/dense"),
        ("reading", "f1/gold passage"),
        ("reading", "em/pipeline"),
        ("abstention", "not found: precision"),
        ("abstention", "not found: recall"),
        ("citations", "cited_document"),
        ("citations", "cited_contains"),
        ("citations", "quote fidelity"),
    ):
        assert good.value(section, name) == 1, (section, name)
    assert good.value("reading", "f1/tax") == 0
    assert good.measures["answer"]["f1"].n == 25
    assert good.measures["retrieval"]["recall@1/fused"].n == 20
    assert set(good.by_type) == {"fact", "clause", "unanswerable"}
    assert good.by_document["Speech alpha"]["f1"].n == 10
    # Confidence is 0.9 and all candidates are right.
    assert good.value("abstention", "ece") == pytest.approx(0.1)


def test_an_unchanged_run_passes_the_gate(
    make_bot: MakeBot, questions: TestSet, good: Evaluation, tmp_path: Path
) -> None:
    write_run(good, tmp_path / "baseline.json")
    verdict = judge(run_evaluation(make_bot(), questions), read_run(tmp_path / "baseline.json"))
    assert verdict.open, verdict.reasons


def test_a_retriever_that_finds_the_wrong_passages_closes_the_gate(
    make_bot: MakeBot, questions: TestSet, good: Evaluation
) -> None:
    broken = run_evaluation(make_bot(broken=True), questions)
    assert broken.value("retrieval", "recall@5/fused") < 0.5
    assert broken.value("reading", "f1/gold passage") == 1  # the reader is as good as ever
    assert broken.value("reading", "f1/tax") > 0.5
    reasons = " ".join(judge(broken, good).reasons)
    assert "recall@5, fused fell" in reasons
    assert "answer F1 fell" in reasons
    assert "gold passage fell" not in reasons


def test_one_false_quotation_closes_the_gate(
    make_bot: MakeBot, questions: TestSet, good: Evaluation
) -> None:
    liar = run_evaluation(make_bot(lie=True), questions)
    assert liar.value("citations", "quote fidelity") == 0
    assert any("not verbatim" in reason for reason in judge(liar, good).reasons)


def test_losing_questions_closes_the_gate_and_new_ones_are_noted(
    make_bot: MakeBot, questions: TestSet, good: Evaluation
) -> None:
    fewer = run_evaluation(make_bot(), questions.select("all", 20))
    assert any("5 questions of the baseline" in reason for reason in judge(fewer, good).reasons)
    verdict = judge(good, fewer)
    assert verdict.open
    assert any("5 questions are not in the baseline" in note for note in verdict.notes)


def test_another_reader_than_the_baselines_is_said(good: Evaluation) -> None:
    other = replace(good, about={**good.about, "reader": "small+base"})
    verdict = judge(other, good)
    assert verdict.open
    assert any("small+base" in note for note in verdict.notes)
    assert not judge(good, good).notes


def test_small_changes_are_noise_and_large_ones_are_not(good: Evaluation) -> None:
    slight = without(good, {"q1": {"f1": 0.0, "right": 0.0}, "q2": {"f1": 0.9}})
    assert judge(slight, good).open  # 4.4 points on 25 questions: one answer, within chance
    more = without(good, {f"q{i}": {"right": 0.0} for i in range(2)})
    assert not judge(more, good).open  # 8 points: above the limit whatever chance says
    better = without(good, {})
    assert judge(better, without(good, {"q1": {"f1": 0.0}})).open


def test_comparison_lists_what_changed(good: Evaluation) -> None:
    worse = without(good, {"q3": {"f1": 0.25}, "q5": {"f1": 0.0}})
    compared = compare(worse, good)
    assert [p.new.id for p in compared.worse] == ["q5", "q3"]
    assert not compared.better
    assert compared.differences["f1"].mean == pytest.approx(-1.75 / 25)
    assert [p.new.id for p in compare(good, worse).better] == ["q5", "q3"]


def test_a_run_survives_writing_and_reading(good: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_run(good, path)
    read = read_run(path)
    assert read.to_dict() == good.to_dict()
    assert judge(read, read).open


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 99}', '{"format": 1}', "[" * 9999])
def test_a_file_that_is_no_run_is_a_clear_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.json"
    with pytest.raises(TestSetError):
        read_run(path)
    path.write_text(content)
    with pytest.raises(TestSetError, match="not a run"):
        read_run(path)


def test_questions_that_cannot_be_asked_are_named(make_bot: MakeBot, questions: TestSet) -> None:
    bot = make_bot()
    ask = bot.ask

    def refuse(question: str, *rest: Any) -> Answer:
        if "climate" in question:
            raise QuestionError("The question is too long.")
        return ask(question, *rest)

    bot.ask = refuse
    run = run_evaluation(bot, questions)
    assert len(run.results) == 24
    assert run.problems == ("line 2: The question is too long.",)


def test_nothing_to_ask_is_a_clear_error(make_bot: MakeBot) -> None:
    with pytest.raises(TestSetError, match="no question"):
        run_evaluation(make_bot(), TestSet("empty", ()))
