"""The chat while an answer is on its way, and what is left when a conversation goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers import Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
PATIENCE = 60_000  # ms; the machine may be busy
ASKED = "what did IOM commit to as Network secretariat?"
OTHER = "Who gave the closing remarks?"
SLOW = 3_500  # ms until an answer of the slow server would be there


@pytest.fixture(scope="module")
def slow_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("slow") / "left.txt", "slow") as server:
        yield server


def box(page: Page) -> Locator:
    page.locator(".qa-filter-open").wait_for(timeout=PATIENCE)
    return page.locator("#qa-box textarea")


def begin(page: Page, question: str) -> None:
    field = box(page)
    field.fill(question)
    field.press("Enter")
    page.locator(".qa-reading").wait_for(state="attached", timeout=PATIENCE)


def ask(page: Page, question: str) -> None:
    answers = page.locator(".qa-answer").count()
    begin_at = box(page)
    begin_at.fill(question)
    begin_at.press("Enter")
    page.locator(".qa-answer").nth(answers).wait_for(timeout=PATIENCE)
    page.locator("body:not(.qa-busy)").wait_for(timeout=PATIENCE)


def stored(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(localStorage)"))


def test_stop_takes_the_question_back(slow_server: Server, open_page: OpenPage) -> None:
    page = open_page(slow_server.url)
    begin(page, ASKED)
    page.get_by_role("button", name="Stop").click()
    page.locator(".qa-question").wait_for(state="detached", timeout=PATIENCE)
    assert box(page).input_value() == ASKED
    page.wait_for_timeout(SLOW)
    assert page.locator(".qa-answer").count() == 0
    assert "qa-bot:conversations" not in stored(page)
    ask(page, OTHER)
    assert page.locator(".qa-question").all_text_contents() == [OTHER]


def test_new_conversation_does_not_wait(slow_server: Server, open_page: OpenPage) -> None:
    page = open_page(slow_server.url)
    begin(page, ASKED)
    page.locator("#qa-new").click()
    page.locator(".qa-question").wait_for(state="detached", timeout=SLOW)
    ask(page, OTHER)
    assert page.locator(".qa-question").all_text_contents() == [OTHER]
    assert ASKED not in stored(page)


@pytest.mark.parametrize("everything", [False, True])
def test_what_is_deleted_while_an_answer_comes_stays_deleted(
    slow_server: Server, open_page: OpenPage, everything: bool
) -> None:
    page = open_page(slow_server.url)
    ask(page, ASKED)
    begin(page, OTHER)
    page.get_by_role("button", name="Conversations", exact=True).click()
    if everything:
        page.get_by_role("button", name="Delete all").click()
        page.get_by_role("button", name="Delete all").click()
    else:
        page.get_by_role("button", name="Delete: ").click()
    page.locator(".qa-question").first.wait_for(state="detached", timeout=PATIENCE)
    page.wait_for_timeout(SLOW)
    assert "IOM" not in stored(page)
    assert "closing" not in stored(page)
    assert page.locator(".qa-question").count() == 0


def test_new_conversation_has_no_filters_and_undo_reopens(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    page.locator(".qa-filter-open").click()
    page.get_by_label("Speaker").select_option("Laura Thompson")
    page.locator("#qa-new").click()
    page.locator(".qa-question").wait_for(state="detached", timeout=PATIENCE)
    assert page.locator("#qa-filterbar .qa-chip").count() == 0
    page.get_by_role("button", name="Conversations", exact=True).click()
    page.locator(".qa-drawer-open").click()
    page.locator(".qa-answer").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Delete: ").click()
    page.locator(".qa-answer").wait_for(state="detached", timeout=PATIENCE)
    page.get_by_role("button", name="Undo").click()
    page.locator(".qa-answer").wait_for(timeout=PATIENCE)
    assert page.locator(".qa-drawer-open[aria-current]").count() == 1


def test_tab_and_escape_close_what_is_open(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    for opener, panel in ((".qa-filter-open", "#qa-filters"), (".qa-i-export", "#qa-export-menu")):
        page.locator(opener).click()
        for _ in range(12):
            page.keyboard.press("Tab")
        assert page.locator(panel).is_hidden()
        page.locator(opener).click()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Escape")
        assert page.locator(panel).is_hidden()


def test_a_date_that_is_none_does_not_break_the_drawer(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((name) => name.startsWith("qa-bot"));
          const kept = JSON.parse(localStorage.getItem(key));
          kept.push({ ...kept[0], id: "x", title: "never", when: 1e20 });
          localStorage.setItem(key, JSON.stringify(kept));
        }"""
    )
    page.reload()
    page.locator(".qa-answer").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Conversations", exact=True).click()
    assert page.locator(".qa-drawer-title").all_text_contents() == [ASKED]


