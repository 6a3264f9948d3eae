"""Mode "users": people with a name and a password kept here, for small teams."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from fastapi import APIRouter
from starlette.requests import HTTPConnection

from qa_bot.errors import QABotError
from qa_bot.settings import Settings
from qa_bot.web.access.files import PrivateRows, Rows
from qa_bot.web.access.names import checked_groups, checked_name
from qa_bot.web.access.person import Person
from qa_bot.web.access.sessions import Sessions
from qa_bot.web.access.sign_in import Failed, sign_in_pages

FILE = "users.json"
MIN_PASSWORD, MAX_PASSWORD = 10, 500  # characters
AT_ONCE = 2  # checks of passwords: each takes 64 MiB and a core


@dataclass(frozen=True)
class User:
    """What is kept of a user.

    Attributes:
        hash: of the password, by argon2id with its parameters and salt.
        groups: what they may see beyond what everybody may.
    """

    name: str
    hash: str
    groups: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Changes with the password: sessions begun with another one are over."""
        return hashlib.sha256(self.hash.encode()).hexdigest()[:16]


class UserStore:
    """The users in one private file. Names are the same in large and small letters.

    Args:
        hasher: hashes passwords; the default takes the parameters of RFC 9106.
    """

    def __init__(self, folder: Path, hasher: PasswordHasher | None = None) -> None:
        self._rows = PrivateRows(folder / FILE)
        self._hasher = hasher or PasswordHasher()
        self._nobodys = ""

    def users(self) -> list[User]:
        """All users, by name."""
        users = [User(**{**row, "groups": tuple(row["groups"])}) for row in self._rows.read()]
        return sorted(users, key=lambda user: user.name.casefold())

    def find(self, name: str) -> User | None:
        """The user of that name."""
        wanted = name.strip().casefold()
        return next((user for user in self.users() if user.name.casefold() == wanted), None)

    def add(self, name: str, password: str, groups: Sequence[str] = ()) -> None:
        """Add a user.

        Raises:
            QABotError: the name is taken or unusable, or the password too short or too long.
        """
        user = User(checked_name(name), self._hash(password), checked_groups(groups))

        def added(rows: Rows) -> Rows:
            if any(row["name"].casefold() == user.name.casefold() for row in rows):
                raise QABotError(
                    f"There is a user {user.name!r} already.",
                    f"To change the password: qa-bot users password {user.name}",
                )
            return [*rows, asdict(user)]

        self._rows.change(added)

    def remove(self, name: str) -> None:
        """Remove a user; their sessions end with the next request.

        Raises:
            QABotError: there is none of that name.
        """
        self._change(name, None)

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password; sessions begun with the old one are over.

        Raises:
            QABotError: there is none of that name, or the password is too short or too long.
        """
        self._change(name, {"hash": self._hash(password)})

    def set_groups(self, name: str, groups: Sequence[str]) -> None:
        """Put a user into other groups, from the next request on; sessions go on.

        Raises:
            QABotError: there is none of that name, or a group's name is unusable.
        """
        self._change(name, {"groups": checked_groups(groups)})

    def check(self, name: str, password: str) -> User | None:
        """The user, if this is their password. Takes as long when there is no such user."""
        user = self.find(name)
        if not self._nobodys:
            self._nobodys = self._hasher.hash("a password that nobody has")
        try:
            self._hasher.verify(user.hash if user else self._nobodys, password[:MAX_PASSWORD])
        except (Argon2Error, InvalidHashError):
            return None
        return user

    def _hash(self, password: str) -> str:
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise QABotError(
                f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.",
                "Four random words make a good one.",
            )
        return self._hasher.hash(password)

    def _change(self, name: str, new: Mapping[str, object] | None) -> None:
        """Other values in the row of a user, or no row any more."""
        wanted = name.strip().casefold()

        def changed(rows: Rows) -> Rows:
            rest = [row for row in rows if row["name"].casefold() != wanted]
            if len(rest) == len(rows):
                raise QABotError(f"There is no user {name!r}.", "See: qa-bot users list")
            if new is None:
                return rest
            return [{**row, **new} if row["name"].casefold() == wanted else row for row in rows]

        self._rows.change(changed)


class LocalUsers:
    """Signs users in by name and password."""

    signs_in = True

    def __init__(self, settings: Settings, users: UserStore, sessions: Sessions) -> None:
        self._settings = settings
        self._users = users
        self._sessions = sessions
        self._checking = CapacityLimiter(AT_ONCE)

    def person(self, request: HTTPConnection) -> Person | None:
        said = self._sessions.read(request, "users")
        user = self._users.find(str(said.get("name", ""))) if said else None
        if said is None or user is None or said.get("mark") != user.mark:
            return None
        return Person(user.name, user.groups, "users")

    def routes(self) -> APIRouter:
        return sign_in_pages("users", self._settings, self._sessions, self._check)

    async def _check(self, form: dict[str, str]) -> dict[str, object]:
        name, password = form.get("name", ""), form.get("password", "")
        user = await run_sync(self._users.check, name, password, limiter=self._checking)
        if user is None:
            raise Failed
        return {"name": user.name, "mark": user.mark}
