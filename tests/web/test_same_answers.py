"""Python, the command line and the JSON interface answer the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_bot import QABot
from qa_bot.cli import main
from qa_bot.schema import Filters
from qa_bot.settings import Settings
from qa_bot.web import api
from qa_bot.web.operation import Operation

QUESTIONS = [
    "what did IOM commit to as Network secretariat?",
    "Which regional approaches were mentioned?",
    "Who gave the closing remarks?",
    "What is the capital of Mongolia?",
]


@pytest.fixture(scope="module")
def rest(bot: QABot, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    settings = Settings(keep_feedback=False)
    app = FastAPI()
    app.include_router(api.router(Operation(bot, settings), settings))
    return TestClient(app, base_url="http://localhost")


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from one time to the next, and what only the interface adds."""
    return {name: value for name, value in answer.items() if name not in ("seconds", "next")}


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_answer_three_ways(
    question: str,
    bot: QABot,
    rest: TestClient,
    speeches: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    python = timeless(json.loads(json.dumps(bot.ask(question).to_dict())))
    reply = rest.post("/api/v1/ask", json={"question": question}).json()
    assert timeless(reply) == python
    stream = rest.post("/api/v1/ask/stream", json={"question": question}).text
    data = stream.rpartition("event: answer\ndata: ")[2].strip()
    assert timeless(json.loads(data)) == python
    main(["ask", question, "--json", "--corpus", str(speeches)])
    assert timeless(json.loads(capsys.readouterr().out)) == python


def test_filters_and_history_mean_the_same(bot: QABot, rest: TestClient) -> None:
    history = [("Who gave the closing remarks?", "Laura Thompson")]
    python = bot.ask("What did she thank for?", history, Filters(speaker="Thompson"), rewrite=False)
    body = {
        "question": "What did she thank for?",
        "history": [{"question": q, "answer": a} for q, a in history],
        "filters": {"speaker": "Thompson"},
        "rewrite": False,
    }
    reply = rest.post("/api/v1/ask", json=body).json()
    assert timeless(reply) == timeless(json.loads(json.dumps(python.to_dict())))
