"""The evaluation with the real index and the real models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa_bot import QABot
from qa_bot.evaluation.gate import judge
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.runner import run_evaluation
from qa_bot.evaluation.temporary import paragraph_bot
from qa_bot.retrieval import Retriever
from qa_bot.schema import Hit

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def test_a_few_questions_on_the_speeches(bot: QABot) -> None:
    chosen = load_test_set(ROOT / "eval" / "speeches.jsonl").select("dev", 12)
    run = run_evaluation(bot, chosen, split="dev")
    assert not run.problems
    assert run.value("citations", "quote fidelity") == 1
    assert run.value("retrieval", "recall@10/fused") > 0.7
    assert run.value("answer", "f1") > 0.3
    assert all(0 <= r.confidence <= 1 for r in run.results)


class Backwards:
    """A retriever that puts the worst passages first."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever

    def __getattr__(self, name: str) -> Any:
        return getattr(self.retriever, name)

    def search(self, question: str, *, top_k: int, **more: Any) -> list[Hit]:
        return self.retriever.search(question, top_k=1000, **more)[::-1][:top_k]


def test_a_broken_retriever_closes_the_gate(bot: QABot, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = load_test_set(ROOT / "eval" / "speeches.jsonl").select("dev", 16)
    good = run_evaluation(bot, chosen)
    assert judge(good, good).open
    monkeypatch.setattr(bot, "retriever", Backwards(bot.retriever))
    verdict = judge(run_evaluation(bot, chosen), good)
    assert not verdict.open
    assert any("recall@5" in reason for reason in verdict.reasons)


def test_squad_paragraphs_are_searched_instead_of_the_speeches(bot: QABot, tmp_path: Path) -> None:
    rows = [
        {
            "id": "1",
            "context": "The lighthouse of Ushant is called Créac’h.",
            "title": "Ushant",
            "question": "What is the lighthouse of Ushant called?",
            "answers": [{"text": "Créac’h", "start": 35}],
        },
        {
            "id": "2",
            "context": "Bread is baked from flour, water and salt.",
            "title": "Bread",
            "question": "What is bread baked from?",
            "answers": [{"text": "flour, water and salt", "start": 20}],
        },
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    with paragraph_bot(load_test_set(path), bot.settings) as (own, test_set):
        run = run_evaluation(own, test_set)
    assert not run.problems
    assert run.about["documents"] == 2
    assert run.value("retrieval", "recall@1/fused") == 1
    assert set(run.by_document) == {"Ushant", "Bread"}
