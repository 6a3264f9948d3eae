"""The widget on a page of another origin: what people do with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from intranets import ASKED, PATIENCE, Go, Intranet, intranet, origin, visits
from servers import Server, running

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from fakes import corpus

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"  # npm ci


@pytest.fixture(scope="module")
def site() -> Iterator[Intranet]:
    with intranet() as server:
        yield server


@pytest.fixture(scope="module")
def bot(
    browser: Browser, site: Intranet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The bot over the fake bot, under a path, open to the intranet."""
    folder = tmp_path_factory.mktemp("bot")
    settings = {
        "allowed_origins": f'["{origin(site)}"]',
        "frame_ancestors": f'["{origin(site)}"]',
        "root_path": "/tools/bot",
        "feedback": str(folder / "feedback"),
    }
    with running(folder / "left.txt", "fake", **settings) as server:
        base = server.url.rstrip("/").removesuffix("/tools/bot")
        site.bot = f"{base}/tools/bot/"
        yield server


@pytest.fixture
def go(browser: Browser, bot: Server) -> Iterator[Go]:
    with visits(browser) as open_one:
        yield open_one


def focused(page: Page) -> str:
    """The name of what has the focus, inside shadow roots too."""
    return page.evaluate(
        """() => { let at = document.activeElement;
        while (at && at.shadowRoot) at = at.shadowRoot.activeElement;
        return at ? at.id || at.className || at.localName : ""; }"""
    )


