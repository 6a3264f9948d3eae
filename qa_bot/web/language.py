"""The language switch: remembers the choice and leads back, to no other site."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from qa_bot.web.i18n import COOKIE, LANGUAGES

_YEAR = 365 * 24 * 3600  # seconds
_PLACE = re.compile(r"([A-Za-z0-9_%][A-Za-z0-9_%.~/+-]*)?(\?[A-Za-z0-9_%.~/+=&-]*)?")


def switch(request: Request, root: str, code: str, to: str) -> Response:
    """Back to our page ``to``, in the language ``code`` from now on if it is one of ours."""
    reply = RedirectResponse(same_site(root, to), 303)
    if code in LANGUAGES:
        reply.set_cookie(
            COOKIE,
            code,
            max_age=_YEAR,
            path=f"{root}/",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return reply


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
