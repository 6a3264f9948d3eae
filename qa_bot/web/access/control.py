"""Finds out who sent a request, and turns away whom the setting ``access`` does not let in."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import quote

from fastapi import APIRouter
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.settings import Settings
from qa_bot.web import problems
from qa_bot.web.access import tokens as token_routes
from qa_bot.web.access.anonymous import Anonymous
from qa_bot.web.access.files import secret_in
from qa_bot.web.access.keys import PREFIX as KEY_PREFIX
from qa_bot.web.access.keys import KeyStore, WithKey
from qa_bot.web.access.mode import Mode, Refused
from qa_bot.web.access.origin import SAFE, from_our_pages, path_of
from qa_bot.web.access.person import ANONYMOUS, Person
from qa_bot.web.access.proxy import ByProxy
from qa_bot.web.access.sessions import Sessions
from qa_bot.web.access.tokens import Tokens, bearer

SIGNING_FILE = "session.key"

# What tells nothing of the speeches: whether the server is there, the sign-in, our own scripts.
OPEN = re.compile(
    r"/(?:healthz|readyz|sign-in(?:/return)?|sign-out|favicon\.ico|robots\.txt"
    r"|widget\.js|widget/[^/]+|ui/[^/].*|language/[a-z]+)"
)


class Access:
    """The way of the setting ``access``, with API keys and tokens beside it.

    Args:
        known_groups: groups that some speech names.

    Raises:
        SettingsError: the access folder cannot be used.
    """

    def __init__(self, settings: Settings, known_groups: Collection[str] = ()) -> None:
        self.settings = settings
        self.closed = settings.access != "none"
        self._keys: KeyStore | None = None
        self._tokens: Tokens | None = None
        self._secret = ""
        self.mode: Mode = Anonymous(settings)
        if not self.closed:
            return
        folder = settings.access_folder
        set_key = settings.session_key.get_secret_value()
        self._secret = set_key or secret_in(folder / SIGNING_FILE)
        self._keys = KeyStore(folder)
        self._tokens = Tokens(settings, self._keys, self._secret)
        sessions = Sessions(settings, self._secret)
        if settings.access == "keys":
            self.mode = WithKey(settings, self._keys, sessions)
        elif settings.access == "users":
            from qa_bot.web.access.users import LocalUsers, UserStore  # extra [auth]

            self.mode = LocalUsers(settings, UserStore(folder), sessions)
        elif settings.access == "proxy":
            self.mode = ByProxy(settings)
        else:
            from qa_bot.web.access.oidc import AtProvider  # extra [auth]

            self.mode = AtProvider(settings, sessions, known_groups)

    def person(self, request: Request) -> Person | None:
        """Who sent the request; None when it does not say.

        Raises:
            Refused: it says so in a way that is not believed.
        """
        text = bearer(request)
        if text and self._keys is not None and self._tokens is not None:
            key = self._keys.find(text) if text.startswith(KEY_PREFIX) else None
            person = key.person if key else self._tokens.person(text)
            if person is None:
                raise Refused(401, "This key or token is not valid, or no longer.")
            return person
        return self.mode.person(request)

    def routes(self) -> APIRouter:
        """The pages of the sign-in, and the address that makes tokens."""
        routes = APIRouter()
        routes.include_router(self.mode.routes())
        if self._tokens is not None:
            routes.include_router(token_routes.routes(self._tokens))
        return routes

    def middleware(self) -> list[Middleware]:
        """What must surround the application, outermost first."""
        around = [Middleware(AccessControl, access=self)]
        if self.settings.access == "oidc":
            embedded = bool(self.settings.frame_ancestors or self.settings.allowed_origins)
            waiting = Middleware(
                SessionMiddleware,
                secret_key=self._secret,
                session_cookie="qa_bot_sign_in",
                max_age=600,
                path=f"{self.settings.root_path}/",
                same_site="none" if embedded else "lax",
                https_only=True,
                partitioned=embedded,
            )
            around.append(waiting)
        return around


class AccessControl:
    """Sets ``request.state.person``, or answers 401, 403 or the way to the sign-in."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # nothing here speaks it
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        is_open = bool(OPEN.fullmatch(path_of(scope)))
        try:
            person = self.access.person(request)
            if person is None and not is_open:
                raise Refused(401, "Sign in, or send an API key: Authorization: Bearer …")
            self._check_origin(request)
        except Refused as refusal:
            if not is_open or (refusal.status == 403 and scope["method"] not in SAFE):
                return await self._refuse(request, refusal)(scope, receive, send)
            person = None
        request.state.person = person or ANONYMOUS
        if self.access.closed and not is_open:
            send = _kept_by_one_person(send)
        return await self.app(scope, receive, send)

    def _check_origin(self, request: Request) -> None:
        """Refuses what a page of another site makes a browser send with the person's cookie."""
        if request.method in SAFE or bearer(request):
            return
        if not from_our_pages(request, self.access.settings.allowed_origins):
            raise Refused(403, "This was sent by a page of another site.")

    def _refuse(self, request: Request, refusal: Refused) -> Response:
        navigating = request.headers.get("sec-fetch-mode", "navigate") == "navigate"
        if (
            refusal.status == 401
            and self.access.mode.signs_in
            and request.method == "GET"
            and navigating
            and not problems.for_programs(request)
        ):
            there = path_of(request.scope)
            query = request.scope.get("query_string", b"").decode("latin-1")
            there += f"?{query}" if query else ""
            root = request.scope.get("root_path", "")
            return RedirectResponse(f"{root}/sign-in?next={quote(there, safe='')}", 303)
        response = problems.refused(request, refusal.status, refusal.detail)
        if refusal.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response


def _kept_by_one_person(send: Send) -> Send:
    """Tells caches that what one person sees is not for the next."""

    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "private, no-cache")
            headers.add_vary_header("Cookie, Authorization")
        await send(message)

    return send_private
