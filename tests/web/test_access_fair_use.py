"""How often one may ask, and which pages' scripts may."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_in import add_key, bearing, client

from qa_bot.web.access.buckets import Buckets
from qa_bot.web.security import BodyLimit
from qa_bot.web.shutdown import EndsOnShutdown, Shutdown

ASK = {"question": "who spoke in Geneva?"}
WIDGET = {"allowed_origins": ("https://intranet.example",)}


def test_too_many_questions_are_refused_with_the_time_to_wait(tmp_path: Path) -> None:
    with client(tmp_path, rate_per_minute=3) as browser:
        replies = [browser.post("/api/v1/ask", json=ASK) for _ in range(4)]
        assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
        assert 1 <= int(replies[-1].headers["retry-after"]) <= 20
        assert replies[-1].headers["content-type"] == "application/problem+json"
        join = browser.post("/gradio_api/queue/join", json={})
        assert join.status_code == 429
        assert browser.get("/api/v1/documents").status_code == 200


def test_people_are_counted_by_name_and_not_by_address(tmp_path: Path) -> None:
    one, two = add_key(tmp_path, "one"), add_key(tmp_path, "two")
    with client(tmp_path, access="keys", rate_per_minute=1) as browser:
        asked = [browser.post("/api/v1/ask", json=ASK, headers=bearing(k)) for k in (one, one, two)]
        assert [reply.status_code for reply in asked] == [200, 429, 200]


def test_behind_a_proxy_everybody_is_counted_alone(tmp_path: Path) -> None:
    with client(tmp_path, rate_per_minute=1, trusted_proxies=("127.0.0.1",)) as browser:
        for address, status in (("192.0.2.1", 200), ("192.0.2.1", 429), ("192.0.2.2", 200)):
            headers = {"X-Forwarded-For": f"203.0.113.{status % 7}, {address}"}
            assert browser.post("/api/v1/ask", json=ASK, headers=headers).status_code == status


@settings(max_examples=40)
# Without subnormal numbers: torch may have switched them off for the whole process.
@given(
    st.lists(st.floats(0, 50, allow_subnormal=False), max_size=20),
    st.integers(1, 5),
    st.floats(0.5, 20, allow_subnormal=False),
)
def test_no_more_than_the_burst_and_the_rate(pauses: list[float], burst: int, each: float) -> None:
    now = [0.0]
    buckets = Buckets(burst, each, clock=lambda: now[0])
    given_at = []
    for pause in pauses:
        now[0] += pause
        before = buckets.wait("a")
        if buckets.take("a") == 0:
            given_at.append(now[0])
            assert before == 0
    for first in range(len(given_at)):
        for last in range(first, len(given_at)):
            span = given_at[last] - given_at[first]
            assert last - first + 1 <= burst + span / each + 1e-6


def test_the_table_of_senders_stays_small() -> None:
    buckets = Buckets(1, 60, max_keys=10)
    for sender in range(1000):
        buckets.take(str(sender))
    assert len(buckets._full_at) == 10


# Other origins


def preflight(browser: Any, path: str, origin: str) -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    return browser.options(path, headers=headers)


def test_a_widget_of_an_allowed_origin_may_ask(tmp_path: Path) -> None:
    key = add_key(tmp_path, "wiki")
    with client(tmp_path, access="keys", **WIDGET) as browser:
        allowed = preflight(browser, "/api/v1/ask", "https://intranet.example")
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://intranet.example"
        assert "access-control-allow-credentials" not in allowed.headers
        origin = {"Origin": "https://intranet.example", "Sec-Fetch-Site": "cross-site"}
        asked = browser.post("/api/v1/ask", json=ASK, headers={**origin, **bearing(key)})
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == "https://intranet.example"
        told = browser.post("/api/v1/ask", json=ASK, headers=origin)  # it can read why not, too
        assert told.status_code == 401
        assert told.headers["access-control-allow-origin"] == "https://intranet.example"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://intranet.example", "https://intranet.example.evil"],
)
def test_no_other_origin_may_read_anything(tmp_path: Path, origin: str) -> None:
    with client(tmp_path, **WIDGET) as browser:
        assert (
            "access-control-allow-origin" not in preflight(browser, "/api/v1/ask", origin).headers
        )
        reply = browser.get("/api/v1/documents", headers={"Origin": origin})
        assert "access-control-allow-origin" not in reply.headers


def test_of_pages_and_the_chat_even_an_allowed_origin_reads_nothing(tmp_path: Path) -> None:
    with client(tmp_path, **WIDGET) as browser:
        for path in ("/speeches", "/config", "/gradio_api/queue/join", "/sign-in"):
            reply = preflight(browser, path, "https://intranet.example")
            assert "access-control-allow-origin" not in reply.headers, path


def test_cookies_go_along_only_where_people_sign_in_with_one(tmp_path: Path) -> None:
    with client(tmp_path, access="users", **WIDGET) as browser:
        reply = preflight(browser, "/api/v1/ask", "https://intranet.example")
        assert reply.headers["access-control-allow-credentials"] == "true"
        assert reply.headers["access-control-allow-origin"] == "https://intranet.example"


# Bodies and stopping


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    said: list[Any] = []

    def refuse(request: Any, status: int) -> Any:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            said.append(status)

        return answer

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def never(*_: Any) -> None:
        raise AssertionError("the application saw half a body")

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    limit = BodyLimit(never, refuse, seconds=0.1)
    asyncio.run(limit(scope, receive, never))
    assert said == [408]


def test_an_open_page_does_not_hold_up_the_stop(caplog: pytest.LogCaptureFixture) -> None:
    async def heartbeat(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(60)

    async def run() -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        stopping = Shutdown()
        ends = EndsOnShutdown(heartbeat, stopping)
        scope = {"type": "http", "path": "/gradio_api/heartbeat/abc"}
        task = asyncio.create_task(ends(scope, send, send))
        await asyncio.sleep(0.05)
        stopping.begin()
        await asyncio.wait_for(task, 5)
        return sent

    with caplog.at_level(logging.ERROR):
        sent = asyncio.run(run())
    assert sent[-1] == {"type": "http.response.body", "body": b""}
    assert not caplog.records
