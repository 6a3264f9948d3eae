"""How often one person or address may ask."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_bot.web import problems
from qa_bot.web.access.buckets import Buckets, network_of
from qa_bot.web.access.origin import SAFE, path_of
from qa_bot.web.access.person import person_of


class RateLimit:
    """Answers 429 when somebody asks more than ``per_minute`` questions in a minute.

    Whoever is signed in is counted by name wherever they are, everybody else by address. Counts
    whatever makes the models work or writes a file: the JSON interface's POSTs, and questions that
    join the chat's queue.
    """

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self.app = app
        self._buckets = Buckets(per_minute, 60 / per_minute) if per_minute else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._buckets is not None and _is_counted(scope):
            request = Request(scope)
            wait = self._buckets.take(_who(request))
            if wait > 0:
                response = problems.refused(request, 429)
                response.headers["Retry-After"] = str(math.ceil(wait))
                return await response(scope, receive, send)
        return await self.app(scope, receive, send)


def _is_counted(scope: Scope) -> bool:
    path = path_of(scope)
    asks = path.startswith(("/api/", "/mcp")) or path.rstrip("/") == "/gradio_api/queue/join"
    return asks and scope["method"] not in SAFE


def _who(request: Request) -> str:
    person = person_of(request)
    if person.name:
        return f"{person.how} {person.name}"
    return network_of(request.client.host) if request.client else ""
