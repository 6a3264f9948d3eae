"""API keys: named, kept as hashes, revocable, each with the groups it opens.

A key holds 256 random bits, so nobody guesses it from its SHA-256: the slow hashes that protect
passwords protect short secrets that people choose, and would cost every request their time.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from qa_bot.errors import QABotError
from qa_bot.settings import Settings
from qa_bot.web.access.files import PrivateRows, Rows
from qa_bot.web.access.names import checked_groups, checked_name
from qa_bot.web.access.person import Person
from qa_bot.web.access.sessions import Sessions
from qa_bot.web.access.sign_in import Failed, sign_in_pages

FILE = "keys.json"
PREFIX = "qab_"


@dataclass(frozen=True)
class Key:
    """What is kept of a key.

    Attributes:
        id: its first, public part; finds the row.
        name: who or what uses it.
        hash: SHA-256 of the secret part, hex.
        groups: what it opens beyond what everybody may see.
        made: day, ``YYYY-MM-DD``, UTC.
    """

    id: str
    name: str
    hash: str
    groups: tuple[str, ...] = ()
    made: str = ""

    @property
    def person(self) -> Person:
        return Person(self.name, self.groups, "key")


class KeyStore:
    """The keys in one private file.

    Example:
        >>> import tempfile
        >>> store = KeyStore(Path(tempfile.mkdtemp()))
        >>> key = store.add("wiki", ["staff"])
        >>> store.find(key).groups
        ('staff',)
        >>> store.revoke("wiki")
        >>> store.find(key) is None
        True
    """

    def __init__(self, folder: Path) -> None:
        self._rows = PrivateRows(folder / FILE)

    def all(self) -> list[Key]:
        """All keys, oldest first."""
        return [Key(**{**row, "groups": tuple(row["groups"])}) for row in self._rows.read()]

    def add(self, name: str, groups: Sequence[str] = ()) -> str:
        """Make a key; the only time that it is known whole.

        Raises:
            QABotError: the name is taken or unusable, or a group is unusable.
        """
        name, kept_groups = checked_name(name), checked_groups(groups)
        identity, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        key = Key(identity, name, _hash(secret), kept_groups, today)

        def added(rows: Rows) -> Rows:
            if any(row["name"] == name for row in rows):
                raise QABotError(
                    f"There is a key named {name!r} already.",
                    f"Choose another name, or revoke it: qa-bot keys revoke {name}",
                )
            return [*rows, asdict(key)]

        self._rows.change(added)
        return f"{PREFIX}{identity}_{secret}"

    def revoke(self, name: str) -> None:
        """Drop the key of that name; a running server refuses it from the next request on.

        Raises:
            QABotError: there is none.
        """

        def dropped(rows: Rows) -> Rows:
            rest = [row for row in rows if row["name"] != name]
            if len(rest) == len(rows):
                raise QABotError(f"There is no key named {name!r}.", "See: qa-bot keys list")
            return rest

        self._rows.change(dropped)

    def find(self, key: str) -> Key | None:
        """What is kept of this key; None when it is none of ours."""
        identity, _, secret = key.removeprefix(PREFIX).partition("_")
        kept = self.by_id(identity)
        if kept is None or not hmac.compare_digest(kept.hash, _hash(secret)):
            return None
        return kept

    def by_id(self, identity: str) -> Key | None:
        """The key with this public part."""
        return next((key for key in self.all() if key.id == identity), None)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class WithKey:
    """Mode "keys": programs send their key; a person pastes one into the sign-in page."""

    signs_in = True

    def __init__(self, settings: Settings, keys: KeyStore, sessions: Sessions) -> None:
        self._settings = settings
        self._keys = keys
        self._sessions = sessions

    def person(self, request: HTTPConnection) -> Person | None:
        said = self._sessions.read(request, "keys")
        key = self._keys.by_id(str(said.get("key", ""))) if said else None
        return key.person if key else None

    def routes(self) -> APIRouter:
        return sign_in_pages("keys", self._settings, self._sessions, self._check)

    async def _check(self, form: dict[str, str]) -> dict[str, object]:
        key = self._keys.find(form.get("key", "").strip())
        if key is None:
            raise Failed
        return {"key": key.id}
