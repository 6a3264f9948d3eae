"""The pages around the chat: one speech, the list of speeches, what is not there, and the
interface language.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode
from urllib.parse import quote as url_quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa_bot.schema import Document
from qa_bot.web.protocol import Bot
from qa_bot.web.render import credit
from qa_bot.web.source import article, clamp
from qa_bot.web.words import COOKIE, LANGUAGES, language_of, words_for

HERE = Path(__file__).parent
STATIC = HERE / "static"
YEAR = 365 * 24 * 3600  # seconds


_PLACE = re.compile(r"([A-Za-z0-9_%][A-Za-z0-9_%.~/+-]*)?(\?[A-Za-z0-9_%.~/+=&-]*)?")


@lru_cache
def version() -> str:
    """Changes when a style sheet or script does, so that browsers may keep them otherwise."""
    import hashlib

    files = sorted([*STATIC.glob("*.*"), *(HERE / "words").glob("*.toml")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(credit=credit, languages=[words_for(code) for code in LANGUAGES])


def _page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    root = _root(request)
    here = request.scope["path"].removeprefix(root).lstrip("/")
    query = request.scope.get("query_string", b"").decode("ascii", "replace")
    here = url_quote(here) + (f"?{query}" if query else "")
    w = words_for(language_of(request))
    html = _templates.get_template(name).render(
        root=root, version=version(), w=w, here=here, **values
    )
    return HTMLResponse(html, status, {"Vary": "Accept-Language, Cookie"})


def _root(request: Request) -> str:
    """The path that the app is served under, without a slash at its end."""
    # Inside a mount root_path names the mount too; app_root_path never does.
    root: str = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    return root.rstrip("/")


def same_site(root: str, to: str) -> str:
    """The address of our page ``to`` (path and query below the root), or of the chat when ``to`` is
    no such page. Leads to no other site: after ``root/`` comes neither a slash of any kind nor
    anything that browsers drop. A language in the query would beat the one just chosen: it goes.

    Example:
        >>> same_site("/tools", "speeches?q=a"), same_site("", "//evil.example")
        ('/tools/speeches?q=a', '/')
    """
    if not _PLACE.fullmatch(to):
        return f"{root}/"
    path, _, query = to.partition("?")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "lang"]
    return f"{root}/{path}" + (f"?{urlencode(kept)}" if kept else "")


def error_page(request: Request, status: int, title: str, text: str) -> Response:
    """A page that says in plain words what is wrong, with the way back."""
    return _page(request, "error.html", status, title=title, text=text)


def router(bot: Bot, title: str) -> APIRouter:
    """Routes of the source view and the list of speeches."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/language/{code}")
    def language(request: Request, code: str, to: str = "") -> Response:
        """Remembers the interface language and leads back to where the person was."""
        reply = RedirectResponse(same_site(_root(request), to), 303)
        if code in LANGUAGES:
            reply.set_cookie(
                COOKIE,
                code,
                max_age=YEAR,
                path=f"{_root(request)}/",
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
        return reply

    @routes.get("/ui/words/{code}.json")
    def script_words(request: Request, code: str) -> Response:
        """What the browser scripts say: a section a script."""
        if code not in LANGUAGES:
            w = words_for(language_of(request))
            return error_page(request, 404, w.no_page_title, w.no_page)
        w = words_for(code)
        shape = {"language": code, **w.scripts}
        return JSONResponse(shape, headers={"Cache-Control": "public, max-age=3600"})

    @routes.get("/speeches")
    def speeches(request: Request) -> Response:
        documents = [bot.document(info.id) for info in bot.documents]
        return _page(request, "speeches.html", title=title, documents=documents)

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
        )

    return routes
