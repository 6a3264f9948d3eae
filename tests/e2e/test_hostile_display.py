"""Speeches full of markup, Markdown, LaTeX, control characters and endless lines are shown as what
they are. ``open_page`` fails a test whose page asks another host for anything, shows a dialog, or
meets an error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers import Server, running

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from hostile import hostile_speeches

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from qa_bot.schema import Document

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
PATIENCE = 60_000  # ms; the machine may be busy
SPEECHES = {speech.id.removeprefix("hostile-"): speech for speech in hostile_speeches()}
ALIVE = "img, svg, iframe, base, style, form, script, object, embed, b, i, em, strong, code, pre, s"


@pytest.fixture(scope="module")
def hostile_server(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("hostile") / "left.txt", "hostile") as server:
        yield server


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [320, 1280])
def test_list_shows_what_it_is(hostile_server: Server, open_page: OpenPage, width: int) -> None:
    page = open_page(hostile_server.url + "speeches?sort=title", width)
    assert fits(page)
    assert page.locator(".speeches li").count() == len(SPEECHES)
    assert not page.locator(f".speeches :is({ALIVE})").count()
    titles = page.locator(".speeches h2").all_text_contents()
    for speech in SPEECHES.values():
        beginning = speech.title[:150]
        assert any(title.startswith(beginning) for title in titles), beginning
    assert "owned" not in page.title()
    for speaker in page.locator(".speeches .who > bdi").all():  # an override ends where it stands
        assert speaker.evaluate("e => getComputedStyle(e).unicodeBidi").startswith("isolate")


@pytest.mark.parametrize("name", SPEECHES)
@pytest.mark.parametrize("width", [320, 1280])
def test_speech_shows_what_it_is(
    hostile_server: Server, open_page: OpenPage, name: str, width: int
) -> None:
    speech: Document = SPEECHES[name]
    start, end = speech.text.index("pancake"), speech.text.index("fenced")
    page = open_page(f"{hostile_server.url}source/{speech.id}#{start}-{end}", width)
    page.locator("mark.current:not(.gap)").first.wait_for(timeout=PATIENCE)
    assert page.locator("#speech").text_content() == speech.text
    assert "".join(page.locator("mark.cited").all_text_contents()) == speech.text[start:end]
    assert not page.locator(f"#speech :is({ALIVE})").count()
    assert not page.locator(f"h1 :is({ALIVE}), .where :is({ALIVE})").count()
    assert not page.locator('a[href^="javascript"]').count()
    assert not page.locator("[onload], [onerror]").count()
    assert page.title().startswith(f"{name} ")
    assert fits(page)


def test_every_kind_of_answer_shows_what_it_is(hostile_server: Server, open_page: OpenPage) -> None:
    page = open_page(hostile_server.url, 320)
    box = page.locator("#qa-box textarea")
    box.wait_for(timeout=PATIENCE)
    for turn, kind in enumerate(["evidence", "comparison", "list", "closest", "overview"]):
        box.fill(f"{kind}?")
        box.press("Enter")
        page.locator(".qa-answer").nth(turn).wait_for(timeout=PATIENCE)
        page.locator("body:not(.qa-busy)").wait_for(timeout=PATIENCE)
        page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
        answer = page.locator(".qa-answer").nth(turn)
        assert answer.locator("mark").count() or kind == "overview"
        assert not answer.locator(f":is({ALIVE}, .katex)").count()
        assert fits(page), kind
    assert "owned" not in page.title()
    assert hostile_server.left == ""


@pytest.mark.parametrize("name", SPEECHES)
def test_chat_shows_what_it_is(hostile_server: Server, open_page: OpenPage, name: str) -> None:
    speech = SPEECHES[name]
    page = open_page(hostile_server.url, 390)
    box = page.locator("#qa-box textarea")
    box.wait_for(timeout=PATIENCE)
    box.fill(f"{name} pancake")
    box.press("Enter")
    page.locator(".qa-answer").last.wait_for(timeout=PATIENCE)
    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    assert not page.locator("#qa-conversation .qa-answer :is(img, iframe, script, .katex)").count()
    links = page.locator("#qa-conversation .qa-answer a").evaluate_all(
        "all => all.map(a => new URL(a.href).origin === location.origin)"
    )
    assert links
    assert all(links)
    assert fits(page)
    cite = page.locator(f'a.qa-cite[href*="{speech.id}#"]').first
    cite.dispatch_event("click")
    panel = page.locator("#qa-source")
    panel.locator("mark.cited").first.wait_for(timeout=PATIENCE)
    assert panel.locator("article").text_content() == speech.text
    assert not panel.locator(f"article :is({ALIVE})").count()
    assert fits(page)
    assert "owned" not in page.title()
    assert hostile_server.left == ""
