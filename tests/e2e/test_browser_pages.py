"""The pages in a real browser, over the fake bot: layout, keyboard, offsets, bad input."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from servers import Server, running

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from fakes import HOSTILE, corpus

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
PATIENCE = 60_000  # ms; the machine may be busy
ASKED = "what did IOM commit to as Network secretariat?"
LISTED = "List what IOM did commit to as Network secretariat."


def ask(page: Page, question: str) -> None:
    box = page.get_by_label("Your question")
    box.wait_for(timeout=PATIENCE)
    answers = page.locator(".qa-answer").count()
    box.fill(question)
    box.press("Enter")
    page.locator(".qa-answer").nth(answers).wait_for(timeout=PATIENCE)


def overflows(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@pytest.mark.parametrize("width", [320, 380])
def test_phone_has_no_sideways_scroll_and_a_way_back(
    fake_server: Server, open_page: OpenPage, width: int
) -> None:
    page = open_page(fake_server.url, width=width, height=700)
    page.get_by_label("Your question").wait_for(timeout=PATIENCE)
    assert not overflows(page)
    assert page.get_by_role("button", name="Ask", exact=True).bounding_box()["y"] < 700
    ask(page, ASKED + " " + "verylongword" * 20)
    ask(page, ASKED)
    assert not overflows(page)
    citation = page.locator(".qa-quote a.qa-cite").last
    citation.click()
    page.locator("#qa-source mark.cited").first.wait_for(timeout=PATIENCE)
    assert page.locator("#qa-source").bounding_box()["width"] == width
    assert not overflows(page)
    assert page.evaluate("document.querySelector('gradio-app').inert")
    page.go_back()  # as a phone's back button does
    assert page.locator("#qa-source").is_hidden()
    assert page.locator(".qa-answer").count() == 2
    citation.click()
    page.get_by_role("button", name="back to the chat").click()
    page.locator("#qa-source").wait_for(state="hidden")
    assert not page.evaluate("document.querySelector('gradio-app').inert")
    for path in ("speeches", f"source/{corpus()[0].id}"):
        assert not overflows(open_page(fake_server.url + path, width=width))


def test_a_window_made_narrow_keeps_the_cited_words_in_view(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url, width=1280, height=700)
    ask(page, ASKED)
    page.locator(".qa-quote a.qa-cite").last.click()
    words = page.locator("#qa-source mark.cited").first
    words.wait_for(timeout=PATIENCE)
    for width in (380, 1280, 340):
        page.set_viewport_size({"width": width, "height": 700})
        page.wait_for_function(
            """() => {
                const {top, bottom} = document.querySelector("#qa-source mark.cited")
                    .getBoundingClientRect();
                return 0 < top && bottom < innerHeight;
            }""",
            timeout=PATIENCE,
        )
        covered = page.evaluate("document.querySelector('gradio-app').inert")
        assert covered == (width < 500)
    page.go_back()  # as a phone's back button does
    assert page.locator("#qa-source").is_hidden()
    assert page.locator(".qa-answer").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_browser_with_contrast(
    fake_server: Server, open_page: OpenPage, scheme: str, tmp_path: Path
) -> None:
    page = open_page(fake_server.url, color_scheme=scheme)
    ask(page, ASKED)
    page.locator("details.qa-more").evaluate("details => details.open = true")
    page.locator("a.qa-cite").first.click()
    page.locator("#qa-source mark.cited").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(400)  # the panel has slid in
    page.screenshot(path=tmp_path / f"{scheme}.png")
    assert (page.locator("body").evaluate(LUMINANCE) < 0.2) == (scheme == "dark")
    for selector in CONTRASTED:
        assert page.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector
    for path in ("speeches", f"source/{corpus()[0].id}#10-40"):
        other = open_page(fake_server.url + path, color_scheme=scheme)
        for selector in ("h1", ".where", "a"):
            assert other.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector


def test_theme_can_be_set_in_the_address(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url + "?__theme=dark", color_scheme="light")
    page.get_by_label("Your question").wait_for(timeout=PATIENCE)
    page.locator("html[data-theme=dark]").wait_for(timeout=PATIENCE)
    assert page.locator("body").evaluate(LUMINANCE) < 0.2


def marked(panel: Locator, number: str) -> str:
    """The marked words once the panel shows this number of quotation."""
    panel.get_by_text(number, exact=True).wait_for(timeout=PATIENCE)
    panel.locator("xpath=self::*[not(@aria-busy)]").wait_for(timeout=PATIENCE)
    return "".join(panel.locator("mark.cited").all_text_contents())


def test_next_and_previous_citation(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    ask(page, LISTED)
    quoted = page.locator(".qa-quote .qa-words mark").all_text_contents()
    assert len({*quoted}) == 3
    page.locator("a.qa-cite").first.click()
    panel = page.locator("#qa-source")
    previous = panel.get_by_role("button", name="Previous quotation")
    following = panel.get_by_role("button", name="Next quotation")
    assert marked(panel, "1 / 3") == quoted[0]
    assert previous.is_disabled()
    following.click()
    assert marked(panel, "2 / 3") == quoted[1]
    following.click()  # the last is in another speech than the first
    assert marked(panel, "3 / 3") == quoted[2]
    assert following.is_disabled()  # what was not chosen is not among the answer's quotations
    assert panel.evaluate("panel => panel.contains(document.activeElement)")
    assert page.locator("a.qa-number[aria-current=true]").all_text_contents() == [
        "Open quotation 3 in the source"
    ]
    for back in (1, 0):
        previous.click()
        assert marked(panel, f"{back + 1} / 3") == quoted[back]
    assert previous.is_disabled()


def test_next_and_previous_of_what_was_not_chosen(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    folded = page.locator("details.qa-more")
    others = folded.locator(".qa-words mark").all_text_contents()
    assert len({*others}) == 3
    folded.locator("summary").click()
    folded.locator("a.qa-cite").first.click()
    panel = page.locator("#qa-source")
    assert marked(panel, "1 / 3") == others[0]
    folded.locator("summary").click()
    panel.get_by_role("button", name="Next quotation").click()
    assert marked(panel, "2 / 3") == others[1]
    assert folded.evaluate("details => details.open")  # where the words stand can be seen again


def test_example_is_asked_by_a_click(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    page.get_by_role("button", name=ASKED[0].upper() + ASKED[1:]).click(timeout=PATIENCE)
    page.locator(".qa-answer").wait_for(timeout=PATIENCE)
    assert page.locator(".qa-quote").count() == 1
    assert page.locator(".qa-example").first.is_hidden()
    page.get_by_role("button", name="New conversation").click()
    page.locator(".qa-example").first.wait_for(timeout=PATIENCE)
    assert page.locator(".qa-answer").count() == 0


def test_link_with_a_question_asks_it(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url + "?q=Who%20shepherded%20the%20%3Cb%3ECompact?")
    page.locator(".qa-answer").wait_for(timeout=PATIENCE)
    assert page.locator(".qa-question").text_content() == "Who shepherded the <b>Compact?"


def test_huge_paste_is_answered(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    ask(page, "😀" * 300_000)
    assert "characters long" in page.locator(".qa-answer").text_content()


def test_copy_gives_the_words_and_where_they_stand(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url, permissions=["clipboard-read", "clipboard-write"])
    ask(page, ASKED)
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for(timeout=PATIENCE)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        f"“{page.locator('.qa-words').first.text_content()}”\n— Director General"
    )
    assert copied.endswith(page.locator("a.qa-cite").first.evaluate("link => link.href"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("   ", "The question is empty."),
        ("x" * 20_000, "at most 1,000 can be read"),
        ("😀😀😀", "The question holds no word."),
        ("boom", "Something went wrong on our side"),
    ],
)
def test_bad_input_is_answered_in_plain_words(
    fake_server: Server, open_page: OpenPage, typed: str, said: str
) -> None:
    page = open_page(fake_server.url)
    ask(page, typed)
    shown = page.locator(".qa-answer").text_content()
    assert said in shown
    assert "Traceback" not in shown
    page.get_by_label("Your question").fill(ASKED)  # and it goes on working
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".qa-quote").wait_for(timeout=PATIENCE)
    assert page.locator(".qa-answer").count() == 1


def test_markup_and_right_to_left_questions_are_shown_as_typed(
    fake_server: Server, open_page: OpenPage
) -> None:
    page = open_page(fake_server.url)
    for number, typed in enumerate(
        ["<img src=x onerror=alert(1)> ![](http://x.example/) $a$", "ما هي الهجرة؟"]
    ):
        ask(page, typed)
        assert page.locator(".qa-question").nth(number).text_content() == typed
    assert not page.locator("#qa-conversation :is(img, .katex)").count()
    arabic = page.locator(".qa-question").nth(1)
    assert arabic.evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_names_for_screen_readers(fake_server: Server, open_page: OpenPage) -> None:
    page = open_page(fake_server.url)
    ask(page, ASKED)
    assert page.get_by_role("heading", level=1).text_content() == "Ask the speeches"
    log = page.get_by_role("log", name="Conversation")
    assert log.get_attribute("aria-live") == "off"  # it would read out every step of an answer
    assert page.locator('.qa-hidden[role=status][aria-live="polite"]').count() == 1
    assert log.get_by_role("group", name="Answer").count() == 1
    assert page.get_by_role("link", name="Open quotation 1 in the source").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert not page.locator("footer").count()


def test_script_marks_code_points_across_paragraphs(
    fake_server: Server, open_page: OpenPage
) -> None:
    """The page's script and Python count alike: emoji, right-to-left text, form feeds."""
    text = HOSTILE.text
    start = text.index("bold")
    after_emoji = text.index("😀") + 1
    page = open_page(f"{fake_server.url}source/{HOSTILE.id}#{start}-{len(text)}")
    for low, high in [(start, len(text)), (after_emoji, len(text) - 1), (3, text.index("😀") + 1)]:
        page.evaluate(f"location.hash = '{low}-{high}'")
        page.wait_for_timeout(150)
        assert "".join(page.locator("mark.cited").all_text_contents()) == text[low:high]
        assert page.locator("article").text_content() == text
    assert page.locator("mark.cited").first.evaluate("m => m === document.activeElement")