def test_drawer_says_what_the_server_keeps(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    box(page)
    page.get_by_role("button", name="Conversations", exact=True).click()
    page.get_by_text("for 90 days; not who asked").wait_for(timeout=PATIENCE)


def test_switched_language_reaches_the_script(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url, locale="fr-FR")
    box(page)
    page.get_by_label("Langue", exact=True).select_option("es")
    page.get_by_role("button", name="Filtrar").wait_for(timeout=PATIENCE)
    page.wait_for_timeout(1000)  # Gradio has set its own translations
    assert page.locator("html").get_attribute("lang") == "es"
    assert page.locator("#qa-language").input_value() == "es"


def test_fifty_turns_at_most_and_all_can_be_exported(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    ask(page, "cheese?")
    page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((name) => name.startsWith("qa-bot"));
          const kept = JSON.parse(localStorage.getItem(key));
          kept[0].turns = Array(50).fill(kept[0].turns[0]);
          localStorage.setItem(key, JSON.stringify(kept));
        }"""
    )
    page.reload()
    page.locator(".qa-question").nth(49).wait_for(timeout=PATIENCE)
    field = box(page)
    page.locator("body:not(.qa-busy)").wait_for(timeout=PATIENCE)
    field.fill("and milk?")
    field.press("Enter")
    page.get_by_role("heading", name="and milk?").wait_for(timeout=PATIENCE)
    page.locator("body:not(.qa-busy)").wait_for(timeout=PATIENCE)
    assert page.locator(".qa-question").count() == 50
    page.get_by_role("button", name="Export").click()
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name="Markdown").click()
    assert Path(download.value.path()).read_text().count("\n## ") == 50


def test_paper_holds_the_whole_conversation(
    fake_server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(fake_server.url)
    for _ in range(4):
        ask(page, ASKED)
    page.emulate_media(media="print", color_scheme="dark")
    time.sleep(0.3)
    height = page.evaluate("document.documentElement.scrollHeight")
    last = page.locator(".qa-quote").last.bounding_box()
    assert 0 < last["y"] < height
    assert height > 4 * last["height"]
    assert page.locator("button:visible:not(.qa-chip), textarea:visible").count() == 0
    colour = page.locator(".qa-words").last.evaluate("e => getComputedStyle(e).color")
    assert colour == "rgb(28, 30, 33)"


def test_headings_figures_and_a_way_past_the_top(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    assert page.get_by_role("heading", level=2, name=ASKED).count() == 1
    words = page.locator(".qa-words").first.text_content()
    page.wait_for_timeout(200)
    assert page.locator(".qa-quote").first.get_attribute("aria-label") == words[:150]
    page.locator(".qa-skip").press("Enter")
    assert page.evaluate("document.activeElement.matches('#qa-box textarea')")


def test_arrows_of_the_source_stay_among_the_quotations(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    page.locator(".qa-quote a.qa-cite").first.click()
    page.locator("#qa-source mark.cited").first.wait_for(timeout=PATIENCE)
    assert page.locator("#qa-source .count").text_content() == "1 / 1"
    page.keyboard.press("Escape")
    page.locator(".qa-more summary").click()
    others = page.locator(".qa-more li").count()
    page.locator(".qa-more a.qa-cite").first.click()
    page.locator("#qa-source .count").get_by_text(f"1 / {others}").wait_for(timeout=PATIENCE)
