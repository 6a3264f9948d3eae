"""The source view in a real browser: stepping between quotations, copying, links to any words."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers import Server

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from fakes import HOSTILE, corpus

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
PATIENCE = 60_000  # ms; the machine may be busy
SPEECH = corpus()[0]
MARKED = "mark.current:not(.gap)"  # what is between paragraphs shows nothing
HOSTILE_PATH = "source/sub/hostile%20speech"


def words(page: Page) -> str:
    return "".join(page.locator("mark.current").all_text_contents())


def test_quotations_are_stepped_through_in_their_order(
    fake_server: Server, open_page: OpenPage
) -> None:
    """The first named is shown first; spans may overlap and cross paragraphs."""
    text = SPEECH.text
    page = open_page(f"{fake_server.url}source/{SPEECH.id}#900-1300,100-160,1200-1250,900-1300")
    page.locator(MARKED).first.wait_for(timeout=PATIENCE)
    status = page.locator("#tools .status")
    assert (words(page), status.text_content()) == (text[900:1300], "Quotation 2 of 3")
    page.get_by_role("button", name="Next quotation").click()
    assert (words(page), status.text_content()) == (text[1200:1250], "Quotation 3 of 3")
    assert page.evaluate("location.hash") == "#1200-1250,100-160,900-1300"
    page.get_by_role("button", name="Next quotation").click()
    assert words(page) == text[100:160]
    page.get_by_role("button", name="Previous quotation").click()
    assert words(page) == text[1200:1250]
    assert page.locator("#speech").text_content() == text
    page.wait_for_timeout(800)
    box = page.locator(MARKED).first.bounding_box()
    tools = page.locator("#tools").bounding_box()
    assert tools["y"] + tools["height"] < box["y"] < 800


def test_quotation_is_copied_with_who_where_and_when(
    fake_server: Server, open_page: OpenPage
) -> None:
    start = SPEECH.text.index("productive and insightful")
    page = open_page(
        f"{fake_server.url}source/{SPEECH.id}#{start}-{start + 25}",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.get_by_role("button", name="Copy as quotation").click()
    page.locator("#tools .status", has_text="Copied").wait_for(timeout=PATIENCE)
    link = f"{fake_server.url}source/{SPEECH.id}#{start}-{start + 25}"
    assert page.evaluate("navigator.clipboard.readText()") == (
        f"“productive and insightful” — {SPEECH.speaker}, {SPEECH.title}, {SPEECH.event}, "
        f"9\xa0October\xa02018, {link}"
    )
    html = page.evaluate(
        "navigator.clipboard.read().then(i => i[0].getType('text/html')).then(b => b.text())"
    )
    assert f'<a href="{link}">' in html
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("link => navigator.clipboard.readText().then(t => t === link)", arg=link)


@pytest.mark.parametrize("secure", [True, False])
def test_selected_words_can_be_linked_to(
    fake_server: Server, open_page: OpenPage, secure: bool
) -> None:
    """Across characters beyond the basic plane; also where the clipboard is closed to the page."""
    page = open_page(
        fake_server.url + HOSTILE_PATH, permissions=["clipboard-read", "clipboard-write"]
    )
    page.locator("#tools .status", has_text="Select any words").wait_for(timeout=PATIENCE)
    assert page.get_by_role("button", name="Copy link").is_hidden()
    if not secure:  # as in a page that comes without https
        page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(); }")
    page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.querySelector("#speech"), 4);
          const range = document.createRange();
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (node.data.includes("bold")) range.setStart(node, node.data.indexOf("bold"));
            if (node.data.includes("أ")) range.setEnd(node, node.data.indexOf("أ"));
          }
          getSelection().addRange(range);
        }"""
    )
    page.locator("#tools .status", has_text="Selected words").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Copy link").click()
    page.locator("#tools .status", has_text="Copied").wait_for(timeout=PATIENCE)
    start = HOSTILE.text.index("bold")
    end = HOSTILE.text.index("😀") + 1
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{fake_server.url}{HOSTILE_PATH}#{start}-{end}"
    there = open_page(link)
    there.locator(MARKED).first.wait_for(timeout=PATIENCE)
    assert words(there) == HOSTILE.text[start:end]


def test_language_switch_keeps_the_place(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(f"{fake_server.url}source/{SPEECH.id}#100-160")
    page.get_by_role("link", name="Français").click()
    page.locator(f"html[lang=fr] {MARKED}").first.wait_for(timeout=PATIENCE)
    assert words(page) == SPEECH.text[100:160]
    assert page.locator("article").get_attribute("lang") == "en"
    assert page.get_by_role("button", name="Copier la citation").is_visible()


def test_printed_speech_keeps_marks_and_address(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(f"{fake_server.url}source/{SPEECH.id}#100-160")
    page.locator(MARKED).first.wait_for(timeout=PATIENCE)
    page.emulate_media(media="print")
    assert page.locator(".address").is_visible()
    assert page.locator(".address").text_content() == page.url
    assert page.locator("#tools").is_hidden()
    assert page.locator("header").is_hidden()
    style = "e => getComputedStyle(e).textDecorationLine"
    assert page.locator(MARKED).first.evaluate(style) == "underline"