def test_from_button_to_cited_words(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    assert focused(visit.page) == "box"
    visit.ask()
    quote = visit.page.locator("figure.quote blockquote mark").text_content()
    assert quote in corpus()[1].text
    link = visit.page.locator("figure.quote a.credit")
    assert "Director General of IOM" in link.text_content()
    assert "8\xa0October\xa02018" in link.text_content()
    assert link.get_attribute("href").startswith(f"{site.bot}source/")
    with visit.page.context.expect_page() as opened:
        link.click()
    source = opened.value
    source.locator("mark.cited").first.wait_for(timeout=PATIENCE)
    assert "".join(source.locator("mark.cited").all_text_contents()) == quote
    assert source.evaluate("window.opener") is None
    assert [name["question"] for name in visit.told("question")] == [ASKED]
    answer = visit.told("answer")[0]
    assert answer["citations"][0]["quote"] == quote
    assert len(visit.told("open")) == 1
    assert not visit.violations
    assert not visit.errors


def test_conversation_goes_on_after_a_reload_and_on_the_next_page(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    visit.ask()
    visit.page.reload()
    visit.page.locator("figure.quote").wait_for(timeout=PATIENCE)  # and stands open
    assert focused(visit.page) in ("", "body")  # without taking the cursor
    visit.page.goto(origin(site) + "/dialogue.html")
    visit.page.locator("qa-bot-chat .empty").wait_for(timeout=PATIENCE)  # has one of its own
    visit.page.goto(origin(site) + "/index.html")
    visit.page.locator("figure.quote").wait_for(timeout=PATIENCE)
    visit.ask("Who shepherded the Global Compact?")
    with visit.page.expect_request("**/ask/stream") as sent:
        visit.ask("And the remarks?")
    assert sent.value.post_data_json["history"][0]["question"] == ASKED
    visit.page.get_by_role("button", name="New conversation").click()
    assert focused(visit.page) == "box"
    visit.page.reload()
    visit.page.locator(".empty").wait_for(timeout=PATIENCE)
    assert visit.page.locator(".turn").count() == 0
    assert not visit.errors


def test_chat_in_the_page_asks_within_its_event(go: Go, site: Intranet) -> None:
    visit = go(origin(site) + "/dialogue.html")
    chat = visit.page.get_by_role("region", name="Ask this dialogue")
    chat.wait_for(timeout=PATIENCE)
    assert visit.page.get_by_role("button", name="Ask the speeches").count() == 0
    with visit.page.expect_request("**/ask/stream") as sent:
        chat.get_by_role("button", name=ASKED).click()
    assert sent.value.post_data_json["filters"] == {"event": "International Dialogue on Migration"}
    chat.locator("figure.quote").wait_for(timeout=PATIENCE)
    assert not visit.violations
    assert not visit.errors


def test_keyboard_alone(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    page = visit.page
    button = page.get_by_role("button", name="Ask the speeches", exact=True)
    button.focus()
    assert button.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Ask the speeches")
    dialog.wait_for(timeout=PATIENCE)
    assert focused(page) == "box"
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    assert page.get_by_label("Your question").input_value() == "one\ntwo"
    page.get_by_label("Your question").fill("")
    visit.ask()
    assert focused(page) == "box"
    assert page.get_by_role("status").text_content().startswith("Answer: “")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if focused(page) == "credit":
            break
    assert focused(page) == "credit"
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
    assert focused(page) == "launcher"
    assert len(visit.told("close")) == 1


def test_host_page_asks_and_listens(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.page.get_by_role("button", name="Ask: what was the theme").click(timeout=PATIENCE)
    visit.page.locator(".turn .thumbs").wait_for(timeout=PATIENCE)
    visit.page.locator("#last:has-text('overarching theme')").wait_for(timeout=PATIENCE)
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate("document.activeElement.id") == "ask-theme"
    answer = visit.page.evaluate(f"document.querySelector('qa-bot-button').ask({ASKED!r})")
    assert answer["found"] and answer["citations"]


def test_thumbs_and_copy(go: Go, site: Intranet, bot: Server) -> None:
    visit = go(origin(site), permissions=["clipboard-read", "clipboard-write"])
    visit.open()
    visit.ask()
    page = visit.page
    down = page.get_by_role("button", name="This did not help")
    with page.expect_response("**/api/v1/feedback") as kept:
        down.click()
    assert kept.value.ok
    sent = kept.value.request.post_data_json
    assert (sent["kind"], sent["question"]) == ("down", ASKED)
    page.locator(".said", has_text="Thank you").wait_for(timeout=PATIENCE)
    assert down.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for(timeout=PATIENCE)
    copied = page.evaluate("navigator.clipboard.readText()")
    quote, credit, link = copied.split("\n")
    assert quote.strip("“”") in corpus()[1].text
    assert credit.startswith("— Director General of IOM")
    assert link.startswith(f"{site.bot}source/{corpus()[1].id}#")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/dialogue.html"])
def test_axe_finds_nothing(go: Go, site: Intranet, path: str, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci --prefix tests/e2e")
    visit = go(origin(site) + path, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    check(visit.page)
    if path == "/":
        visit.open()
        check(visit.page)
    visit.ask()
    visit.page.locator("summary").first.click()
    visit.ask("Who won the football world cup in Qatar?")
    visit.page.locator("summary").last.click()
    check(visit.page)


AXE_RUN = """axe.run(document, {resultTypes: ['violations']}).then((run) => run.violations.map(
  (one) => [one.id, ...one.nodes.map((node) => node.target.flat().join(" ") + node.failureSummary)]
))"""


def check(page: Page) -> None:
    page.wait_for_timeout(300)
    page.add_script_tag(content=AXE.read_text())
    found: list[list[str]] = page.evaluate(AXE_RUN)
    assert not found


def overflows(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_phone_is_filled_and_given_back(go: Go, site: Intranet) -> None:
    visit = go(origin(site), width=360, height=640, has_touch=True, is_mobile=True)
    page = visit.page
    button = page.get_by_role("button", name="Ask the speeches", exact=True)
    button.wait_for(timeout=PATIENCE)
    assert button.bounding_box()["width"] <= 64  # the words are for screen readers only
    assert not overflows(page)
    button.tap()
    dialog = page.get_by_role("dialog", name="Ask the speeches")
    page.wait_for_timeout(300)
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
    assert dialog.evaluate("dialog => dialog.matches(':modal')")
    visit.ask(ASKED + " " + "verylongword" * 20)
    visit.ask()
    assert not overflows(page)
    log = page.get_by_role("log")
    assert log.evaluate("log => log.scrollWidth <= log.clientWidth")
    size = page.get_by_label("Your question").evaluate("box => getComputedStyle(box).fontSize")
    assert float(size.removesuffix("px")) >= 16  # or phones zoom in
    for name in ("Close", "New conversation"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert min(box["width"], box["height"]) >= 40
    page.set_viewport_size({"width": 360, "height": 320})  # as a keyboard does
    page.wait_for_timeout(300)
    box = page.get_by_label("Your question").bounding_box()
    assert box["y"] + box["height"] <= 320
    page.set_viewport_size({"width": 900, "height": 640})  # turned: beside the page again
    page.wait_for_timeout(300)
    assert not dialog.evaluate("dialog => dialog.matches(':modal')")
    page.get_by_role("button", name="Close").click()
    assert dialog.is_hidden()
    assert button.is_visible()


HOST = """
<!doctype html><html lang="{lang}" dir="{dir}"><meta charset="utf-8"><title>Host</title>
<style>
  * {{ font-family: "Comic Sans MS" !important; letter-spacing: 5px !important;
       color: red !important; text-transform: uppercase; line-height: 3; }}
  html {{ font-size: 40px; }}
  button, p, blockquote, .chat, .log, .quote {{ display: none !important; }}
</style>
<body><p class="quote">mine</p>{body}
"""


def host(page: Page, site: Intranet, body: str, lang: str = "en", to: str = "ltr") -> None:
    """A page of our own at the intranet's origin: in the place of one that it does not have."""
    page.goto(f"{origin(site)}/host.html")
    page.set_content(HOST.format(lang=lang, dir=to, body=body))


def test_styles_of_the_page_stay_out_and_ours_stay_in(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    host(
        visit.page, site, f'<script src="{site.bot}widget.js"></script><qa-bot-chat></qa-bot-chat>'
    )
    page = visit.page
    box = page.locator("qa-bot-chat").get_by_label("Your question")
    box.wait_for(timeout=PATIENCE)
    style = page.locator("qa-bot-chat .big").evaluate(
        "p => ['fontFamily', 'letterSpacing', 'color', 'textTransform']"
        ".map((name) => getComputedStyle(p)[name])"
    )
    assert "Comic" not in style[0]
    assert style[1:] == ["normal", "rgb(28, 30, 33)", "none"]
    assert page.locator("qa-bot-chat .send").is_visible()
    assert (
        page.get_by_role("button", name="Ask the speeches", exact=True).bounding_box()["height"]
        < 80
    )
    mine = page.locator("body > p.quote").evaluate("p => getComputedStyle(p).display")
    assert mine == "none"  # as the page says, not as our .quote does


def test_page_from_right_to_left_in_french(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    host(visit.page, site, f'<script src="{site.bot}widget.js"></script>', "fr", "rtl")
    button = visit.page.get_by_role("button", name="Interroger les discours", exact=True)
    button.wait_for(timeout=PATIENCE)
    assert button.bounding_box()["x"] < 100
    button.click()
    assert visit.page.get_by_label("Votre question").bounding_box()["x"] < 100
    assert visit.page.locator(".chat").evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_several_chats_keep_apart(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    page = visit.page
    chats = '<qa-bot-chat id="one"></qa-bot-chat><qa-bot-chat id="two"></qa-bot-chat><qa-bot-chat>'
    body = f'<script src="{site.bot}widget.js" data-button="off"></script>{chats}'
    host(page, site, body)
    one = page.locator("#one")
    one.get_by_label("Your question").fill(ASKED)
    one.get_by_label("Your question").press("Enter")
    one.locator("figure.quote").wait_for(timeout=PATIENCE)
    assert page.locator("figure.quote").count() == 1
    host(page, site, body)
    one.locator("figure.quote").wait_for(timeout=PATIENCE)
    assert page.locator("figure.quote").count() == 1
    assert page.locator("qa-bot-chat").count() == 3


def test_options_change_while_it_stands(go: Go, site: Intranet) -> None:
    visit = go(origin(site) + "/dialogue.html")
    page = visit.page
    chat = page.locator("qa-bot-chat")
    chat.get_by_label("Your question").wait_for(timeout=PATIENCE)
    visit.ask()
    chat.evaluate(
        "e => { e.dataset.language = 'es'; e.dataset.title = 'Otra'; e.dataset.theme = 'dark'; }"
    )
    chat.get_by_label("Su pregunta").wait_for(timeout=PATIENCE)
    assert chat.locator("h2").text_content() == "Otra"
    assert chat.locator("figure.quote").count() == 1  # the conversation stays
    assert chat.locator(".root").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize(
    ("accent", "theme"),
    [("yellow", "light"), ("#000", "dark"), ("oklch(0.9 0.1 120)", "light"), ("url(x)", "light")],
)
def test_any_accent_can_be_read(go: Go, site: Intranet, accent: str, theme: str) -> None:
    visit = go(origin(site) + "/dialogue.html")
    chat = visit.page.locator("qa-bot-chat")
    chat.get_by_label("Your question").wait_for(timeout=PATIENCE)
    chat.evaluate("(e, [a, t]) => { e.dataset.accent = a; e.dataset.theme = t; }", [accent, theme])
    visit.page.wait_for_timeout(300)
    visit.ask()
    for selector in (".send", "figure.quote a.credit", ".big, .question"):
        assert chat.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector


def test_whole_chat_in_a_frame(go: Go, site: Intranet) -> None:
    visit = go(origin(site) + "/whole.html")
    box = visit.page.frame_locator("iframe").get_by_label("Your question")
    box.wait_for(timeout=PATIENCE)
    box.fill(ASKED)
    box.press("Enter")
    visit.page.frame_locator("iframe").locator(".qa-quote").first.wait_for(timeout=PATIENCE)
    assert not visit.violations


CONTRAST = """(element) => {
  const rgb = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const luminance = (c) => { const [r, g, b] = c.slice(0, 3).map((one) => (one /= 255) <= 0.04045
    ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  let paper = [255, 255, 255];
  for (let e = element; e; e = e.parentElement) {
    const behind = rgb(getComputedStyle(e).backgroundColor);
    if (behind.length === 3 || behind[3] === 1) { paper = behind; break; }
  }
  const ink = rgb(getComputedStyle(element).color);
  const [low, high] = [luminance(ink), luminance(paper)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""
