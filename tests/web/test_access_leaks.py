"""Tries to learn anything about a speech that one may not see: through every address there is.

A route that is not in ``TRIES`` fails the first test: whoever adds one says here how it is tried.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from signing_in import SECRET, SECRET_WORD, add_key, bearing, client
from starlette.routing import BaseRoute

from qa_bot.web.access.control import OPEN
from qa_bot.web.gradio_page import OnlyWhatIsNeeded

ASK = f"What does the {SECRET_WORD} plan cost?"
BY_SECRET: list[dict[str, Any]] = [
    {"documents": [SECRET.id]},
    {"speaker": SECRET_WORD},
    {"event": "Retreat"},
    {"place": "Zug"},
    {"language": "eo"},
    {"date_from": "1987", "date_to": "1987"},
]
ASKS: list[dict[str, Any]] = [
    {"question": "What does the plan cost?"},
    {"question": "77 million"},
    {"question": "What did IOM commit to as Network secretariat?"},
    {"question": "What else did Zoe say at the Retreat in 1987?"},
    {"question": "And who said so?", "history": [{"question": "Who spoke in Zug?", "answer": ""}]},
    *({"question": "What does the plan cost?", "filters": filters} for filters in BY_SECRET),
]
SOURCE = [f"{SECRET.id}{more}" for more in ("", "?start=0&end=20", "?view=panel&start=0&end=9")]

# Address → the requests to try. What the person says themselves is no leak, so the word that marks
# the speech stands in none of them.
TURN: dict[str, Any] = {  # as if a browser had been told of the speech before
    "question": "q",
    "understood": "q",
    "found": True,
    "sure": 0.9,
    "quotes": [
        {
            "document": SECRET.id, "start": 0, "end": 40, "mark": "",
            "sentence_start": 0, "sentence_end": 60, "sure": 0.9,
        }
    ],
    "near": [{"document": SECRET.id, "start": 0, "end": 40}],
    "facts": [{"document": SECRET.id, "field": "title"}],
    "chips": [{"field": "documents", "value": SECRET.id, "words": "it"}],
}  # fmt: skip

TRIES: dict[tuple[str, str], list[Any]] = {
    ("GET", "/api"): [""],
    ("GET", "/api/v1/openapi.json"): [""],
    ("POST", "/api/v1/ask"): [
        {k: v for k, v in ask.items() if SECRET_WORD not in json.dumps(v)} for ask in ASKS
    ],
    ("POST", "/api/v1/ask/stream"): ASKS[:2],
    ("POST", "/api/v1/search"): [
        {"question": "plan million", "top_k": 100},
        {"question": "plan", "filters": {"event": "Retreat"}},
        {"question": "plan", "filters": {"documents": [SECRET.id]}},
    ],
    ("GET", "/api/v1/suggestions"): ["", "?count=20"],
    ("GET", "/api/v1/documents"): ["", "?groups=board", "?speaker=Zoe"],
    ("GET", "/api/v1/documents/{document_id:path}"): [SECRET.id],
    ("POST", "/api/v1/feedback"): [{"kind": "down", "question": "What does the plan cost?"}],
    ("POST", "/api/v1/token"): [{"name": "x"}, {"name": "x", "groups": ["board"]}],
    ("POST", "/export/markdown"): [{"turns": [TURN]}, {"title": "a", "turns": [TURN, TURN]}],
    ("POST", "/export/word"): [{"turns": [TURN]}],
    ("GET", "/healthz"): [""],
    ("GET", "/readyz"): [""],
    ("GET", "/metrics"): [""],
    ("GET", "/sign-in"): ["", f"?next=/source/{SECRET.id}"],
    ("POST", "/sign-in"): [{}],
    ("GET", "/sign-out"): [""],
    ("POST", "/sign-out"): [{}],
    ("GET", "/speeches"): ["", "?q=plan", "?q=Zoe", "?year=1987", "?speaker=Zoe", "?sort=date"],
    ("GET", "/source/{document_id:path}"): SOURCE,
    ("GET", "/original/{document_id:path}"): [SECRET.id],
    ("GET", "/page/{document_id:path}"): SOURCE,
    ("GET", "/page-picture/{document_id:path}"): [f"{SECRET.id}?number=1&width=800"],
    ("GET", "/language/{code}"): [f"fr?to=source/{SECRET.id}"],
    ("GET", "/ui/words/{code}.json"): ["en"],
    ("GET", "/widget.js"): [""],
    ("GET", "/chat/start"): [""],
    ("MOUNT", "/ui"): [],
    ("MOUNT", "the chat"): [],  # below
}
MUST_SHOW = {  # to somebody who may see it; else these tests would find nothing anywhere
    ("POST", "/api/v1/ask"),
    ("POST", "/api/v1/search"),
    ("GET", "/api/v1/documents"),
    ("GET", "/api/v1/documents/{document_id:path}"),
    ("GET", "/speeches"),
    ("GET", "/source/{document_id:path}"),
    ("GET", "/chat/start"),
    ("POST", "/export/markdown"),
    ("POST", "/export/word"),
}


@dataclass
class Site:
    browser: TestClient
    outsider: dict[str, str]  # headers of somebody in another group
    insider: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("leaks")
    outsider, insider = add_key(folder, "staff", "staff"), add_key(folder, "chair", "board")
    with client(folder, access="keys", rate_per_minute=0, chat=True, metrics=True) as browser:
        yield Site(browser, bearing(outsider), bearing(insider))


def found(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of every route, those of included routers too."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from found(included.routes)
        elif isinstance(route, OnlyWhatIsNeeded):
            yield "MOUNT", "the chat"
        elif not hasattr(route, "methods"):
            yield "MOUNT", str(getattr(route, "path", route))
        else:
            for method in set(route.methods or ()) - {"HEAD", "OPTIONS"}:
                yield method, str(route.path)


def send(site: Site, method: str, path: str, part: Any, headers: dict[str, str]) -> Any:
    address = re.sub(r"\{[^}]*\}.*", "", path) + (part if isinstance(part, str) else "")
    body = None if isinstance(part, str) else part
    return site.browser.request(method, address, json=body, headers=headers)


def said_by(reply: Any) -> str:
    """All that the answer says: headers, and the text inside of a Word file."""
    text = str(reply.text)
    if reply.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(reply.content)) as parts:
            text = "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return text + str(reply.headers)


def tells(reply: Any) -> bool:
    """Whether the answer knows something that only the speech could tell."""
    said = said_by(reply)
    return any(word in said for word in (SECRET_WORD, "77 million", "Retreat", "1987-06"))


def test_every_route_is_tried(site: Site) -> None:
    untried = set(found(site.browser.app.routes)) - TRIES.keys()
    assert not untried, f"say in TRIES how these are tried: {sorted(untried)}"


@pytest.mark.parametrize(("method", "path"), [key for key in TRIES if key[0] != "MOUNT"])
def test_nothing_tells_an_outsider(site: Site, method: str, path: str) -> None:
    shown = False
    for part in TRIES[method, path]:
        asked = json.dumps(part)
        reply = send(site, method, path, part, site.outsider)
        if "77 million" not in asked and "Retreat" not in asked:
            assert not tells(reply), (part, reply.text[:500])
        assert SECRET_WORD not in said_by(reply), part
        shown = shown or SECRET_WORD in said_by(send(site, method, path, part, site.insider))
    assert shown or (method, path) not in MUST_SHOW


@pytest.mark.parametrize(("method", "path"), [key for key in TRIES if key[0] != "MOUNT"])
def test_nothing_at_all_tells_who_is_not_signed_in(site: Site, method: str, path: str) -> None:
    for part in TRIES[method, path]:
        reply = send(site, method, path, part, {})
        assert not tells(reply)
        if not OPEN.fullmatch(reply.request.url.path):
            assert reply.status_code in (303, 401), (path, reply.status_code)


def same(reply: Any) -> tuple[int, str, dict[str, str]]:
    """The answer without what differs between any two."""
    text = re.sub(r'"request_id": ?"\w+"', "", reply.text)
    text = text.replace(SECRET.id, "ID").replace("board/missing", "ID")
    text = text.replace(SECRET.id.replace("/", "%2F"), "ID").replace("board%2Fmissing", "ID")
    own = ("x-request-id", "content-length", "date")
    return reply.status_code, text, {k: v for k, v in reply.headers.items() if k not in own}


def test_what_is_closed_looks_like_what_is_not_there(site: Site) -> None:
    """The same answer, to the letter: 404, never 403."""
    addresses: list[Callable[[str], Any]] = [
        lambda one: ("GET", f"/api/v1/documents/{one}", None),
        lambda one: ("GET", f"/source/{one}", None),
        lambda one: ("GET", f"/source/{one}?view=panel&start=0&end=5", None),
        lambda one: ("GET", f"/original/{one}", None),
        lambda one: ("GET", f"/page/{one}?start=0&end=5", None),
        lambda one: ("GET", f"/page-picture/{one}?number=1&width=800", None),
        lambda one: (
            "POST",
            "/api/v1/ask",
            {"question": "plan", "filters": {"documents": [one]}},
        ),
        lambda one: ("POST", "/api/v1/search", {"question": "a", "filters": {"documents": [one]}}),
    ]
    for address in addresses:
        replies = []
        for one in (SECRET.id, "board/missing"):
            method, path, body = address(one)
            reply = site.browser.request(method, path, json=body, headers=site.outsider)
            replies.append(same(reply))
        assert replies[0] == replies[1]
        assert replies[0][0] in (200, 404)


def test_a_mark_of_freshness_from_an_insider_tells_nothing(site: Site) -> None:
    for path in (
        f"/source/{SECRET.id}",
        f"/original/{SECRET.id}",
        f"/api/v1/documents/{SECRET.id}",
    ):
        headers = site.browser.get(path, headers=site.insider).headers
        fresh = {
            "If-None-Match": headers.get("etag", "*"),
            "If-Modified-Since": headers.get("last-modified", "Wed, 21 Oct 2099 07:28:00 GMT"),
            "Range": "bytes=0-10",
        }
        assert site.browser.get(path, headers={**site.outsider, **fresh}).status_code == 404


def test_counts_count_what_one_may_see(site: Site) -> None:
    outside = site.browser.get("/api/v1/documents", headers=site.outsider).json()["documents"]
    inside = site.browser.get("/api/v1/documents", headers=site.insider).json()["documents"]
    assert len(inside) == len(outside) + 1
    assert not any("groups" in document for document in inside)
    for headers, count in ((site.outsider, len(outside)), (site.insider, len(inside))):
        assert f"{count} speeches" in site.browser.get("/speeches?lang=en", headers=headers).text
        metrics = site.browser.get("/metrics", headers=headers).text
        assert re.search(rf"^qa_bot_documents {count}\.0$", metrics, re.M)


def test_no_example_of_the_interface_description_is_from_a_closed_speech(site: Site) -> None:
    described = site.browser.get("/api/v1/openapi.json", headers=site.insider)
    assert not tells(described)


# The chat


def handlers(site: Site) -> list[dict[str, Any]]:
    config = site.browser.get("/config", headers=site.outsider).json()
    return [one for one in config["dependencies"] if one.get("backend_fn")]


def chat(site: Site, headers: dict[str, str], session: str, said: str, number: int) -> str:
    """All that the server sends in answer to one message of the page."""
    joined = site.browser.post(
        "/gradio_api/queue/join",
        json={"data": [said], "fn_index": number, "session_hash": session, "trigger_id": None},
        headers=headers,
    )
    assert joined.status_code == 200, joined.text
    address = f"/gradio_api/queue/data?session_hash={session}"
    return str(site.browser.get(address, headers=headers).text)


def test_the_chat_tells_an_outsider_nothing(site: Site) -> None:
    known = handlers(site)
    assert len(known) == 1, "say here how the new handler of the chat is tried"
    number = known[0]["id"]
    said = [
        {"question": "What does the plan cost?", "number": 1},
        {"question": "77 mil", "number": 1},
        *(
            {"question": "What does the plan cost?", "filters": filters}
            for filters in BY_SECRET
            if SECRET_WORD not in json.dumps(filters) and "Retreat" not in json.dumps(filters)
        ),
        {"turns": [TURN], "number": 2},
        {"question": "And what else?", "turns": [TURN], "before": 1},
    ]
    for place, one in enumerate(said):
        told = chat(site, site.outsider, f"out{place}", json.dumps(one), number)
        assert "process_completed" in told, told
        assert not any(word in told for word in (SECRET_WORD, "77 million", "Retreat")), one
    told = chat(site, site.insider, "in", json.dumps(said[0]), number)
    assert SECRET_WORD in told


def test_the_chat_of_somebody_else_cannot_be_read(site: Site) -> None:
    number = handlers(site)[0]["id"]
    body = {"data": ["{}"], "fn_index": number, "session_hash": "mine", "trigger_id": None}
    join = "/gradio_api/queue/join"
    assert site.browser.post(join, json=body, headers=site.insider).status_code == 200
    for method, path, sent in (
        ("GET", "/gradio_api/queue/data?session_hash=mine", None),
        ("GET", "/gradio_api/heartbeat/mine", None),
        ("POST", join, body),
        ("POST", "/gradio_api/cancel", {"session_hash": "mine", "fn_index": 0, "event_id": "x"}),
        ("POST", "/gradio_api/reset", {"session_hash": "mine", "fn_index": 0, "event_id": "x"}),
    ):
        reply = site.browser.request(method, path, json=sent, headers=site.outsider)
        assert reply.status_code == 403, path
    site.browser.get("/gradio_api/queue/data?session_hash=mine", headers=site.insider)


def test_nothing_of_the_chat_is_there_without_a_sign_in(site: Site) -> None:
    for path in ("/config", "/gradio_api/queue/data?session_hash=a", "/gradio_api/heartbeat/a"):
        assert site.browser.get(path).status_code in (303, 401), path
    assert site.browser.post("/gradio_api/queue/join", json={}).status_code == 401


# What is kept


def test_feedback_keeps_no_words_of_speeches_of_its_own(site: Site, tmp_path: Path) -> None:
    """An outsider's thumb about a closed speech is no way to read it: nothing is looked up."""
    body = {"kind": "down", "question": "What does the plan cost?", "answer": SECRET.id}
    reply = site.browser.post("/api/v1/feedback", json=body, headers=site.outsider)
    assert reply.status_code == 200
    assert not tells(reply)
