"""Short-lived tokens, for widgets on pages whose browser keeps no cookie of ours.

The intranet's own server asks for one with its API key, for the person it has signed in, and
hands it to the page. A token opens no more than the key does, and dies with the key.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import BaseModel, ConfigDict, Field

from qa_bot.settings import Settings
from qa_bot.web.access.keys import PREFIX as KEY_PREFIX
from qa_bot.web.access.keys import KeyStore
from qa_bot.web.access.mode import Refused
from qa_bot.web.access.person import Person
from qa_bot.web.problems import problem

PREFIX = "qat_"


class Tokens:
    """Makes tokens and believes them. A token is signed, not secret: it names person and groups."""

    def __init__(self, settings: Settings, keys: KeyStore, key: str) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="qa-bot token")
        self._seconds = int(settings.token_minutes * 60)
        self._keys = keys

    def make(self, key: str, name: str, groups: tuple[str, ...] | None) -> tuple[str, int]:
        """A token for this person, and the seconds that it lives.

        Raises:
            Refused: the key is none of ours, or does not open one of the groups.
        """
        kept = self._keys.find(key)
        if kept is None:
            raise Refused(401, "Send an API key: Authorization: Bearer qab_…")
        mine = kept.groups if groups is None else tuple(dict.fromkeys(groups))
        if set(mine) - set(kept.groups):
            raise Refused(403, "The key does not open all of these groups.")
        said = {"key": kept.id, "name": name, "groups": mine}
        return PREFIX + self._signer.dumps(said), self._seconds

    def person(self, token: str) -> Person | None:
        """Whom the token is for; None when it is forged, too old, or its key was revoked."""
        try:
            said = self._signer.loads(token.removeprefix(PREFIX), max_age=self._seconds)
        except BadSignature:
            return None
        kept = self._keys.by_id(said["key"])
        if kept is None:
            return None
        groups = tuple(group for group in said["groups"] if group in kept.groups)
        return Person(f"{kept.name}: {said['name']}", groups, "token")


class TokenIn(BaseModel):
    """Whom a token is for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "ada", "groups": ["staff"]}]}
    )

    name: str = Field(min_length=1, max_length=200, description="who will use it")
    groups: tuple[str, ...] | None = Field(
        None, max_length=200, description="some of the key's groups; without it, all of them"
    )


class TokenOut(BaseModel):
    """A token, and for how long it is believed."""

    token: str
    expires_in: int = Field(description="seconds")


def bearer(request: Request) -> str:
    """What the Authorization header bears, if it is one of ours; else an empty text."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    value = value.strip()
    ours = scheme.lower() == "bearer" and value.startswith((KEY_PREFIX, PREFIX))
    return value if ours else ""


def routes(tokens: Tokens) -> APIRouter:
    """POST /api/v1/token."""
    router = APIRouter()

    @router.post("/api/v1/token", response_model=TokenOut, tags=["access"], operation_id="token")
    def token(request: Request, body: TokenIn) -> Any:
        """A short-lived token for one person, made for whoever holds an API key."""
        try:
            text, seconds = tokens.make(bearer(request), body.name, body.groups)
        except Refused as refusal:
            return problem(request, refusal.status, refusal.detail)
        return TokenOut(token=text, expires_in=seconds)

    return router
