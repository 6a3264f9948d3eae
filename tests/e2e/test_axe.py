"""axe-core, in a real browser, finds nothing serious on any page, in no colour scheme, language or
width."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers import Server

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from answers import KINDS
from fakes import HOSTILE, corpus

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 60_000  # ms; the machine may be busy
ASKED = "what did IOM commit to as Network secretariat?"
SPEECH = corpus()[0].id
PAGES = {
    "speeches": "speeches",
    "no match": "speeches?q=nothingofthekind",
    "speech": f"source/{SPEECH}",
    "quotations": f"source/{SPEECH}#300-700,100-160,650-720",
    "hostile speech": f"source/{HOSTILE.id.replace(' ', '%20')}#2-60",
}


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (in tests/e2e: npm ci)")
    return AXE.read_text(encoding="utf-8")


def serious(page: Page, axe: str, where: str) -> list[str]:
    """What axe-core calls serious or critical: the rule, and the elements that break it."""
    page.evaluate(axe)  # by the debugger: the page's policy lets no other script in
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert len(found["passes"]) > 5, f"axe-core saw nothing on {where}"
    return [
        f"{where}: {rule['id']} ({rule['help']}): {json.dumps(node['target'])} {node['html'][:150]}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_serious_issue(
    fake_server: Server, open_page: OpenPage, axe: str, scheme: str, language: str, width: int
) -> None:
    found = []
    for name, path in PAGES.items():
        page = open_page(fake_server.url + path, width, color_scheme=scheme, locale=language)
        page.wait_for_load_state()
        assert page.locator("html").get_attribute("lang") == language
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        found += serious(page, axe, name)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_error_page_has_no_serious_issue(
    fake_server: Server, browser: object, axe: str, scheme: str, language: str
) -> None:
    # Not by open_page: the browser calls the answer 404 an error, and here it is what is wanted.
    page = browser.new_page(color_scheme=scheme, locale=language)
    page.goto(f"{fake_server.url}source/nope")
    found = serious(page, axe, "error")
    page.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_chat_has_no_serious_issue(
    fake_server: Server, open_page: OpenPage, axe: str, scheme: str, language: str, width: int
) -> None:
    page = open_page(fake_server.url, width, color_scheme=scheme, locale=language)
    box = page.locator("#qa-box textarea")
    box.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(500)
    found = serious(page, axe, "empty chat")
    box.fill(ASKED)
    box.press("Enter")
    page.locator(".qa-answer").first.wait_for(timeout=PATIENCE)
    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    page.wait_for_timeout(500)
    found += serious(page, axe, "answer")
    for turn, kind in enumerate([*KINDS, "greeting"], 1):
        box.fill(f"{kind}?")
        box.press("Enter")
        page.locator(".qa-answer").nth(turn).wait_for(timeout=PATIENCE)
        page.locator("body:not(.qa-busy)").wait_for(timeout=PATIENCE)
    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    page.wait_for_timeout(500)
    found += serious(page, axe, "every kind of answer")
    page.locator("a.qa-cite").first.click()
    page.locator("#qa-source mark.cited").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(500)  # the panel has slid in
    found += serious(page, axe, "answer with its source")
    assert not found, "\n".join(found)
