"""Mode "none": nobody is asked who they are."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from qa_bot.settings import Settings
from qa_bot.web.access.person import ANONYMOUS, Person

EVERYTHING = Person()


class Anonymous:
    """Everybody is let in.

    Whoever sits at this machine sees everything, as on the command line. A request that came
    through a proxy, or to an address that others can reach, sees only speeches without groups.
    """

    signs_in = False

    def __init__(self, settings: Settings) -> None:
        self._alone = not (settings.open_access or settings.trusted_proxies or settings.root_path)

    def person(self, request: HTTPConnection) -> Person:
        # A proxy that passes on nothing else gives itself away by the old version of the protocol.
        passed_on = request.state.forwarded or request.scope.get("http_version") == "1.0"
        return EVERYTHING if self._alone and not passed_on else ANONYMOUS

    def routes(self) -> APIRouter:
        return APIRouter()
