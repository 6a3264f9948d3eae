"""The pages /sign-in and /sign-out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection

from qa_bot.settings import Settings
from qa_bot.web.access.buckets import Buckets
from qa_bot.web.access.origin import safely_connected
from qa_bot.web.access.person import person_of
from qa_bot.web.access.sessions import Sessions, set_cookie
from qa_bot.web.i18n import language_of, words_for
from qa_bot.web.pages import page

FORM_COOKIE = "qa_bot_form"
FORM_SECONDS = 3600
MAX_FIELD = 1000

# Tries at a password, for one address and for one name: a burst, then one in so many seconds.
BY_ADDRESS = (10, 20.0)
BY_NAME = (30, 30.0)


class Failed(Exception):
    """What was filled in opens nothing. Says no more, so that names can't be tried."""


Check = Callable[[dict[str, str]], Awaitable[dict[str, object]]]


def sign_in_pages(mode: str, settings: Settings, sessions: Sessions, check: Check) -> APIRouter:
    """A form that is checked by ``check``, which gives what the session is to say.

    The form carries a signed word that a cookie has too: another site can make a browser send a
    form, but not one with that word. Failures are counted by address and by name.
    """
    routes = sign_out_pages(mode, sessions)
    signer = URLSafeTimedSerializer(secrets.token_hex(32), salt="qa-bot form")
    by_address, by_name = Buckets(*BY_ADDRESS), Buckets(*BY_NAME)
    embedded = bool(settings.frame_ancestors or settings.allowed_origins)

    def form(request: Request, status: int, there: str, error: str = "", wait: int = 0) -> Response:
        safe = safely_connected(request)
        word = signer.dumps(secrets.token_hex(16))
        response = page(
            request,
            "sign_in.html",
            status,
            mode=mode,
            error=error,
            safe=safe,
            word=word,
            next=there,
            title=settings.title,
        )
        if wait:
            response.headers["Retry-After"] = str(wait)
        response.headers["Cache-Control"] = "no-store"
        set_cookie(request, response, FORM_COOKIE, word, FORM_SECONDS, embedded)
        return response

    def is_our_form(request: Request, filled: dict[str, str]) -> bool:
        word = filled.get("word", "")
        try:
            signer.loads(word, max_age=FORM_SECONDS)
        except BadSignature:
            return False
        return secrets.compare_digest(word.encode(), request.cookies.get(FORM_COOKIE, "").encode())

    @routes.get("/sign-in")
    def show(request: Request) -> Response:
        return form(request, 200, local(request.query_params.get("next", "")))

    @routes.post("/sign-in")
    async def send(request: Request) -> Response:
        w = words_for(language_of(request))
        filled = await fields(request)
        there = local(filled.get("next", ""))
        if not safely_connected(request):
            return form(request, 403, there)
        if not is_our_form(request, filled):
            return form(request, 403, there, w.sign_in_old_form)
        counted = [(by_address, address(request)), (by_name, filled.get("name", "").casefold())]
        counted = [(buckets, key) for buckets, key in counted if key]
        wait = max(buckets.wait(key) for buckets, key in counted)
        if wait > 0:
            wait = int(wait) + 1
            return form(request, 429, there, w.sign_in_wait.format(seconds=wait), wait)
        try:
            said = await check(filled)
        except Failed:
            for buckets, key in counted:
                buckets.take(key)
            return form(request, 403, there, w.sign_in_failed)
        response = RedirectResponse(root_of(request) + there, 303)
        sessions.begin(request, response, mode, said)
        return response

    return routes


def sign_out_pages(mode: str, sessions: Sessions) -> APIRouter:
    """A page with a button: a link alone must not sign anybody out."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/sign-out")
    def ask(request: Request) -> Response:
        return page(request, "sign_out.html", done=False, who=person_of(request).name)

    @routes.post("/sign-out")
    def sign_out(request: Request) -> Response:
        response = page(request, "sign_out.html", done=True)
        sessions.end(request, response, mode)
        return response

    return routes


async def fields(request: Request) -> dict[str, str]:
    """The fields of a form, the first of each name."""
    text = (await request.body()).decode("utf-8", "replace")
    try:
        parsed = parse_qs(text, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0][:MAX_FIELD] for name, values in parsed.items()}


def local(there: str) -> str:
    """Where to go on: an address of this server below its root, never of another one.

    Example:
        >>> local("/source/a?x=1"), local("//evil.example"), local("https://evil.example")
        ('/source/a?x=1', '/', '/')
    """
    ours = re.fullmatch(r"/(?![/\\])[\x21-\x7e]{0,2000}", there) and "\\" not in there
    return there if ours else "/"


def root_of(request: HTTPConnection) -> str:
    """The path that the server has on its proxy."""
    return str(request.scope.get("app_root_path", request.scope.get("root_path", "")))


def address(request: HTTPConnection) -> str:
    """The address the request came from."""
    return request.client.host if request.client else ""
