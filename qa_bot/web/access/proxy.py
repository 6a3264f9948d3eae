"""Mode "proxy": a single sign-on in front of the server says who asks, in a header."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from qa_bot.settings import Settings
from qa_bot.web.access.mode import Refused
from qa_bot.web.access.person import Person

MAX_NAME = 200


class ByProxy:
    """Believes the header of a trusted proxy; a request past the proxy is refused.

    :class:`~qa_bot.web.access.forwarded.BehindProxy` has taken the headers away from requests
    that came from anywhere else.
    """

    signs_in = False

    def __init__(self, settings: Settings) -> None:
        self._user = settings.proxy_user_header
        self._groups = settings.proxy_groups_header

    def person(self, request: HTTPConnection) -> Person | None:
        if not request.state.by_proxy:
            raise Refused(403, "Come through the sign-on: this address is not the one to use.")
        names = request.headers.getlist(self._user)
        if len(names) > 1:  # the proxy added its own to one that was sent: which is whose?
            raise Refused(403, "The proxy names more than one person.")
        name = names[0].strip() if names else ""
        if not name:
            return None
        if len(name) > MAX_NAME or not name.isprintable():
            raise Refused(403, "The proxy names nobody that could be.")
        lists = request.headers.getlist(self._groups)
        if len(lists) > 1:
            raise Refused(403, "The proxy lists the groups more than once.")
        return Person(name, groups_of(lists[0]) if lists else (), "proxy")

    def routes(self) -> APIRouter:
        return APIRouter()


def groups_of(header: str) -> tuple[str, ...]:
    """Group names from a header with commas.

    Example:
        >>> groups_of("staff, board,,staff")
        ('staff', 'board')
    """
    names = (name.strip() for name in header.split(","))
    return tuple(dict.fromkeys(name for name in names if name))
