"""Errors as problem details (RFC 9457) for programs, and as a plain page for people."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.errors import DocumentNotFoundError, QABotError, QuestionError
from qa_bot.web.i18n import language_of, words_for
from qa_bot.web.pages import error_page

log = logging.getLogger("qa_bot.web")


def request_id(request: Request) -> str:
    """The number under which this request stands in the log."""
    return str(getattr(request.state, "request_id", ""))


def problem(request: Request, status: int, detail: str, **more: object) -> JSONResponse:
    """A problem-details response; ``more`` are extension members."""
    title = HTTPStatus(status).phrase
    shape = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    shape["request_id"] = request_id(request)
    return _ProblemResponse(shape, status_code=status)


class _ProblemResponse(JSONResponse):
    media_type = "application/problem+json"

    def render(self, content: object) -> bytes:
        # In ASCII: what is wrong may quote half a surrogate pair, which UTF-8 cannot hold.
        return json.dumps(content).encode()


def status_of(error: QABotError) -> int:
    """HTTP status for an error that the user can understand."""
    if isinstance(error, QuestionError):
        return 422
    return 404 if isinstance(error, DocumentNotFoundError) else 503


def refused(request: Request, status: int, detail: str = "") -> Response:
    """The answer to a request that leads nowhere or is not let in; ``detail`` is for programs."""
    w = words_for(language_of(request))
    if for_programs(request):
        said = {404: w.no_page, 429: w.too_often}.get(status) or HTTPStatus(status).description
        return problem(request, status, detail or said or HTTPStatus(status).phrase)
    if status == 404:
        return error_page(request, 404, w.no_page_title, w.no_page)
    if status in (401, 403):
        return error_page(request, status, w.not_let_in_title, f"{w.not_let_in} ({status})")
    text = {429: w.too_often, 503: w.busy}.get(status, w.refused)
    return error_page(request, status, w.refused_title, f"{text} ({status})")


def install(app: FastAPI) -> None:
    """Makes every error of ``app`` one of the two shapes, never a traceback."""

    @app.exception_handler(QABotError)
    def known(request: Request, error: QABotError) -> Response:
        if for_programs(request):
            return problem(request, status_of(error), error.message, hint=error.hint)
        if isinstance(error, DocumentNotFoundError):
            w = words_for(language_of(request))
            return error_page(request, 404, w.no_document_title, w.no_document)
        return error_page(request, status_of(error), error.message, error.hint)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        if not for_programs(request):
            w = words_for(language_of(request))
            return error_page(request, 404, w.no_page_title, w.no_page)
        errors = [
            {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]}
            for one in error.errors()
        ]
        first = f"{errors[0]['field']}: {errors[0]['message']}" if errors else "Invalid request."
        return problem(request, 422, first, errors=errors)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        said = str(error.detail or "")
        usual = HTTPStatus(error.status_code).phrase  # what the framework says by itself
        response = refused(request, error.status_code, "" if said == usual else said)
        response.headers.update(error.headers or {})
        return response


class Apology:
    """Turns an error that nobody foresaw into a plain answer with the number it has in the log.

    ASGI middleware, as the framework's own handler sits outside of all middleware: its answer
    would lack the headers of safe display.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, note_start)
        except Exception:
            if scope["type"] != "http" or started:
                raise  # too late for an answer; the server closes the connection and logs it
            request = Request(scope)
            number = request_id(request)
            log.exception("request %s failed: %s", number, request.url.path)
            w = words_for(language_of(request))
            hint = w.failed_hint.format(request_id=number)
            if for_programs(request):
                response: Response = problem(request, 500, w.failed, hint=hint)
            else:
                response = error_page(request, 500, w.failed, hint)
            await response(scope, receive, send)


def for_programs(request: Request) -> bool:
    """Whether a program sent this, to whom a page would say nothing."""
    root = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    path = request.scope["path"].removeprefix(root)
    return path.startswith(
        ("/api/", "/healthz", "/readyz", "/metrics", "/mcp", "/gradio_api/", "/export/")
    )
