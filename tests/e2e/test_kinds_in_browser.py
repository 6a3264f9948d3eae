"""Every kind of answer as the chat page and the widget show it, over the fake bot."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers import Server

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from answers import KINDS, answer
from fakes import corpus

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
PATIENCE = 60_000  # ms; the machine may be busy
OURS = """<!doctype html><html lang="en"><title>Ours</title>
<style>:root { color-scheme: light dark } body { margin: 0; background: light-dark(#fff, #111) }
qa-bot-chat { --qa-bot-height: 100vh } qa-bot-button { visibility: hidden }</style>
<body><qa-bot-chat></qa-bot-chat><script src="widget.js"></script>"""
VIEWS = [("light", 1280), ("dark", 1280), ("light", 320)]


def ask(page: Page, question: str) -> Locator:
    box = page.locator("#qa-box textarea")
    page.locator(".qa-filter-open").wait_for(timeout=PATIENCE)
    answers = page.locator(".qa-answer").count()
    box.fill(question)
    box.press("Enter")
    page.locator(".qa-answer").nth(answers).wait_for(timeout=PATIENCE)
    page.locator("body:not(.qa-busy)").wait_for(timeout=PATIENCE)
    return page.locator(".qa-answer").nth(answers)


def sentences(kind: str) -> list[str]:
    given = answer(kind, corpus())
    quoted = given.citations if given.found else given.closest
    return list(dict.fromkeys(citation.sentence for citation in quoted))


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_each_kind_on_the_chat_page(
    fake_server: Server, open_page: OpenPage, scheme: str, width: int, tmp_path: Path
) -> None:
    page = open_page(fake_server.url, width, color_scheme=scheme)
    for kind in (*KINDS, "greeting"):
        shown = ask(page, f"{kind}?")
        page.wait_for_timeout(300)
        page.screenshot(path=tmp_path / f"chat-{kind}-{scheme}-{width}.png")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), kind
        whole = [] if kind == "greeting" else sentences(kind)
        assert {*shown.locator(".qa-quote .qa-words").all_text_contents()} == {*whole}, kind
        for mark in shown.locator(".qa-quote:not(details *) mark").all():
            assert mark.is_visible()
    columns = (
        "e => getComputedStyle(e).gridTemplateColumns.split(' ').filter(w => w !== '0px').length"
    )
    assert page.locator(".qa-sides").evaluate(columns) == (1 if width <= 600 else 2)
    rest = page.locator("details.qa-rest")
    assert rest.locator(".qa-quote").first.is_hidden()
    rest.locator("summary").click()
    assert rest.locator(".qa-quote").first.is_visible()
    page.screenshot(path=tmp_path / f"chat-evidence-open-{scheme}-{width}.png")


def test_kinds_come_back_after_a_reload_and_open_their_words(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    shown = [ask(page, f"{kind}?").text_content() for kind in ("list", "comparison", "closest")]
    page.reload()
    page.locator(".qa-answer").nth(2).wait_for(timeout=PATIENCE)
    again = page.locator(".qa-answer").all_text_contents()
    assert again == shown
    given = answer("closest", corpus())
    page.locator(".qa-closest a.qa-number").nth(1).click()
    page.locator("#qa-source mark.cited").first.wait_for(timeout=PATIENCE)
    marked = "".join(page.locator("#qa-source mark.cited").all_text_contents())
    assert marked == given.closest[1].quote


def test_what_is_read_aloud(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    said = page.locator("[role=status], [aria-live]")
    for kind, words in [
        ("list", "Answer found, 4 quotations."),
        ("closest", "No direct answer. The closest words:"),
        ("greeting", "Hello!"),
    ]:
        ask(page, f"{kind}?")
        page.wait_for_timeout(200)
        assert any(words in text for text in said.all_text_contents()), kind


def test_on_paper_the_folded_evidence_stands_too(
    fake_server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(fake_server.url, 800)
    for kind in ("evidence", "comparison"):
        ask(page, f"{kind}?")
    page.emulate_media(media="print")
    page.wait_for_timeout(300)
    page.pdf(path=tmp_path / "paper.pdf")
    page.screenshot(path=tmp_path / "paper.png", full_page=True)
    assert page.locator(".qa-rest .qa-quote").last.bounding_box()["height"] > 20
    assert page.locator("button:visible").count() == 0


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_each_kind_in_the_widget(
    fake_server: Server, open_page: OpenPage, scheme: str, width: int, tmp_path: Path
) -> None:
    page = open_page("about:blank", width, 800, color_scheme=scheme)
    page.route("**/ours.html", lambda route: route.fulfill(content_type="text/html", body=OURS))
    page.goto(fake_server.url + "ours.html")
    chat = page.locator("qa-bot-chat")
    box = chat.get_by_label("Your question")
    box.wait_for(timeout=PATIENCE)
    for turn, kind in enumerate((*KINDS, "greeting")):
        box.fill(f"{kind}?")
        box.press("Enter")
        shown = chat.locator(".turn").nth(turn)
        shown.locator(".thumbs").wait_for(timeout=PATIENCE)
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / f"widget-{kind}-{scheme}-{width}.png")
        whole = [] if kind == "greeting" else sentences(kind)
        assert {*shown.locator("figure.quote blockquote").all_text_contents()} == {*whole}, kind
        assert (shown.locator(".sure").count() > 0) == (kind in ("exact", "list")), kind
        assert not chat.locator(".log").evaluate("e => e.scrollWidth > e.clientWidth"), kind
    assert chat.locator(".sides section").count() == 2
    assert chat.locator("details.rest figure").first.is_hidden()
