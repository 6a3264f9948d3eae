"""The answer as server-sent events, and the places at which questions are read."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import uvicorn
from fakes import FakeBot
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware import Middleware

from qa_bot.schema import Answer
from qa_bot.settings import Settings
from qa_bot.web import api, problems
from qa_bot.web.operation import Operation
from qa_bot.web.request_queue import BusyError, Progress, RequestQueue
from qa_bot.web.security import BodyLimit
from qa_bot.web.server import listen

ASKED = "what did IOM commit to as Network secretariat?"


def events(text: str) -> list[tuple[str, dict[str, object]]]:
    """(event, data) of each event; comments are left out."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(
            line.split(": ", 1) for line in block.splitlines() if line[:1] not in (":", "")
        )
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_progress_then_the_same_answer(client: TestClient) -> None:
    reply = client.post("/api/v1/ask/stream", json={"question": ASKED})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.headers["x-accel-buffering"] == "no"
    assert reply.headers["cache-control"] == "no-store"
    *steps, (last, answer) = events(reply.text)
    assert steps == [
        ("progress", {"stage": "retrieve", "done": 0, "total": 1}),
        ("progress", {"stage": "read", "done": 0, "total": 2}),
        ("progress", {"stage": "read", "done": 2, "total": 2}),
    ]
    assert last == "answer"
    assert answer == client.post("/api/v1/ask", json={"question": ASKED}).json()


def test_what_is_wrong_with_the_question_is_said_before_the_stream(client: TestClient) -> None:
    reply = client.post("/api/v1/ask/stream", json={"question": "?"})
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"


def test_what_goes_wrong_later_is_a_problem_event(client: TestClient) -> None:
    reply = client.post("/api/v1/ask/stream", json={"question": "boom?"})
    (event, problem) = events(reply.text)[-1]
    assert event == "problem"
    assert problem["status"] == 500
    assert problem["request_id"] == reply.headers["x-request-id"]
    assert "secret" not in reply.text


def test_ignore_and_rewrite_reach_the_bot(client: TestClient, fake: FakeBot) -> None:
    body = {"question": "Where?", "ignore": ["speaker:Laura"], "rewrite": False}
    for path in ("/api/v1/ask", "/api/v1/ask/stream"):
        assert client.post(path, json=body).status_code == 200
        assert fake.options[-1] == {"ignore": ["speaker:Laura"], "rewrite": False}


def read_by(
    queue: RequestQueue, stop: threading.Event, started: threading.Event
) -> asyncio.Task[str]:
    """A question that is read until ``stop`` is set, telling its progress all the time."""

    def work(progress: Progress) -> str:
        started.set()
        while not stop.is_set():
            progress("read", 0, 1)
            time.sleep(0.001)
        return "read"

    return asyncio.ensure_future(queue.read(work))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


def test_the_queue_is_bounded_and_the_place_of_who_left_is_free() -> None:
    async def run() -> None:
        queue = RequestQueue(at_once=1, waiting=1, seconds=5)
        stop, started, second = threading.Event(), threading.Event(), threading.Event()
        reading = read_by(queue, stop, started)
        await until(started.is_set)
        waiting = read_by(queue, stop, second)
        await until(lambda: queue.waiting == 1)
        with pytest.raises(BusyError):
            queue.check()
        with pytest.raises(BusyError):
            await queue.read(lambda _: "late")
        waiting.cancel()
        await until(lambda: queue.waiting == 0)
        assert not second.is_set()
        reading.cancel()  # nobody sets ``stop``: the next sign of progress ends it
        await until(lambda: queue.reading == 0)
        assert await queue.read(lambda _: "next") == "next"

    asyncio.run(run())


def test_an_answer_that_takes_too_long_ends() -> None:
    async def run() -> None:
        queue = RequestQueue(at_once=1, waiting=0, seconds=0.05)
        with pytest.raises(TimeoutError):
            await read_by(queue, threading.Event(), threading.Event())
        await until(lambda: queue.reading == 0)

    asyncio.run(run())


def test_a_search_waits_at_the_same_desk(tmp_path: Path) -> None:
    operation = Operation(FakeBot(), Settings(feedback=tmp_path))
    operation.queue.most = 0
    app = FastAPI(middleware=[Middleware(problems.Apology)])
    problems.install(app)
    api.install(app)
    app.include_router(api.router(operation, operation.settings))
    reply = TestClient(app).post("/api/v1/search", json={"question": "Who?"})
    assert reply.status_code == 503
    assert reply.headers["retry-after"] == "5"


class Patient(FakeBot):
    """Reads until nobody waits any more, telling its progress all the time."""

    def ask(self, question: str, *args: object, **options: object) -> Answer:
        progress = options["progress"]
        assert callable(progress)
        for done in range(100_000):
            progress("read", done, 100_000)
            time.sleep(0.002)
        raise AssertionError("nobody left")


@pytest.mark.parametrize("path", ["/api/v1/ask", "/api/v1/ask/stream"])
def test_a_client_that_hangs_up_frees_its_place(tmp_path: Path, path: str) -> None:
    settings = Settings(feedback=tmp_path, port=0)
    operation = Operation(Patient(), settings)
    app = FastAPI(middleware=[Middleware(BodyLimit, refuse=problems.refused)])
    app.include_router(api.router(operation, settings))
    listener = listen(settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    wait_for(lambda: server.started)
    body = json.dumps({"question": "Who?"}).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.create_connection(listener.getsockname()[:2], timeout=20) as client:
        client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        if path.endswith("stream"):
            came = b""
            while b"event: progress" not in came:
                came += client.recv(4096)
        wait_for(lambda: figure(operation, "questions_reading") == 1)
    wait_for(lambda: figure(operation, "questions_reading") == 0)
    wait_for(lambda: figure(operation, 'questions_total{outcome="abandoned"}') == 1)
    server.should_exit = True
    thread.join(10)
    listener.close()


def figure(operation: Operation, name: str) -> float:
    text = operation.metrics.text().decode()
    return float(text.partition(f"\nqa_bot_{name} ")[2].split()[0])


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
