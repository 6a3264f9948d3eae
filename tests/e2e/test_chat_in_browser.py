"""The chat page's own parts in a real browser, over the fake bot."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docx import Document
from servers import Server

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
PATIENCE = 60_000  # ms; the machine may be busy
ASKED = "what did IOM commit to as Network secretariat?"
NOTHING = "What is the price of cheese on the moon?"


def box(page: Page) -> Locator:
    page.locator(".qa-filter-open").wait_for(timeout=PATIENCE)
    return page.locator("#qa-box textarea")


def ask(page: Page, question: str) -> None:
    field = box(page)
    answers = page.locator(".qa-answer").count()
    field.fill(question)
    field.press("Enter")
    page.locator(".qa-answer").nth(answers).wait_for(timeout=PATIENCE)
    page.locator("body:not(.qa-busy)").wait_for(timeout=PATIENCE)


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("s => document.activeElement.matches(s)", selector))


def test_conversations_are_kept_opened_renamed_and_deleted(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    ask(page, NOTHING)
    page.reload()
    page.locator(".qa-answer").nth(1).wait_for(timeout=PATIENCE)
    assert page.locator(".qa-question").all_text_contents() == [ASKED, NOTHING]
    assert page.locator(".qa-quote").count() == 1
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert page.locator(".qa-words").first.text_content() not in kept  # places, not words

    page.get_by_role("button", name="New conversation").first.click()
    page.locator(".qa-answer").first.wait_for(state="detached", timeout=PATIENCE)
    ask(page, "Who gave the closing remarks?")
    page.get_by_role("button", name="Conversations", exact=True).click()
    drawer = page.get_by_role("complementary", name="Conversations")
    titles = drawer.locator(".qa-drawer-title")
    assert titles.all_text_contents() == ["Who gave the closing remarks?", ASKED]

    drawer.get_by_role("button", name=f"Rename: {ASKED}").press("Enter")
    drawer.get_by_label("Rename", exact=True).fill("<b>IOM</b>")
    page.keyboard.press("Enter")
    assert titles.nth(1).text_content() == "<b>IOM</b>"
    drawer.locator(".qa-drawer-open").nth(1).press("Enter")
    page.locator(".qa-answer").nth(1).wait_for(timeout=PATIENCE)
    assert page.locator(".qa-question").first.text_content() == ASKED

    drawer.get_by_role("button", name="Delete: Who gave").click()
    assert titles.count() == 1
    page.get_by_role("button", name="Undo").click()
    assert titles.count() == 2
    drawer.get_by_role("button", name="Delete all").click()
    drawer.get_by_role("button", name="Delete all").click()
    assert titles.count() == 0
    page.locator(".qa-answer").first.wait_for(state="detached", timeout=PATIENCE)
    assert "IOM" not in page.evaluate("JSON.stringify(localStorage)")
    page.keyboard.press("Escape")
    assert drawer.is_hidden()


def test_what_was_stored_cannot_act_on_the_page(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((name) => name.startsWith("qa-bot"));
          const kept = JSON.parse(localStorage.getItem(key));
          const evil = "<img src=x onerror=alert(1)>";
          kept[0].title = evil;
          Object.assign(kept[0].turns[0], { question: evil, understood: evil, next: [evil] });
          kept[0].turns[0].quotes[0].start += 1;
          kept[0].turns[0].chips = [{ field: "speaker", value: evil, words: evil }];
          localStorage.setItem(key, JSON.stringify(kept));
        }"""
    )
    page.reload()
    page.locator(".qa-lost").wait_for(timeout=PATIENCE)  # those words are not in the speeches
    assert page.locator(".qa-quote").count() == 0
    assert page.locator(".qa-question").text_content() == "<img src=x onerror=alert(1)>"
    page.get_by_role("button", name="Conversations", exact=True).click()
    assert page.locator("#qa-drawer .qa-drawer-title").text_content().startswith("<img")
    assert not page.locator("#qa-conversation img, #qa-drawer img").count()


