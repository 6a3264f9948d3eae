"""The pages around the chat: one speech, the list of speeches, and what is not there."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa_bot.schema import Document
from qa_bot.web import words
from qa_bot.web.protocol import Bot
from qa_bot.web.render import credit, nice_date
from qa_bot.web.source import article, clamp

HERE = Path(__file__).parent
STATIC = HERE / "static"


@lru_cache
def version() -> str:
    """Changes when a style sheet or script does, so that browsers may keep them otherwise."""
    import hashlib

    files = sorted(path for path in STATIC.iterdir() if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(words=words, nice_date=nice_date, credit=credit)


def _page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    # Inside a mount root_path names the mount too; app_root_path never does.
    root = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    html = _templates.get_template(name).render(root=root, version=version(), **values)
    return HTMLResponse(html, status_code=status)


def error_page(request: Request, status: int, title: str, text: str) -> Response:
    """A page that says in plain words what is wrong, with the way back."""
    return _page(request, "error.html", status, title=title, text=text, lang="en")


def router(bot: Bot, title: str) -> APIRouter:
    """Routes of the source view and the list of speeches."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/speeches")
    def speeches(request: Request) -> Response:
        documents = [bot.document(info.id) for info in bot.documents]
        return _page(request, "speeches.html", title=title, documents=documents, lang="en")

    @routes.get("/source/{document_id:path}")
    def source(
        request: Request,
        document_id: str,
        start: int | None = None,
        end: int | None = None,
        view: str = "page",
    ) -> Response:
        document: Document = bot.document(document_id)
        cited = clamp(document, start, end)
        template = "panel.html" if view == "panel" else "source.html"
        return _page(
            request,
            template,
            title=title,
            document=document,
            article=article(document, cited),
            page=document.page_at(cited[0]) if cited else None,
            cited=cited,
            lang=document.language or "en",
        )

    return routes