def test_source_works_without_script(fake_server: Server, browser: object) -> None:
    speech = corpus()[1]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{fake_server.url}source/{speech.id}?start=100&end=400")
    assert "".join(page.locator("mark.cited").all_text_contents()) == speech.text[100:400]
    context.close()


def test_frames_of_other_origins_are_refused(fake_server: Server, browser: object) -> None:
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    page.set_content(f'<iframe src="{fake_server.url}"></iframe>')
    page.wait_for_timeout(1000)
    page.close()
    assert any("frame-ancestors" in text for text in refused)


class IntranetPage(BaseHTTPRequestHandler):
    """A page of another origin with the chat in a frame."""

    chat = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(f'<link rel=icon href="data:,"><iframe src="{self.chat}">'.encode())

    def log_message(self, *args: object) -> None:
        pass


def test_allowed_origin_may_frame_the_chat(open_page: OpenPage, tmp_path: Path) -> None:
    intranet = ThreadingHTTPServer(("127.0.0.1", 0), IntranetPage)
    Thread(target=intranet.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{intranet.server_port}"
    try:
        with running(tmp_path / "left.txt", "fake", frame_ancestors=f'["{origin}"]') as server:
            IntranetPage.chat = server.url
            frame = open_page(origin).frame_locator("iframe")
            box = frame.get_by_label("Your question")
            box.wait_for(timeout=PATIENCE)
            box.fill(ASKED)
            box.press("Enter")
            frame.locator(".qa-quote").wait_for(timeout=PATIENCE)
    finally:
        intranet.shutdown()
        intranet.server_close()


CONTRASTED = [
    ".qa-question", ".qa-words", ".qa-words mark", ".qa-credit", ".qa-sure",
    ".qa-copy", "summary", ".qa-number", "#qa-title h1", "#qa-browse a", "#qa-new", "#qa-send",
    "#qa-source h1", "#qa-source .where", "#qa-source article p", "#qa-source mark.cited",
    "#qa-source .count", "#qa-source .full",
]  # fmt: skip

# Relative luminance and contrast as WCAG 2 defines them, on colours as the browser draws them.
_COLOUR = """
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([r, g, b]) => {
    const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
"""
LUMINANCE = f"(element) => {{ {_COLOUR} return luminance(behind(element)); }}"
CONTRAST = f"""(element) => {{ {_COLOUR}
  const one = luminance(rgba(getComputedStyle(element).color));
  const other = luminance(behind(element));
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}}"""
