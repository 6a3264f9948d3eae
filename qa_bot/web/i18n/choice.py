"""Which language a request is answered in."""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection

from qa_bot.web.i18n.texts import LANGUAGES

COOKIE = "qa_bot_language"

_WANTED = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([0-9.]{1,8}))?\s*")
_LONGEST = 500  # characters of Accept-Language that are read


def language_of(request: HTTPConnection) -> str:
    """The code of the interface language: what the address says (``?lang=``), else what the person
    chose before (a cookie), else what the browser prefers, else English.
    """
    for said in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if said in LANGUAGES:
            return said
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """The language of ours that an Accept-Language header likes best.

    Example:
        >>> preferred("de, es-MX;q=0.7, fr;q=0.9")
        'fr'
    """
    best, best_weight = LANGUAGES[0], 0.0
    for part in header[:_LONGEST].split(","):
        match = _WANTED.fullmatch(part)
        if not match:
            continue
        try:
            weight = float(match.group(2) or 1)
        except ValueError:
            continue
        code = match.group(1).casefold()
        if code in LANGUAGES and weight > best_weight:
            best, best_weight = code, weight
    return best