def test_filters_by_keyboard_become_chips_and_reach_the_answer(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    box(page)
    opener = page.locator(".qa-filter-open")
    opener.press("Enter")
    assert focused(page, "#qa-filters select")
    page.get_by_label("Speaker").select_option("Laura Thompson")
    page.get_by_label("Given from").fill("2018-1")
    page.get_by_label("until").focus()
    assert "2018-10" in page.locator("#qa-wrong-date_from").text_content()
    page.get_by_label("Given from").fill("2018")
    page.keyboard.press("Escape")
    assert page.locator("#qa-filters").is_hidden()
    assert focused(page, ".qa-filter-open")
    assert page.locator("#qa-filterbar .qa-chip bdi").all_text_contents() == [
        "Laura Thompson",
        "2018",
    ]
    assert page.locator(".qa-filter-tally").text_content() == "1 of 3 speeches"
    ask(page, "What is migration governance and partnership?")
    credits = page.locator("#qa-conversation a.qa-credit").all_text_contents()
    assert credits
    assert all(credit.startswith("Laura Thompson") for credit in credits)
    page.get_by_role("button", name="Remove Speaker").press("Enter")
    assert page.locator("#qa-filterbar .qa-chip").count() == 1


def test_link_with_filters_presets_them_and_asks_once(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url + "?q=Who+spoke%3F&speaker=Laura&date_from=2018")
    page.locator(".qa-answer").wait_for(timeout=PATIENCE)
    assert page.locator("#qa-filterbar .qa-chip bdi").all_text_contents() == ["Laura", "2018"]
    assert "q=" not in page.url
    page.reload()
    page.locator(".qa-answer").wait_for(timeout=PATIENCE)
    assert page.locator(".qa-question").count() == 1


def test_keyboard_from_question_to_source_and_back(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    page.get_by_text("Answer found, 1 quotation.").wait_for(state="attached", timeout=PATIENCE)
    assert focused(page, "#qa-box textarea")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page, ".qa-go")
    page.keyboard.press("Enter")
    assert focused(page, "[aria-label=Answer]")
    page.keyboard.press("Tab")
    assert focused(page, "a.qa-cite")
    page.keyboard.press("Enter")
    page.locator("#qa-source mark.cited").first.wait_for(timeout=PATIENCE)
    page.keyboard.press("Escape")
    assert focused(page, "a.qa-cite")
    page.keyboard.press("Escape")
    assert focused(page, "#qa-box textarea")


def test_thumbs_with_a_reason(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    page.locator(".qa-down").press("Enter")
    page.get_by_label("The quotation is cut off").check()
    page.get_by_label("In your words (optional)").fill("the <end> is missing")
    with page.expect_request("**/api/v1/feedback") as sent:
        page.get_by_role("button", name="Send").press("Enter")
    said = sent.value.post_data_json
    assert said["kind"] == "down"
    assert said["reason"] == "cut: the <end> is missing"
    assert said["answer"] == page.locator(".qa-words").first.text_content()
    page.locator(".qa-down[aria-pressed=true]").wait_for(timeout=PATIENCE)
    assert focused(page, ".qa-down")
    assert not page.locator(".qa-feedback").count()


def test_export_downloads_files(fake_server: Server, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    quote = page.locator(".qa-words").first.text_content()
    for name, ending in (("Markdown (.md)", "md"), ("Word, with footnotes", "docx")):
        page.get_by_role("button", name="Export").click()
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == (
            f"what-did-IOM-commit-to-as-Network-secretariat.{ending}"
        )
        data = Path(download.value.path()).read_bytes()
        if ending == "md":
            assert quote in data.decode().replace("\\", "")
        else:
            assert any(quote in p.text for p in Document(io.BytesIO(data)).paragraphs)


def test_page_speaks_the_browsers_language_and_can_be_switched(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url, locale="fr-FR")
    box(page)
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.get_by_role("button", name="Demander").is_visible()
    assert page.get_by_text("Posez vos questions en anglais").is_visible()
    ask(page, ASKED)
    assert "octobre" in page.locator("figcaption").first.text_content()
    page.get_by_label("Langue", exact=True).select_option("es")
    page.locator("html[lang=es]").wait_for(timeout=PATIENCE)
    page.locator(".qa-answer").wait_for(timeout=PATIENCE)  # the conversation is still there
    assert "octubre" in page.locator("figcaption").first.text_content()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [320, 2560])
def test_nothing_spills_over(
    fake_server: Server, open_page: OpenPage, width: int, direction: str
) -> None:
    page = open_page(fake_server.url, width=width, height=720)
    ask(page, ASKED + " " + "verylongword" * 10)
    ask(page, ASKED)
    page.evaluate("direction => (document.documentElement.dir = direction)", direction)
    page.locator(".qa-filter-open").click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    panel = page.locator("#qa-filters").bounding_box()
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= width
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Conversations", exact=True).click()
    drawer = page.locator("#qa-drawer").bounding_box()
    assert (drawer["x"] == 0) == (direction == "ltr")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
