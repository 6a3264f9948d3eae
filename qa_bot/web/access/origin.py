"""Which pages' scripts may use the server, and what a browser may send on its own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_bot.settings import Settings

API = ("/api/", "/ui/", "/widget", "/healthz")  # what a widget on another origin's page needs
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def path_of(scope: Scope) -> str:
    """The path below the root that the server has on its proxy."""
    root = str(scope.get("app_root_path", scope.get("root_path", "")))
    return str(scope["path"]).removeprefix(root)


class ForWidgets(CORSMiddleware):
    """Lets scripts of the allowed origins read the JSON interface, and nothing else.

    Cookies go along only where people sign in with one; there is never a wildcard. Every other
    path is left to the middleware behind, which lets no origin in.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            allow_origins=settings.allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=("Authorization", "Content-Type", "Last-Event-ID"),
            allow_credentials=settings.access in ("proxy", "oidc", "users"),
            expose_headers=("X-Request-ID", "Retry-After"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.allow_origins and path_of(scope).startswith(API):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def from_our_pages(request: HTTPConnection, allowed_origins: tuple[str, ...]) -> bool:
    """Whether a request that changes something was not made by a page of some other site.

    Browsers say where a request comes from (``Sec-Fetch-Site``, else ``Origin``) and no script can
    change that. A request that says neither is no browser's, and carries nobody's cookie.
    """
    origin = request.headers.get("origin", "")
    if origin.casefold() in allowed_origins and path_of(request.scope).startswith("/api/"):
        return True
    site = request.headers.get("sec-fetch-site")
    if site:
        return site in ("same-origin", "none")
    if not origin:
        return True
    return bool(origin != "null" and urlsplit(origin).netloc == request.headers.get("host"))


def safely_connected(request: HTTPConnection) -> bool:
    """Whether a password may be sent: over https, or without leaving this machine."""
    name = request.url.hostname or ""
    if request.url.scheme == "https" or name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
