"""Style sheets and scripts for browsers."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class AskedAgain(StaticFiles):
    """Files that a browser keeps but asks about each time: scripts import each other by names that
    stay the same, and a page must not mix those of two versions.
    """

    def file_response(self, *args: Any, **named: Any) -> Response:
        response = super().file_response(*args, **named)
        response.headers["Cache-Control"] = "no-cache"
        return response
