"""The real bot in a real browser: question, quotation, citation, source, and nothing leaves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers import Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

# A minute and a half: a real bot, its models, its background work and a browser.
pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
PATIENCE = 60_000  # ms; the machine may be busy


def ask_by_keyboard(page: Page, question: str) -> None:
    box = page.get_by_label("Your question")
    box.wait_for(timeout=PATIENCE)
    answers = page.locator(".qa-answer").count()
    box.focus()
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    page.locator(".qa-answer").nth(answers).wait_for(timeout=PATIENCE)


def test_from_question_to_highlighted_words_by_keyboard(
    real_server: Server, open_page: OpenPage, speeches: Path
) -> None:
    page = open_page(real_server.url)
    ask_by_keyboard(page, "what did IOM commit to as Network secretariat?")
    quote = page.locator(".qa-quote .qa-words mark").first.text_content()
    assert "executing its role in a full and open spirit of partnership" in quote
    assert quote in (speeches / "001_5b8a24bf23cb4d48.txt").read_text()
    credit = page.locator("figcaption .qa-credit").first
    assert "Director General of IOM" in credit.text_content()
    assert "8\xa0October\xa02018" in credit.text_content()

    # Tab from the box leads on to the citation; Enter opens the source beside the chat.
    citation = page.locator("a.qa-cite").first
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if citation.evaluate("link => link === document.activeElement"):
            break
    assert citation.evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="Source")
    panel.locator("mark.cited").first.wait_for(timeout=PATIENCE)
    assert "".join(panel.locator("mark.cited").all_text_contents()) == quote
    assert panel.locator("mark.cited").first.is_visible()
    box = panel.locator("mark.cited").first.bounding_box()
    assert 0 < box["y"] < 800
    assert page.evaluate("document.getElementById('qa-source').contains(document.activeElement)")

    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert citation.evaluate("link => link === document.activeElement")

    # The same words on the full page, found by the script from the address.
    full = open_page(citation.evaluate("link => link.href"))
    full.locator("mark.cited").first.wait_for(timeout=PATIENCE)
    assert "".join(full.locator("mark.cited").all_text_contents()) == quote


def test_hostile_speech_is_shown_as_text(real_server: Server, open_page: OpenPage) -> None:
    page = open_page(real_server.url)
    ask_by_keyboard(page, "What is the secret ingredient of the pancake recipe?")
    page.locator("details.qa-more").evaluate_all("all => all.forEach(d => d.open = true)")
    shown = page.locator(".qa-answer").first.text_content()
    assert "buckwheat flour" in shown
    assert not page.locator(".qa-answer :is(img, script, iframe, strong, b, .katex)").count()
    link = page.locator("a.qa-cite[href*=hostile]").first
    link.dispatch_event("click")
    panel = page.locator("#qa-source")
    panel.locator("mark.cited").first.wait_for(timeout=PATIENCE)
    assert "![](http://tracker.example/a.png)" in panel.locator("article").text_content()
    assert "<script>document.title" in panel.locator("article").text_content()
    assert not panel.locator("article :is(img, script, iframe)").count()
    assert "owned" not in page.title()


def test_what_is_not_there_is_not_found(real_server: Server, open_page: OpenPage) -> None:
    page = open_page(real_server.url)
    ask_by_keyboard(page, "Who won the football world cup in Qatar?")
    answer = page.locator(".qa-answer").last
    assert "No direct answer. The closest words:" in answer.text_content()
    assert answer.locator(".qa-quote").count() > 0


def test_no_request_leaves_the_machine(real_server: Server, open_page: OpenPage) -> None:
    """Browser side by ``open_page``; server side by the audit hook, from its first import on."""
    page = open_page(real_server.url)
    ask_by_keyboard(page, "Where was the dialogue held?")
    for path in ("speeches", "source/000_605e54f1ab177411", "api/v1/documents"):
        open_page(real_server.url + path)
    assert real_server.left == ""


def test_the_watch_sees_what_leaves(tmp_path: Path) -> None:
    """Else the test above could not fail."""
    record = tmp_path / "left.txt"
    code = (
        f"import sys; sys.argv = ['serve.py', {str(record)!r}]\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import serve, socket; sys.addaudithook(serve.watch)\n"
        "s = socket.socket(); s.settimeout(0.05)\n"
        "for address in [('192.0.2.1', 80), ('127.0.0.1', 9)]:\n"
        "    try: s.connect(address)\n"
        "    except OSError: pass\n"
        "try: socket.getaddrinfo('name.invalid', 80)\n"
        "except OSError: pass\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    lines = record.read_text().splitlines()
    assert lines == ["socket.connect ('192.0.2.1', 80)", "socket.getaddrinfo name.invalid"]
