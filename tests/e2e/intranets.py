"""Pages of another origin than the bot's, and a browser that watches what happens on them."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

SERVER = Path(__file__).parents[2] / "examples" / "intranet" / "serve.py"
_spec = importlib.util.spec_from_file_location("intranet_server", SERVER)
assert _spec and _spec.loader
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
Intranet = _module.Intranet

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 30_000  # ms; the machine may be busy
ASKED = "What did IOM commit to as Network secretariat?"

# Runs before the page's own scripts.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(
  event.effectiveDirective + " " + event.blockedURI));
window.told = [];
for (const name of ["ready", "open", "close", "question", "answer", "error"])
  document.addEventListener("qa-bot:" + name, (event) => told.push(
    [name, event.target.localName, event.detail, event.composed]));
"""


@contextlib.contextmanager
def intranet(bot: str = "http://127.0.0.1:9/") -> Iterator[Intranet]:
    """The example intranet, running at http://localhost:<port>/; its ``bot`` can be set later."""
    server = Intranet(bot)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def origin(server: Intranet) -> str:
    return f"http://localhost:{server.server_port}"


@dataclass
class Visit:
    """A page of the intranet in a browser, and what went wrong on it."""

    page: Page
    errors: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        return self.page.evaluate("violations")

    def told(self, name: str) -> list[Any]:
        """Details of the events of this name that reached the document."""
        told = self.page.evaluate("told")
        assert all(composed for *_, composed in told)
        return [detail for told_name, _, detail, _ in told if told_name == name]

    def open(self, name: str = "Ask the speeches") -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def ask(self, question: str = ASKED) -> None:
        """Asks by keyboard and waits for what comes of it."""
        replies = self.page.locator(".turn .reply:not(:has(.reading))")
        before = replies.count()
        box = self.page.get_by_label("Your question")
        box.fill(question)
        box.press("Enter")
        replies.nth(before).wait_for(timeout=PATIENCE)


Go = Callable[..., Visit]


@contextlib.contextmanager
def visits(browser: Browser) -> Iterator[Go]:
    """A function that opens a page with a browser profile of its own."""
    contexts = []

    def go(url: str, width: int = 1280, height: int = 800, init: str = "", **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.add_init_script(WATCH + init)
        page = context.new_page()
        visit = Visit(page)
        page.on("pageerror", lambda error: visit.errors.append(str(error)))
        page.on("dialog", lambda dialog: visit.errors.append(f"dialog {dialog.message}"))
        page.on(
            "console",
            lambda said: visit.errors.append(said.text) if said.type == "error" else None,
        )
        page.goto(url)
        return visit

    yield go
    for context in contexts:
        context.close()
