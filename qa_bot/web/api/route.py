"""Routes that say so when they cannot read what was sent or write what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

JSON = "application/json"


class NegotiatedRoute(APIRoute):
    """Answers 415 to a body that is no JSON, 406 to whoever accepts no type that it writes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        writes = getattr(self.response_class, "media_type", None) or JSON

        async def checked(request: Request) -> Response:
            sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if self.body_field is not None and sent != JSON:
                raise HTTPException(415, f"Send the body as {JSON}.", headers={"Accept-Post": JSON})
            if not accepts(request.headers.get("accept", ""), writes.partition(";")[0]):
                raise HTTPException(406, f"The answer comes as {writes}; accept that.")
            return await handle(request)

        return checked


def accepts(header: str, media_type: str) -> bool:
    """Whether an ``Accept`` header lets ``media_type`` through. No header accepts everything.

    Example:
        >>> accepts("text/html, application/*;q=0.5", "application/json")
        True
        >>> accepts("application/json;q=0, text/html", "application/json")
        False
    """
    if not header.strip():
        return True
    wide = media_type.partition("/")[0] + "/*"
    for name in (media_type, wide, "*/*"):  # the closest match decides
        for part in header.lower().split(","):
            ranged, *parameters = (piece.strip() for piece in part.split(";"))
            if ranged == name:
                return not any(_never(parameter) for parameter in parameters)
    return False


def _never(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip().strip("0.")
