"""What the server writes down: one line or one JSON object each, with the request's id.

By default neither questions nor addresses. The pages' paths are written as route templates
(``/source/{document_id}``), without the query.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.settings import Settings
from qa_bot.web.operation.metrics import Metrics

log = logging.getLogger("qa_bot.requests")

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
ASKED_AT = ("/api/v1/ask", "/api/v1/ask/stream")
_MOUNTS = ("assets", "gradio_api", "mcp", "source", "static", "ui")


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Sends what the server's loggers say to ``stream`` (default: standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    for name in ("qa_bot", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(settings.log_level.upper())
    # Other libraries' warnings too come in this form; mcp would set up a form of its own if there
    # was none.
    logging.getLogger().handlers = [handler]
    # Ours says the same without addresses and questions.
    logging.getLogger("uvicorn.access").disabled = True


def fields(**values: Any) -> dict[str, Any]:
    """``extra=`` of a log call: values that become members of the JSON object."""
    return {"fields": values}


class JsonLines(logging.Formatter):
    """One JSON object a line.

    Example:
        >>> record = logging.LogRecord("qa_bot", 20, "", 0, "request", None, None)
        >>> record.fields = {"status": 200}
        >>> json.loads(JsonLines().format(record))["status"]
        200
    """

    def format(self, record: logging.LogRecord) -> str:
        shape: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            shape["request_id"] = request_id
        shape.update(getattr(record, "fields", {}))
        if record.exc_info:
            shape["error"] = self.formatException(record.exc_info)
        return json.dumps(shape, default=str)  # ASCII: no line break of any kind is left


class TextLines(logging.Formatter):
    """One line for people; what others wrote is quoted, so that nobody can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        values = {"request_id": REQUEST_ID.get(), **getattr(record, "fields", {})}
        said = " ".join(f"{name}={_plain(value)}" for name, value in values.items() if value != "")
        event = record.getMessage().encode("unicode_escape").decode()
        line = f"{_time(record)} {record.levelname.lower()} {event} {said}".rstrip()
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def _plain(value: object) -> str:
    text = str(value)
    return text if text.isascii() and text.isprintable() and " " not in text else json.dumps(text)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class RequestLog:
    """Logs and counts every request. ASGI middleware, within the one that gives ids."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app = app
        self.addresses = settings.log_addresses
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        REQUEST_ID.set(str(scope.get("state", {}).get("request_id", "")))
        began = time.perf_counter()
        status = 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, note)
        finally:
            self._done(scope, status, time.perf_counter() - began)

    def _done(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self.metrics.request(scope["method"], route, status, seconds)
        if route in ASKED_AT and status in (429, 503):
            self.metrics.question("refused")
        values = {"method": method_of(scope), "route": route, "status": status}
        values["ms"] = round(seconds * 1000, 1)
        if self.addresses and scope.get("client"):
            values["address"] = scope["client"][0]
        # Files of the pages are many and say little.
        level = logging.DEBUG if route.endswith("/*") else logging.INFO
        log.log(level, "request", extra=fields(**values))


def route_of(scope: Scope) -> str:
    """The template of the route that answered: a word of a known few, never what was asked for."""
    template = getattr(scope.get("route"), "path", "")
    if template:
        return str(template)
    path = scope["path"].removeprefix(scope.get("app_root_path", scope.get("root_path", "")))
    if path in ("", "/"):
        return "/"
    if path in ASKED_AT:  # turned away before it was routed
        return str(path)
    first = path.strip("/").partition("/")[0]
    return f"/{first}/*" if first in _MOUNTS else "other"


def method_of(scope: Scope) -> str:
    """The method, or "other": anybody can make one up."""
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"
