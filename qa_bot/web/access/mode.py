"""What every way of finding out who asks has in common."""

from __future__ import annotations

from typing import Protocol

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from qa_bot.web.access.person import Person


class Refused(Exception):
    """A request that is turned away.

    Args:
        status: 401 when other credentials would help, else 403.
        detail: why, for whoever sent it; says nothing about what is kept here.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Mode(Protocol):
    """One way of finding out who asks; the setting ``access`` chooses one.

    Attributes:
        signs_in: there is a page, /sign-in, that people can be sent to.
    """

    signs_in: bool

    def person(self, request: HTTPConnection) -> Person | None:
        """Who sent the request; None when it does not say.

        Raises:
            Refused: it says so in a way that is not believed.
        """

    def routes(self) -> APIRouter:
        """The pages of the sign-in, if there are any."""
