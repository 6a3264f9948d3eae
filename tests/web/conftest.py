"""The web application over the fake bot."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fakes import HOSTILE, FakeBot, corpus
from fastapi.testclient import TestClient

import qa_bot.web  # noqa: F401 - quietens gradio before it is imported
from qa_bot.settings import Settings


@pytest.fixture(scope="session")
def fake() -> FakeBot:
    return FakeBot([*corpus(), HOSTILE])


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of ``client``'s server."""
    return Settings(
        frame_ancestors=("https://intranet.example",),
        feedback=tmp_path_factory.mktemp("feedback"),
        rate_per_minute=0,
        metrics=True,
    )


@pytest.fixture(scope="session")
def client(fake: FakeBot, settings: Settings) -> Iterator[TestClient]:
    from qa_bot.web.app import create_app

    app = create_app(fake, settings)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(autouse=True)
def no_cookies(request: pytest.FixtureRequest) -> None:
    """A test's browser is a new one: the language that another chose would stay in a cookie."""
    if "client" in request.fixturenames:
        client = request.getfixturevalue("client")
        if isinstance(client, TestClient):  # elsewhere the name is an address's
            client.cookies.clear()
