"""A real server in its own process and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from servers import Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE_FILE = """\
<script>document.title = "owned"</script>

The secret ingredient of the pancake recipe is ![](http://tracker.example/a.png) buckwheat flour \
with **bold** <img src=http://tracker.example/b.png onerror=alert(1)> honey 😀 and $x^2$.

<iframe src="http://tracker.example/"></iframe>
"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program; whoever asks for it is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    return CHROMIUM


# One for each module: while playwright is open an event loop runs, and tests of other folders
# could not run one of their own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def fake_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The pages over the tests' fake bot."""
    with running(tmp_path_factory.mktemp("fake") / "left.txt", "fake") as server:
        yield server


@pytest.fixture(scope="session")
def real_server(
    chromium: str, speeches: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The real bot, with the two speeches and a hostile one."""
    folder = tmp_path_factory.mktemp("real")
    corpus = shutil.copytree(speeches, folder / "corpus")
    (corpus / "hostile.txt").write_text(HOSTILE_FILE)
    with running(folder / "left.txt", "real", str(corpus), str(folder / "index")) as server:
        yield server


@dataclass
class Watched:
    """What a page did that no page of ours may do."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages; at the end of the test none may have asked another host for anything, shown a
    dialog, or met an error (a breach of the content-security policy is one)."""
    watched = Watched()
    pages = []

    def open_one(url: str, width: int = 1280, height: int = 800, **options: object) -> Page:
        page = browser.new_page(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        pages.append(page)

        def request(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
                watched.outside.append(url)

        page.on("request", lambda sent: request(sent.url))
        page.on("websocket", lambda socket: request(socket.url))
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on("dialog", lambda dialog: watched.errors.append(f"dialog {dialog.message}"))
        page.on(
            "console",
            lambda said: (
                watched.errors.append(f"{said.text} {said.location.get('url', '')}")
                if said.type == "error"
                else None
            ),
        )
        page.goto(url)
        return page

    yield open_one
    for page in pages:
        page.close()
    assert not watched.outside
    assert not watched.errors
