"""The pages around the chat: one speech, the list of speeches, what is not there, and the
interface language.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote as url_quote

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.corpus.omissions import in_words
from qa_bot.errors import DocumentNotFoundError
from qa_bot.originals import AtHand, BusyError, PageReader, State
from qa_bot.originals.files import original_file
from qa_bot.originals.pages import WIDTHS
from qa_bot.schema import Document
from qa_bot.settings import Settings, with_sample_speeches
from qa_bot.web.access import person_of
from qa_bot.web.browse import LONGEST, SORTS, Wanted, listing
from qa_bot.web.i18n import LANGUAGES, language_of, words_for
from qa_bot.web.language import switch
from qa_bot.web.leaf import Leaf, Leaves, mark_of
from qa_bot.web.original import original
from qa_bot.web.protocol import Bot
from qa_bot.web.source import article, clamp, shorten, speakers, times

HERE = Path(__file__).parent
STATIC = HERE / "static"


@lru_cache
def version() -> str:
    """Changes when a style sheet, script or text does, so that browsers may keep them otherwise."""

    files = sorted([*STATIC.glob("*.*"), *(HERE / "words").glob("*.toml")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(
    languages=[words_for(code) for code in LANGUAGES], sorts=SORTS, widths=WIDTHS
)
_templates.filters["shorten"] = shorten


def page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A template as a page in the person's language.

    Templates know ``root`` (the path the app is served under), ``here`` (this page below it),
    ``version``, ``w`` (the words) and ``signed_in`` (who can sign out), beside ``values``.
    """
    root = root_of(request)
    here = url_quote(request.scope["path"].removeprefix(root).lstrip("/"))
    if query := request.scope.get("query_string", b"").decode("ascii", "replace"):
        here += f"?{query}"
    values |= {"root": root, "here": here, "version": version()}
    values["w"] = words_for(language_of(request))
    person = person_of(request)
    values["signed_in"] = person.name if person.signs_out else ""
    html = _templates.get_template(name).render(values)
    # A lone surrogate, which UTF-8 cannot hold, is shown as what it is: no character.
    body = html.encode("utf-8", "replace")
    headers = {"Vary": "Accept-Language, Cookie", "Cache-Control": "private, no-cache"}
    return HTMLResponse(body, status, headers)


def root_of(request: Request) -> str:
    """The path that the app is served under, without a slash at its end."""
    # Inside a mount root_path names the mount too; app_root_path never does.
    root: str = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    return root.rstrip("/")


def error_page(request: Request, status: int, title: str, text: str) -> Response:
    """A page that says in plain words what is wrong, with the way back."""
    return page(request, "error.html", status, title=title, text=text)


def router(bot: Bot, settings: Settings, reader: PageReader | None = None) -> APIRouter:
    """Routes of the source view, the list of speeches, the original files and the languages."""
    routes = APIRouter(include_in_schema=False)
    corpus = with_sample_speeches(settings)[0].corpus
    leaves = Leaves(corpus, reader or PageReader())

    @routes.get("/speeches")
    def speeches(
        request: Request,
        q: str = "",
        speaker: str = "",
        year: str = "",
        sort: str = "",
        page_number: str = Query("1", alias="page"),
    ) -> Response:
        mine = bot.seen_by(person_of(request).groups)
        documents = [mine.document(info.id) for info in mine.documents]
        number = int(page_number) if re.fullmatch(r"[0-9]{1,6}", page_number) else 1
        wanted = Wanted(q[:LONGEST], speaker, year, sort if sort in SORTS else "", number)
        return page(
            request,
            "speeches.html",
            title=settings.title,
            wanted=wanted,
            all_count=len(documents),
            listing=listing(documents, wanted),
        )

    @routes.get("/source/{document_id:path}")
    def source(
        request: Request,
        document_id: str,
        start: int | None = None,
        end: int | None = None,
        view: str = "page",
    ) -> Response:
        mine = bot.seen_by(person_of(request).groups)
        document = mine.document(document_id)
        name = "panel.html" if view == "panel" else "source.html"
        file = leaves.file(document, mine.file_hash(document_id))
        return speech(request, name, document, file, clamp(document, start, end))

    @routes.get("/page/{document_id:path}")
    def original_page(
        request: Request,
        document_id: str,
        start: int | None = None,
        end: int | None = None,
        number: int = 0,
        view: str = "page",
    ) -> Response:
        """A page of the original file with the cited words marked, beside the speech's text."""
        mine = bot.seen_by(person_of(request).groups)
        document = mine.document(document_id)
        file = leaves.file(document, mine.file_hash(document_id))
        cited = clamp(document, start, end)
        leaf = leaves.leaf(document, file, number, cited) if file.state == State.AT_HAND else None
        if view == "panel":
            return page(request, "leaf.html", document=document, file=file, leaf=leaf)
        return speech(request, "source.html", document, file, cited, leaf)

    @routes.get("/page-picture/{document_id:path}")
    def page_picture(request: Request, document_id: str, number: int, width: int) -> Response:
        """The picture of a page, without marks."""
        mine = bot.seen_by(person_of(request).groups)
        document = mine.document(document_id)
        file = leaves.file(document, mine.file_hash(document_id))
        if file.state != State.AT_HAND or width not in WIDTHS:
            raise HTTPException(404)
        headers = {"ETag": mark_of(file, number, width), "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        try:
            picture = leaves.picture(file, number, width)
        except UnusableFileError as error:
            raise HTTPException(404) from error
        except BusyError as error:
            raise HTTPException(503, headers={"Retry-After": "5"}) from error
        return Response(picture.body, media_type=picture.media_type, headers=headers)

    def speech(
        request: Request,
        name: str,
        document: Document,
        file: AtHand,
        cited: tuple[int, int] | None,
        leaf: Leaf | None = None,
    ) -> Response:
        return page(
            request,
            name,
            title=settings.title,
            document=document,
            article=article(document, words_for(language_of(request)), cited),
            speakers=speakers(document),
            times=times(document),
            original=original_file(corpus, document),
            left_out=in_words(document.omissions),
            page=document.page_at(cited[0]) if cited else None,
            cited=cited,
            file=file,
            leaf=leaf,
        )

    @routes.get("/original/{document_id:path}")
    def file(request: Request, document_id: str) -> Response:
        document = bot.seen_by(person_of(request).groups).document(document_id)
        path = original_file(corpus, document)
        if path is None:
            raise DocumentNotFoundError(f"The file of {document_id[:100]!r} is not there.")
        return original(path, document)

    @routes.get("/language/{code}")
    def language(request: Request, code: str, to: str = "") -> Response:
        return switch(request, root_of(request), code, to)

    @routes.get("/ui/words/{code}.json")
    def script_words(request: Request, code: str) -> Response:
        """What the browser scripts say: a section a script."""
        if code not in LANGUAGES:
            w = words_for(language_of(request))
            return error_page(request, 404, w.no_page_title, w.no_page)
        shape = {"language": code, **words_for(code).scripts}
        return JSONResponse(shape, headers={"Cache-Control": "public, max-age=3600"})

    return routes
