"""The widget when something is in its way: the server, the browser, or the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from intranets import ASKED, PATIENCE, Go, Intranet, intranet, origin, visits
from servers import Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
STREAM = "**/api/v1/ask/stream"
SPEECH = {
    "id": "a/b c?#%",
    "title": "<img src=x onerror=alert(1)>",
    "speaker": "<b>Ada</b>",
    "event": "",
    "date": "2018-10-08",
}
CITED = {
    "quote": "<script>alert(2)</script>",
    "start": 7,
    "end": 32,
    "sentence": "Before <script>alert(2)</script> and a good deal of text after the words.",
    "sentence_start": 0,
    "document": SPEECH,
    "page": 3,
    "confidence": 0.5,
    "link": "javascript:alert(3)",
    "also": [],
}
RICH = {
    "question": "q",
    "understood": "what did <i>Ada</i> say?",
    "found": True,
    "text": CITED["quote"],
    "confidence": 0.5,
    "citations": [{**CITED, "also": [{**CITED, "start": 90, "end": 99}]}, CITED],
    "alternatives": [CITED],
    "passages": [],
    "chips": [
        {"field": "speaker", "value": "Ada", "words": "Ada", "key": "speaker:Ada"},
        {"field": "event", "value": "Launch", "words": "", "key": "event:Launch"},
    ],
    "facts": [
        {"document": SPEECH, "field": "date", "value": "2018-10-08", "link": "//evil.example"}
    ],
    "next": ["And <u>then</u>?"],
}


@pytest.fixture(scope="module")
def site() -> Iterator[Intranet]:
    with intranet() as server:
        yield server


@pytest.fixture(scope="module")
def bot(
    browser: Browser, site: Intranet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The bot over the fake bot, open to the intranet at http://localhost."""
    folder = tmp_path_factory.mktemp("bot")
    settings = {"allowed_origins": f'["{origin(site)}"]', "feedback": str(folder / "feedback")}
    with running(folder / "left.txt", "fake", **settings) as server:
        site.bot = server.url
        yield server


@pytest.fixture
def go(browser: Browser, bot: Server) -> Iterator[Go]:
    with visits(browser) as open_one:
        yield open_one


def answered(route: Route, answer: Any = RICH) -> None:
    """The answer as a stream, as the server would send it to this origin."""
    body = (
        'event: progress\ndata: {"stage": "read", "done": 1, "total": 2}\n\n'
        f"event: answer\ndata: {json.dumps(answer)}\n\n"
    )
    reply(route, 200, body, content_type="text/event-stream")


def reply(route: Route, status: int, body: str, **headers: str) -> None:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    allowed = {
        "access-control-allow-origin": route.request.headers.get("origin", "*"),
        "access-control-expose-headers": "Retry-After",
    }
    route.fulfill(status=status, body=body, headers={**allowed, **names})


def test_origin_that_is_not_allowed_gets_a_link(go: Go, bot: Server) -> None:
    with intranet(bot.url) as other:  # on another port
        visit = go(origin(other))
        visit.open()
        link = visit.page.get_by_role("link", name="Ask in the chat itself")
        link.first.wait_for(timeout=PATIENCE)
        assert link.first.get_attribute("href") == bot.url
        visit.ask()
        link.wait_for(timeout=PATIENCE)
        assert link.get_attribute("href").startswith(f"{bot.url}?q=What%20did%20IOM")
        assert [one["kind"] for one in visit.told("error")] == ["away"]
        assert not visit.violations


def test_server_that_goes_away_and_comes_back(go: Go, site: Intranet, bot: Server) -> None:
    visit = go(origin(site))
    visit.open()
    visit.page.route("**/api/v1/**", lambda route: route.abort())
    visit.ask()
    assert visit.page.locator(".none").text_content().startswith("The bot cannot be reached")
    with visit.page.context.expect_page() as opened:
        visit.page.get_by_role("link", name="Ask in the chat itself").click()
    assert opened.value.url.startswith(f"{bot.url}?q=")
    visit.page.unroute("**/api/v1/**")
    visit.page.get_by_role("button", name="Try again").click()
    visit.page.locator("figure.quote").wait_for(timeout=PATIENCE)
    assert visit.page.locator(".turn").count() == 1


