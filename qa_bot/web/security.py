"""What every response carries, and what is not let in.

Plain ASGI middleware, so that it also covers the mounted Gradio app and its event stream.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.settings import Settings

MAX_BODY = 256 * 1024  # bytes; a question of the longest length with its history is far smaller
BODY_SECONDS = 20.0  # for the body to come

Refuse = Callable[[Request, int], Response]  # makes the answer to a request that is turned away


LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
PROBES = ("/healthz", "/readyz")  # asked by address, by what watches over the server


class OnlyOurHosts:
    """Answers 421 to a request for another host name than ours.

    A page of another site could make its own name point to this machine and would then count as
    the same origin: the name is what tells it from our pages. No names means any name.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse, hosts: tuple[str, ...] = ()) -> None:
        self.app = app
        self.refuse = refuse
        self.hosts = {host.casefold() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        host = Headers(scope=scope).get("host", "")
        name = host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]
        probed = scope["path"].removeprefix(scope.get("root_path", "")) in PROBES
        if self.hosts and name.casefold() not in self.hosts and not probed:
            return await self.refuse(Request(scope), 421)(scope, receive, send)
        return await self.app(scope, receive, send)


def hosts(settings: Settings) -> tuple[str, ...]:
    """The names to answer to; none, for any name, when others may reach the server and none were
    set: a page under a made-up name brings nobody's sign-in along.
    """
    reached = settings.open_access or (settings.access != "none" and not is_loopback(settings.host))
    if reached and not settings.allowed_hosts:
        return ()
    return (*LOOPBACK, settings.host, *settings.allowed_hosts)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class BodyLimit:
    """Answers 413 to a request body of more than ``limit`` bytes, announced or not, and 408 to one
    that has not come whole after ``seconds``.
    """

    def __init__(
        self, app: ASGIApp, refuse: Refuse, limit: int = MAX_BODY, seconds: float = BODY_SECONDS
    ) -> None:
        self.app = app
        self.refuse = refuse
        self.limit = limit
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > self.limit:
            return await self.refuse(Request(scope), 413)(scope, receive, send)
        if scope["method"] not in ("POST", "PUT", "PATCH"):
            return await self.app(scope, receive, send)
        # The body is read here, before the app sees any of it, so that the answer can still be 413.
        body = bytearray()
        more = True
        try:
            async with asyncio.timeout(self.seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    if len(body) > self.limit:
                        return await self.refuse(Request(scope), 413)(scope, receive, send)
        except TimeoutError:
            return await self.refuse(Request(scope), 408)(scope, receive, send)
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        return await self.app(scope, replay, send)


class SecurityHeaders:
    """Adds a request id, the content-security policy and the other headers of safe display.

    A response that already carries a policy (the chat page, with its nonce) keeps it.
    """

    def __init__(self, app: ASGIApp, frame_ancestors: tuple[str, ...] = ()) -> None:
        self.app = app
        self.frame_ancestors = frame_ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(6)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["Permissions-Policy"] = (
                    "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
                )
                headers.setdefault("Content-Security-Policy", policy(self.frame_ancestors))
                if not self.frame_ancestors:
                    headers["X-Frame-Options"] = "SAMEORIGIN"
            await send(message)

        await self.app(scope, receive, send_with_headers)


def policy(frame_ancestors: tuple[str, ...] = (), nonce: str = "") -> str:
    """The content-security policy of our pages; with a nonce, that of the Gradio page.

    Gradio's page starts from inline scripts (allowed by nonce) and sets inline styles.
    """
    script = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    style = "'self' 'unsafe-inline'" if nonce else "'self'"
    ancestors = " ".join(("'self'", *frame_ancestors))
    return (
        f"default-src 'self'; script-src {script}; style-src {style}; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        f"form-action 'self'; frame-ancestors {ancestors}"
    )
