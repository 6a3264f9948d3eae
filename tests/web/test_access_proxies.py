"""What proxies say about a request: whose word counts, and what it changes."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import JSONResponse

from qa_bot.settings import Settings
from qa_bot.web.access.forwarded import BehindProxy
from qa_bot.web.access.origin import from_our_pages


async def tell(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what the application behind would see."""
    request = Request(scope)
    shape = {
        "client": scope["client"][0],
        "scheme": scope["scheme"],
        "host": request.headers["host"],
        "path": scope["path"],
        "root": scope.get("root_path", ""),
        "by_proxy": request.state.by_proxy,
        "headers": sorted(request.headers),
        "raw": scope["raw_path"].decode(),
    }
    await JSONResponse(shape)(scope, receive, send)


def seen(peer: str, path: str = "/a", headers: Any = None, **settings: Any) -> dict[str, Any]:
    setting = Settings(**{"trusted_proxies": ("10.0.3.0/24", "fd00::/8"), **settings})
    client = TestClient(
        BehindProxy(tell, setting), "http://inside", client=(peer, 1), follow_redirects=False
    )
    reply = client.get(path, headers=headers)
    return reply.json() if reply.status_code == 200 else {"to": reply.headers["location"]}


SAID = {
    "X-Forwarded-For": "198.51.100.4",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "bot.example",
    "X-Forwarded-Prefix": "/tools/bot",
    "X-Forwarded-User": "ada",
    "Forwarded": "for=198.51.100.4",
}


@pytest.mark.parametrize("peer", ["10.0.3.9", "fd12::1", "::ffff:10.0.3.9"])
def test_a_trusted_proxy_is_believed(peer: str) -> None:
    told = seen(peer, headers=SAID)
    assert told["client"] == "198.51.100.4"
    assert (told["scheme"], told["host"]) == ("https", "bot.example")
    assert (told["root"], told["path"]) == ("/tools/bot", "/tools/bot/a")
    assert told["by_proxy"]
    assert "x-forwarded-user" in told["headers"]
    assert not {"forwarded", "x-forwarded-for", "x-forwarded-host"} & set(told["headers"])


@pytest.mark.parametrize("peer", ["10.0.4.9", "198.51.100.4", "127.0.0.1", "testclient", "::1"])
def test_nobody_else_is(peer: str) -> None:
    told = seen(peer, headers=SAID)
    assert told["client"] == peer
    assert (told["scheme"], told["host"], told["root"]) == ("http", "inside", "")
    assert not told["by_proxy"]
    assert not [name for name in told["headers"] if "forwarded" in name]


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.4", "198.51.100.4"),
        ("1.2.3.4, 198.51.100.4", "198.51.100.4"),  # the first was written by the person
        ("198.51.100.4, 10.0.3.8, 10.0.3.7", "198.51.100.4"),
        ("198.51.100.4:1234", "198.51.100.4"),
        ("[2001:db8::1]:1234", "2001:db8::1"),
        ("198.51.100.4, nonsense", "10.0.3.9"),
        ("10.0.3.7", "10.0.3.7"),
        ("", "10.0.3.9"),
    ],
)
def test_the_last_address_that_is_no_proxy_counts(chain: str, client: str) -> None:
    assert seen("10.0.3.9", headers={"X-Forwarded-For": chain})["client"] == client


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-Host", "evil.example/path"),
        ("X-Forwarded-Host", "a b"),
        ("X-Forwarded-Host", "user@evil.example"),
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Prefix", "//evil.example"),
        ("X-Forwarded-Prefix", "/a/../b"),
        ("X-Forwarded-Prefix", '/"><script>'),
    ],
)
def test_what_makes_no_sense_is_not_believed_of_anybody(name: str, value: str) -> None:
    told = seen("10.0.3.9", headers={name: value})
    assert (told["scheme"], told["host"], told["root"]) == ("http", "inside", "")


@pytest.mark.parametrize("path", ["/tools/bot/a?x=1", "/a?x=1"])
def test_the_prefix_may_be_cut_off_or_not(path: str) -> None:
    told = seen("10.0.3.9", path, root_path="/tools/bot")
    assert (told["root"], told["path"], told["raw"]) == (
        "/tools/bot",
        "/tools/bot/a",
        "/tools/bot/a",
    )


def test_the_prefix_alone_gets_its_slash() -> None:
    assert seen("10.0.3.9", "/tools/bot?q=a", root_path="/tools/bot") == {"to": "/tools/bot/?q=a"}


def test_a_longer_name_is_not_the_prefix() -> None:
    assert (
        seen("10.0.3.9", "/tools/bots", root_path="/tools/bot")["path"] == "/tools/bot/tools/bots"
    )


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"origin": "https://bot.example"}, True),
        ({"origin": "https://bot.example:444"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://elsewhere.example"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site", "origin": "https://bot.example"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://intranet.example"}, True),
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], ours: bool) -> None:
    pairs = [(k.encode(), v.encode()) for k, v in {"host": "bot.example", **headers}.items()]
    scope = {"type": "http", "method": "POST", "path": "/api/v1/ask", "headers": pairs}
    assert from_our_pages(Request(scope), ("https://intranet.example",)) is ours
    scope["path"] = "/gradio_api/queue/join"  # of the chat no other origin is allowed anything
    if "intranet" in headers.get("origin", ""):
        assert from_our_pages(Request(scope), ("https://intranet.example",)) is False