def test_short_absence_is_not_even_told(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    tries = []

    def flaky(route: Route) -> None:
        tries.append(route)
        if len(tries) == 1:
            route.abort()
        else:
            answered(route)

    visit.page.route(STREAM, flaky)
    visit.ask()
    assert len(tries) == 2
    assert visit.page.locator("figure.quote").count() == 2
    assert not visit.told("error")


def test_busy_server_is_waited_for(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    tries = []

    def busy(route: Route) -> None:
        tries.append(route)
        if len(tries) == 1:
            reply(route, 429, '{"detail": "slow down"}', retry_after="2")
        else:
            answered(route)

    visit.page.route(STREAM, busy)
    box = visit.page.get_by_label("Your question")
    box.fill(ASKED)
    box.press("Enter")
    waiting = visit.page.locator(".reading", has_text="Many questions are waiting")
    waiting.wait_for(timeout=PATIENCE)
    visit.page.locator("figure.quote").first.wait_for(timeout=PATIENCE)
    assert len(tries) == 2


def test_long_wait_is_told_and_left_to_the_person(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    visit.page.route(STREAM, lambda route: reply(route, 503, "{}", retry_after="600"))
    visit.ask()
    assert "Too many questions" in visit.page.locator(".none").text_content()
    assert [one["status"] for one in visit.told("error")] == [503]


def test_question_that_is_refused_says_why(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    with visit.page.expect_response(lambda response: response.status == 422) as refused:
        visit.ask("???")
    details = refused.value.json()
    assert visit.page.locator(".none").text_content() == details["detail"] != ""
    assert visit.page.locator(".reply .hint").text_content() == details["hint"] != ""
    assert [one["status"] for one in visit.told("error")] == [422]


def test_failure_of_the_server_is_plain(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    visit.ask("boom")
    said = visit.page.locator(".reply").text_content()
    assert "could not be answered" in said
    assert "secret detail" not in said


def test_question_can_be_stopped(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    visit.page.route(STREAM, lambda route: None)  # never answers
    box = visit.page.get_by_label("Your question")
    box.fill(ASKED)
    box.press("Enter")
    visit.page.get_by_role("button", name="Stop").click()
    visit.page.get_by_text("Stopped.").first.wait_for(timeout=PATIENCE)
    visit.page.get_by_role("button", name="Ask", exact=True).wait_for(timeout=PATIENCE)
    assert not visit.told("error")


def test_older_server_without_a_stream(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    visit.open()
    visit.page.route(STREAM, lambda route: reply(route, 404, "{}"))
    visit.ask()
    assert visit.page.locator("figure.quote").count() == 1


def test_everything_an_answer_may_hold_and_none_of_it_is_markup(go: Go, site: Intranet) -> None:
    visit = go(origin(site))
    page = visit.page
    visit.open()
    asked = []

    def keep(route: Route) -> None:
        asked.append(route.request.post_data_json)
        answered(route)

    page.route(STREAM, keep)
    visit.ask("q")
    shown = page.locator(".reply")
    for text in ("<script>alert(2)</script>", "<b>Ada</b>", "what did <i>Ada</i> say?", "p.\xa03"):
        assert text in shown.text_content()
    assert not page.locator(".reply :is(script, img, i, b, u)").count()
    facts = page.locator(".facts")
    assert facts.locator(".over").text_content() == "From the catalogue, not from a speech"
    assert facts.locator(".fact").text_content() == "8\xa0October\xa02018"
    links = page.locator(".reply a").evaluate_all("all => all.map((a) => a.href)")
    assert len(links) == 5
    assert all(link.startswith(f"{site.bot}source/a/b%20c%3F%23%25") for link in links)
    assert page.locator(".sure").first.text_content() == "likely (Confidence 50\xa0%)"

    # A chip that words of the question set can be taken away; one that the page set cannot.
    assert page.locator(".chip").count() == 2
    page.get_by_role("button", name="Ask again without “Ada”").click()
    page.locator(".turn").nth(1).locator(".thumbs").wait_for(timeout=PATIENCE)
    assert asked[1]["ignore"] == ["speaker:Ada"]
    assert page.get_by_role("button", name=re.compile("Ask again without")).count() == 2

    page.get_by_role("button", name="Correct this").last.click()
    box = page.get_by_label("Your question")
    assert box.input_value() == RICH["understood"]
    box.press("Enter")
    page.locator(".turn").nth(2).locator(".thumbs").wait_for(timeout=PATIENCE)
    assert asked[2]["rewrite"] is False
    page.get_by_role("button", name="And <u>then</u>?").last.click()
    page.locator(".turn").nth(3).locator(".thumbs").wait_for(timeout=PATIENCE)
    assert asked[3]["question"] == "And <u>then</u>?"
    assert len(asked[3]["history"]) == 3
    assert not visit.errors


def test_token_of_the_page_is_sent_and_renewed(go: Go, site: Intranet) -> None:
    provider = """
    document.addEventListener("qa-bot:ready", (event) => {
      event.target.tokenProvider = async ({ again }) => again ? "new" : "old";
    });"""
    visit = go(origin(site), init=provider)
    visit.open()
    sent = []

    def guard(route: Route) -> None:
        sent.append(route.request.headers.get("authorization"))
        if sent[-1] == "Bearer new":
            answered(route)
        else:
            reply(route, 401, "{}")

    visit.page.route(STREAM, guard)
    visit.ask()
    assert sent == ["Bearer old", "Bearer new"]
    visit.page.evaluate(
        "document.querySelector('qa-bot-button').tokenProvider = async () => 'wrong'"
    )
    visit.ask("Again?")
    assert visit.page.get_by_role("link", name="Sign in").count() == 1


BLOCKED = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
"""


def test_storage_that_is_blocked_or_spoiled(go: Go, site: Intranet) -> None:
    visit = go(origin(site), init=BLOCKED)
    visit.open()
    visit.ask()
    assert visit.page.locator("figure.quote").count() == 1
    assert not visit.errors
    spoiled = go(origin(site))
    spoiled.open()
    spoiled.ask()
    spoil = """() => { for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key,
      '{"open": true, "turns": [{"question": 1}, null, {"question": "x", "answer": {}}]}'); }"""
    spoiled.page.evaluate(spoil)
    spoiled.page.reload()
    spoiled.page.locator(".empty").wait_for(timeout=PATIENCE)
    assert not spoiled.errors


def test_needs_no_cookie(go: Go, site: Intranet) -> None:
    """None is set, so blocking those of other sites (127.0.0.1 is another site here) takes nothing
    away; and none of the intranet's is sent along."""
    visit = go(origin(site))
    context = visit.page.context
    context.add_cookies([{"name": "mine", "value": "1", "url": "http://127.0.0.1/"}])
    visit.open()
    with visit.page.expect_request(STREAM) as sent:
        visit.ask()
    assert "cookie" not in sent.value.all_headers()
    assert [cookie["name"] for cookie in context.cookies()] == ["mine"]


def test_frame_that_may_do_nothing_but_run_scripts(go: Go, site: Intranet) -> None:
    """No storage, and an origin that no server can allow: the link is left."""
    visit = go(origin(site), bypass_csp=True)
    visit.page.evaluate(
        'document.body.innerHTML = \'<iframe sandbox="allow-scripts allow-popups" '
        'src="dialogue.html" width=900 height=900></iframe>\''
    )
    frame = visit.page.frame_locator("iframe")
    box = frame.get_by_label("Your question")
    box.wait_for(timeout=PATIENCE)
    box.fill(ASKED)
    box.press("Enter")
    frame.get_by_role("link", name="Ask in the chat itself").wait_for(timeout=PATIENCE)


OLD = "delete Document.prototype.adoptedStyleSheets;"


def test_browser_of_long_ago_gets_links(go: Go, site: Intranet) -> None:
    visit = go(origin(site), init=OLD)
    link = visit.page.get_by_role("link", name="Ask the speeches")
    link.wait_for(timeout=PATIENCE)
    assert link.get_attribute("href") == site.bot
    visit.page.goto(origin(site) + "/dialogue.html")
    inside = visit.page.get_by_role("link", name="Ask the speeches of this dialogue")
    inside.wait_for(timeout=PATIENCE)
    assert inside.get_attribute("href") == site.bot
    assert not visit.violations


def test_page_stands_without_the_script(go: Go, site: Intranet) -> None:
    visit = go("about:blank")
    visit.page.route("**/widget.js", lambda route: route.abort())
    visit.page.goto(origin(site) + "/dialogue.html")
    assert visit.page.get_by_role("link", name="Ask the speeches of this dialogue").is_visible()
