"""``/widget.js``: what an intranet page loads."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from fastapi import APIRouter, Request, Response

from qa_bot.web.widget.bundle import bundle

KEPT = 300  # seconds a browser uses the script before it asks whether there is a newer one
KEPT_FOR_GOOD = 365 * 24 * 3600


@dataclass(frozen=True)
class Script:
    """The script as it is sent: plain, compressed, and the name of this version of it."""

    plain: bytes
    compressed: bytes
    version: str


@lru_cache
def script() -> Script:
    """The script, made once."""
    plain = bundle().encode()
    version = hashlib.sha256(plain).hexdigest()[:16]
    return Script(plain, gzip.compress(plain, 9, mtime=0), version)


def router() -> APIRouter:
    """The route of the widget's script."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/widget.js", methods=["GET", "HEAD"])
    def widget(request: Request, v: str = "") -> Response:
        made = script()
        packed = "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{made.version}{"-gz" if packed else ""}"'
        keep = f"max-age={KEPT}, stale-while-revalidate=86400"
        if v == made.version:
            keep = f"max-age={KEPT_FOR_GOOD}, immutable"
        headers = {
            "Cache-Control": f"public, {keep}",
            "ETag": tag,
            "Vary": "Accept-Encoding",
            # Pages of any origin may load the script: it holds nothing but itself, and what it
            # may read is decided by allowed_origins when it asks.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if any(
            one.strip().removeprefix("W/") == tag
            for one in request.headers.get("if-none-match", "").split(",")
        ):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["Content-Encoding"] = "gzip"
        body = made.compressed if packed else made.plain
        return Response(body, headers=headers, media_type="text/javascript")

    return routes
