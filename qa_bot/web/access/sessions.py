"""Who signed in, in a signed cookie of the browser."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Literal

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from qa_bot.settings import Settings

COOKIE = "qa_bot_session"
MAX_COOKIE = 3500  # bytes; browsers drop cookies above 4096
MAX_SIGNED_OUT = 10_000


class Sessions:
    """Makes, reads and ends sessions. What a session says is signed, not secret.

    A session lasts ``session_hours`` and is not made longer by use. Signing out ends it here too,
    for as long as this process runs, so that a copied cookie is of no use afterwards.

    Args:
        key: what they are signed with.
    """

    def __init__(self, settings: Settings, key: str) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="qa-bot session")
        self._seconds = int(settings.session_hours * 3600)
        self._embedded = bool(settings.frame_ancestors or settings.allowed_origins)
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def begin(
        self, request: HTTPConnection, response: Response, mode: str, said: Mapping[str, object]
    ) -> None:
        """Sign somebody in: ``said`` is what :meth:`read` gives back."""
        text = self._signer.dumps({**said, "mode": mode, "id": secrets.token_hex(8)})
        set_cookie(request, response, COOKIE, text, self._seconds, self._embedded)

    def fits(self, said: Mapping[str, object]) -> bool:
        """Whether a browser would keep a cookie that says this."""
        return len(self._signer.dumps({**said, "mode": "users", "id": "0" * 16})) <= MAX_COOKIE

    def read(self, request: HTTPConnection, mode: str) -> dict[str, Any] | None:
        """What the session of this request says; None without one that this mode began."""
        text = request.cookies.get(COOKIE, "")
        try:
            said = self._signer.loads(text, max_age=self._seconds) if text else None
        except BadSignature:
            return None
        if not isinstance(said, dict) or said.get("mode") != mode:
            return None
        with self._lock:
            return None if said.get("id") in self._ended else said

    def end(self, request: HTTPConnection, response: Response, mode: str) -> None:
        """Sign out: the browser drops the cookie, and a copy of it is no longer taken."""
        said = self.read(request, mode)
        if said is not None:
            now = time.monotonic()
            with self._lock:
                self._ended[str(said["id"])] = now
                while self._ended and (
                    len(self._ended) > MAX_SIGNED_OUT
                    or now - next(iter(self._ended.values())) > self._seconds
                ):
                    self._ended.popitem(last=False)
        set_cookie(request, response, COOKIE, "", 0, self._embedded)


def set_cookie(
    request: HTTPConnection, response: Response, name: str, value: str, seconds: int, embedded: bool
) -> None:
    """A cookie that no script reads and no plain connection carries.

    It is sent along from other sites' pages only when the server is embedded in them, and then in
    a jar of its own for each such site (``Partitioned``).
    """
    same_site: Literal["none", "lax"] = "none" if embedded else "lax"
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=f"{request.scope.get('app_root_path', request.scope.get('root_path', ''))}/",
        secure=True,
        httponly=True,
        samesite=same_site,
    )
    if embedded:  # the standard library learns the word with Python 3.14
        key, text = response.raw_headers[-1]
        response.raw_headers[-1] = (key, text + b"; Partitioned")
