"""Tools for assistants."""

from __future__ import annotations

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
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server of two speeches, the first for the board; the header "groups" says who asks."""
    from qa_bot.web import mcp

    first, *others = corpus()
    bot = FakeBot([replace(first, groups=("board",)), *others])
    settings = Settings(feedback=tmp_path_factory.mktemp("feedback"), mcp=True)
    operation = Operation(bot, settings)
    app = FastAPI(lifespan=operation.lifespan)

    @app.middleware("http")
    async def sign_in(request: Request, go_on: Any) -> Response:
        request.state.person = Person("ada", tuple(request.headers.get("groups", "").split()))
        return await go_on(request)

    mcp.mount(app, operation, settings)
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


def test_what_one_may_not_see_is_not_there(client: TestClient) -> None:
    first, second = (document.id for document in corpus())
    for groups, ids in (("board", [first, second]), ("", [second])):
        known = call(client, "tools/call", groups, name="list_speeches", arguments={})
        assert [d["id"] for d in known["structuredContent"]["documents"]] == ids
    read = call(client, "tools/call", "", name="read_speech", arguments={"document": first})
    assert read["isError"]
    assert "Excellencies" not in str(read)


@pytest.mark.parametrize("on", [False, True])
def test_it_is_off_unless_set(tmp_path: Path, on: bool) -> None:
    from qa_bot.web.app import create_app

    app = create_app(FakeBot(), Settings(feedback=tmp_path, mcp=on))
    with TestClient(app, base_url="http://localhost") as client:
        if on:
            assert len(call(client, "tools/list")["tools"]) == 4
        else:
            assert client.post("/mcp", json={}).status_code == 404
