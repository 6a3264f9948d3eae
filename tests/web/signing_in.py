"""The application with an access setting, and ways of getting in, for the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from fakes import FakeBot, corpus
from fastapi.testclient import TestClient

from qa_bot.schema import Document
from qa_bot.settings import Settings
from qa_bot.web.access.keys import KeyStore
from qa_bot.web.access.users import UserStore

PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET_WORD = "zyxwvut"  # stands in the speech that only the board may see, and nowhere else
SECRET = Document(
    id="board/minutes",
    title=f"Minutes {SECRET_WORD}",
    speaker=f"Zoe {SECRET_WORD}",
    event=f"Retreat {SECRET_WORD}",
    place=f"Zug {SECRET_WORD}",
    date="1987-06-05",
    language="eo",
    source=f"https://board.example/{SECRET_WORD}",
    text=f"The {SECRET_WORD} plan costs 77 million. What did IOM commit to as Network secretariat?",
    groups=("board",),
    path="board/minutes.txt",
)


def bot() -> FakeBot:
    """Two speeches for everybody and one for the board."""
    return FakeBot([*(replace(document, groups=()) for document in corpus()), SECRET])


@contextmanager
def client(
    folder: Path,
    peer: str = "127.0.0.1",
    host: str = "https://localhost",
    chat: bool = False,
    **settings: Any,
) -> Iterator[TestClient]:
    """A browser without redirects that talks to the application from the address ``peer``.

    The chat takes seconds to make and is left out unless asked for; passwords are hashed quickly.
    """
    from qa_bot.web import app

    chosen = {"access_folder": folder, "feedback": folder / "feedback", **settings}
    with ExitStack() as quick:
        quick.enter_context(patch("qa_bot.web.access.users.PasswordHasher", lambda: QUICK))
        if not chat:
            quick.enter_context(patch.object(app.chat, "mount", lambda app, *_: app))
        served = app.create_app(bot(), Settings(**chosen))
        browser = TestClient(
            served,
            base_url=host,
            client=(peer, 50_000),
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        yield quick.enter_context(browser)


def add_user(folder: Path, name: str, *groups: str) -> None:
    UserStore(folder, QUICK).add(name, PASSWORD, groups)


def add_key(folder: Path, name: str, *groups: str) -> str:
    return KeyStore(folder).add(name, groups)


def bearing(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def form_word(page: str) -> str:
    found = re.search('name="word" value="([^"]+)"', page)
    assert found, page
    return found[1]


def sign_in(browser: TestClient, root: str = "", there: str = "/speeches", **filled: str) -> Any:
    """Fills in and sends the form; the answer."""
    word = form_word(browser.get(f"{root}/sign-in").text)
    return browser.post(f"{root}/sign-in", data={"word": word, "next": there, **filled})
