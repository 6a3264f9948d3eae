"""Tools for assistants."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBot, corpus
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from qa_bot.settings import Settings
from qa_bot.web.access import Person
from qa_bot.web.operation import Operation

pytest.importorskip("mcp", reason="pip install 'qa-bot[mcp]'")

ASKED = "what did IOM commit to as Network secretariat?"


@pytest.fixture(scope="module")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Operation:
    """Of two speeches, the first for the board."""
    first, *others = corpus()
    bot = FakeBot([replace(first, groups=("board",)), *others])
    return Operation(bot, Settings(feedback=tmp_path_factory.mktemp("feedback"), mcp=True))


@pytest.fixture(scope="module")
def client(operation: Operation) -> Iterator[TestClient]:
    """Its server; the header "groups" says who asks."""
    from qa_bot.web import mcp

    app = FastAPI(lifespan=operation.lifespan)

    @app.middleware("http")
    async def sign_in(request: Request, go_on: Any) -> Response:
        request.state.person = Person("ada", tuple(request.headers.get("groups", "").split()))
        return await go_on(request)

    mcp.mount(app, operation, operation.settings)
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def call(client: TestClient, method: str, groups: str = "board", **params: Any) -> dict[str, Any]:
    reply = client.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
        headers={
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": "2025-06-18",
            "groups": groups,
        },
    )
    assert reply.status_code == 200, reply.text
    return reply.json()["result"]


def test_the_tools_are_named(client: TestClient) -> None:
    tools = call(client, "tools/list")["tools"]
    assert [tool["name"] for tool in tools] == [
        "find_quotations",
        "search_passages",
        "list_speeches",
        "read_speech",
    ]
    assert all(tool["description"] for tool in tools)
    assert list(tools[0]["inputSchema"]["properties"]) == ["question"]


def test_a_quotation_stands_in_the_speech(client: TestClient) -> None:
    found = call(client, "tools/call", name="find_quotations", arguments={"question": ASKED})
    citation = found["structuredContent"]["citations"][0]
    read = call(
        client, "tools/call", name="read_speech", arguments={"document": citation["document"]["id"]}
    )
    text = read["content"][0]["text"]
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_the_closest_words_and_what_is_marked_come_too(client: TestClient) -> None:
    for kind, member in (("closest", "closest"), ("evidence", "citations")):
        found = call(client, "tools/call", name="find_quotations", arguments={"question": kind})
        answer = found["structuredContent"]
        assert answer["kind"] == kind
        assert answer[member][0]["marks"]


def test_what_one_may_not_see_is_not_there(client: TestClient) -> None:
    first, second = (document.id for document in corpus())
    for groups, ids in (("board", [first, second]), ("", [second])):
        known = call(client, "tools/call", groups, name="list_speeches", arguments={})
        assert [d["id"] for d in known["structuredContent"]["documents"]] == ids
    read = call(client, "tools/call", "", name="read_speech", arguments={"document": first})
    assert read["isError"]
    assert "Excellencies" not in str(read)


def test_a_full_queue_and_a_late_answer_are_said_in_plain_words(
    client: TestClient, operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = operation.queue
    question = {"name": "find_quotations", "arguments": {"question": ASKED}}
    with monkeypatch.context() as full:
        full.setattr(queue, "most", 0)
        for name in ("find_quotations", "search_passages"):
            told = call(client, "tools/call", **{**question, "name": name})
            assert told["isError"]
            assert "Too many questions are waiting" in told["content"][0]["text"]

    def ask(bot: FakeBot, *question: object, progress: Any) -> None:
        while True:
            time.sleep(0.005)
            progress("read", 0, 1)

    monkeypatch.setattr(queue, "seconds", 0.2)
    monkeypatch.setattr(FakeBot, "ask", ask)
    told = call(client, "tools/call", **question)
    assert "took too long" in told["content"][0]["text"]
    end = time.monotonic() + 20
    while queue.reading:
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("level", ["debug", "warning"])
def test_every_line_of_the_log_keeps_its_form(tmp_path: Path, level: str) -> None:
    """In a process of its own: loggers are global, and pytest has its handlers on them."""
    code = f"""
import logging, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from fakes import FakeBot
from fastapi.testclient import TestClient
from qa_bot.settings import Settings
from qa_bot.web.operation import configure
settings = Settings(feedback={str(tmp_path)!r}, mcp=True, log_format="json", log_level={level!r})
configure(settings)
from qa_bot.web.app import create_app
with TestClient(create_app(FakeBot(), settings), base_url="http://localhost") as client:
    client.post("/mcp", json={{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}})
    logging.getLogger("mcp.server").error("a line of a library")
    logging.getLogger("qa_bot.web").warning("a line of our own")
"""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    events = [json.loads(line)["event"] for line in ran.stderr.splitlines()]
    assert {"a line of a library", "a line of our own"} <= set(events)


@pytest.mark.parametrize("on", [False, True])
def test_it_is_off_unless_set(tmp_path: Path, on: bool) -> None:
    from qa_bot.web.app import create_app

    app = create_app(FakeBot(), Settings(feedback=tmp_path, mcp=on))
    with TestClient(app, base_url="http://localhost") as client:
        if on:
            assert len(call(client, "tools/list")["tools"]) == 4
        else:
            assert client.post("/mcp", json={}).status_code == 404
