"""Readiness, the log, the figures, and what must not be in them."""

from __future__ import annotations

import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBot
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from starlette.middleware import Middleware

from qa_bot.feedback.store import Entry, FeedbackStore
from qa_bot.schema import Answer
from qa_bot.settings import Settings
from qa_bot.web import api, problems
from qa_bot.web.operation import Operation, RequestLog, configure
from qa_bot.web.operation.readiness import Readiness
from qa_bot.web.protocol import GoneError
from qa_bot.web.security import SecurityHeaders

SECRET = "Who shepherded the Zyzzyva Compact?"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log says; the loggers are put back afterwards."""
    loggers = [logging.getLogger(name) for name in ("", "qa_bot", "uvicorn")]
    before = [(one.handlers, one.propagate, one.level) for one in loggers]
    yield io.StringIO()
    for one, (handlers, propagate, level) in zip(loggers, before, strict=True):
        one.handlers, one.propagate = handlers, propagate
        one.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False


def app_of(settings: Settings, bot: FakeBot | None = None) -> FastAPI:
    """The JSON interface alone: Gradio takes a second to set up."""
    operation = Operation(bot or FakeBot(), settings)
    around = [
        Middleware(SecurityHeaders),
        Middleware(RequestLog, settings=settings, metrics=operation.metrics),
        Middleware(problems.Apology),
    ]
    app = FastAPI(lifespan=operation.lifespan, middleware=around)
    app.state.operation = operation
    problems.install(app)
    api.install(app)
    app.include_router(api.router(operation, settings))
    return app


def ask(settings: Settings, question: str = SECRET) -> TestClient:
    client = TestClient(
        app_of(settings),
        base_url="http://localhost",
        raise_server_exceptions=False,
        client=("192.0.2.77", 50000),
    )
    client.post("/api/v1/ask", json={"question": question})
    client.get("/api/v1/documents/000_605e54f1ab177411?start=3&end=9")
    client.get("/made/up/Zyzzyva")
    return client


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_the_log_says_what_happened_and_not_what_was_asked(
    tmp_path: Path, written: io.StringIO
) -> None:
    settings = Settings(log_format="json", log_level="info", feedback=tmp_path)
    configure(settings, written)
    ask(settings)
    said = [line for line in lines(written) if line["event"] == "request"]
    assert [(one["method"], one["route"], one["status"]) for one in said] == [
        ("POST", "/api/v1/ask", 200),
        ("GET", "/api/v1/documents/{document_id:path}", 200),
        ("GET", "other", 404),
    ]
    assert all(len(str(one["request_id"])) == 12 and one["ms"] > 0 for one in said)
    (question,) = [line for line in lines(written) if line["event"] == "question"]
    assert question["outcome"] in ("found", "not_found")
    assert question["request_id"] == said[0]["request_id"]
    for secret in ("Zyzzyva", "192.0.2.77", "605e54f1ab177411"):
        assert secret not in written.getvalue()


def test_questions_and_addresses_are_logged_only_when_both_settings_say_so(
    tmp_path: Path, written: io.StringIO
) -> None:
    asked = Settings(
        log_format="json",
        log_level="info",
        log_questions=True,
        log_addresses=True,
        feedback=tmp_path / "kept",
    )
    configure(asked, written)
    ask(asked)
    (question,) = [line for line in lines(written) if line["event"] == "question"]
    assert question["question"] == SECRET
    assert lines(written)[-1]["address"] == "192.0.2.77"
    written.truncate(0)
    written.seek(0)
    ask(asked.model_copy(update={"keep_nothing": True, "feedback": tmp_path / "nothing"}))
    assert "Zyzzyva" not in written.getvalue()
    assert not (tmp_path / "nothing").exists()
    assert SECRET in (tmp_path / "kept" / "questions.jsonl").read_text()


@pytest.mark.parametrize("form", ["text", "json"])
def test_nobody_can_forge_a_line(tmp_path: Path, written: io.StringIO, form: str) -> None:
    settings = Settings(log_format=form, log_level="info", log_questions=True, feedback=tmp_path)
    configure(settings, written)
    ask(settings, "Who?\u2028 2026-01-01 info request\x85 \x1b[31m status=200")
    log = logging.getLogger("qa_bot.web")
    log.warning("file %s", "a\nb\x1b[2J")
    assert len(written.getvalue().splitlines()) == 5
    assert "\x1b" not in written.getvalue()


def test_errors_are_in_the_log_with_their_number(tmp_path: Path, written: io.StringIO) -> None:
    settings = Settings(log_format="json", feedback=tmp_path)
    configure(settings, written)
    client = ask(settings, "boom?")
    reply = client.post("/api/v1/ask", json={"question": "boom?"})
    logged = [line for line in lines(written) if line["level"] == "error"]
    assert logged[-1]["request_id"] == reply.json()["request_id"]
    assert "RuntimeError" in str(logged[-1]["error"])


def figures(client: TestClient) -> dict[str, float]:
    reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        sample.name + ",".join(f"|{k}={v}" for k, v in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def test_figures_count_questions_requests_and_speeches(tmp_path: Path) -> None:
    settings = Settings(metrics=True, feedback=tmp_path)
    client = ask(settings, "what did IOM commit to as Network secretariat?")
    client.post("/api/v1/ask", json={"question": "Zyzzyva?"})
    client.post("/api/v1/ask", json={"question": "boom?"})
    client.post("/api/v1/ask", json={"question": "?"})
    client.post("/api/v1/feedback", json={"kind": "up", "question": "Who?"})
    seen = figures(client)
    assert seen["qa_bot_questions_total|outcome=found"] == 1
    assert seen["qa_bot_questions_total|outcome=not_found"] == 1
    assert seen["qa_bot_questions_total|outcome=error"] == 1
    assert seen["qa_bot_documents"] == 2
    assert seen["qa_bot_questions_waiting"] == 0
    assert seen["qa_bot_feedback_total|kind=thumbs_up"] == 1
    assert seen["qa_bot_http_requests_total|method=POST,|route=/api/v1/ask,|status=422"] == 1
    assert "Zyzzyva" not in client.get("/metrics").text


def test_figures_are_off_unless_set(tmp_path: Path) -> None:
    client = TestClient(app_of(Settings(feedback=tmp_path)), base_url="http://localhost")
    assert client.get("/metrics").status_code == 404


def test_figures_count_only_speeches_that_the_person_may_see(tmp_path: Path) -> None:
    bot = FakeBot()
    first, *others = bot._documents.values()
    closed = FakeBot([replace(first, groups=("board",)), *others])
    operation = Operation(closed, Settings(feedback=tmp_path))
    assert len(operation.bot.seen_by(()).documents) == 1
    assert len(operation.bot.seen_by(("board",)).documents) == 2


def test_a_question_that_nobody_waits_for_is_no_error(tmp_path: Path) -> None:
    class Leaving(FakeBot):
        def ask(self, *args: object, **options: object) -> Answer:
            raise GoneError

    operation = Operation(Leaving(), Settings(feedback=tmp_path))
    with pytest.raises(GoneError):
        operation.bot.ask("Who?")
    assert b'outcome="abandoned"} 1.0' in operation.metrics.text()


def test_ready_when_warm_until_it_stops(tmp_path: Path) -> None:
    warm = threading.Event()

    class Cold(FakeBot):
        def ask(self, *args: object, **options: object) -> Answer:
            warm.wait(10)
            return super().ask("Who?")

    bot: Any = Cold()
    app = app_of(Settings(feedback=tmp_path), bot)
    with TestClient(app, base_url="http://localhost") as client:
        reply = client.get("/readyz")
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        assert reply.headers["content-type"] == "application/problem+json"
        assert client.get("/healthz").json() == {"status": "ok"}
        warm.set()
        end = time.monotonic() + 5
        while client.get("/readyz").status_code != 200 and time.monotonic() < end:
            time.sleep(0.01)
        assert client.get("/readyz").json() == {"status": "ready"}
        bot.corpus_state = "changed"  # as a bot over files that may change tells it
        assert client.get("/readyz").json() == {"status": "ready", "corpus": "changed"}
        app.state.operation.readiness.stop()
        assert client.get("/readyz").status_code == 503


def test_a_bot_that_cannot_answer_is_not_ready() -> None:
    class Broken(FakeBot):
        def ask(self, *args: object, **options: object) -> Answer:
            ready.stop()  # so that the test ends
            raise RuntimeError

    ready = Readiness()
    ready.warm_up(Broken())
    assert not ready._warm


def test_old_feedback_is_gone_once_the_server_runs(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    store.add(Entry("not found", "Who was it?", when="2001-01-01 00:00"))
    store.keep("not found", "Who is it?")
    app = app_of(Settings(feedback=tmp_path, feedback_days=30))
    with TestClient(app, base_url="http://localhost"):
        end = time.monotonic() + 5
        while len(store.entries()) > 1 and time.monotonic() < end:
            time.sleep(0.01)
    assert [e.question for e in store.entries()] == ["Who is it?"]
