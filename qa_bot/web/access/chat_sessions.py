"""Keeps the chat of one person out of another's hands.

Gradio tells browsers apart by a number that the browser chooses and sends along; whoever knew the
number of another could read the answers meant for them. Here it belongs to who used it first.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.web import problems
from qa_bot.web.access.origin import path_of
from qa_bot.web.access.person import person_of

MAX_SESSIONS = 50_000
_API = "/gradio_api/"
_HEARTBEAT = "/gradio_api/heartbeat/"


class OwnChatOnly:
    """Answers 403 to a request for the chat session of somebody else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not path_of(scope).startswith(_API):
            return await self.app(scope, receive, send)
        session = _in_address(scope)
        if scope["method"] == "POST":
            body = await Request(scope, receive).body()
            session = session or _in_body(body)
            receive = _again(body, receive)
        request = Request(scope)
        person = person_of(request)
        if session and person.name:
            owner = f"{person.how} {person.name}"
            if self._owners.setdefault(session, owner) != owner:
                return await problems.refused(request, 403)(scope, receive, send)
            self._owners.move_to_end(session)
            while len(self._owners) > MAX_SESSIONS:
                self._owners.popitem(last=False)
        return await self.app(scope, receive, send)


def _in_address(scope: Scope) -> str:
    path = path_of(scope)
    if path.startswith(_HEARTBEAT):
        return path.removeprefix(_HEARTBEAT)
    named = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_hash", [""])
    return named[-1]


def _in_body(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("session_hash") or "") if isinstance(said, dict) else ""


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the application the body that was read here."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
