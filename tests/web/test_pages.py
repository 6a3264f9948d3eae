"""The source view, the list of speeches and what is not there."""

from __future__ import annotations

import pytest
from fakes import FakeBot
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from qa_bot.schema import Document, Omission
from qa_bot.settings import Settings
from qa_bot.web.app import create_app


def page(client: TestClient, path: str, status: int = 200) -> LexborHTMLParser:
    reply = client.get(path)
    assert reply.status_code == status
    assert reply.headers["content-type"].startswith("text/html")
    return LexborHTMLParser(reply.text)


@pytest.mark.parametrize("view", ["page", "panel"])
def test_source_holds_the_text_and_marks_the_words(
    client: TestClient, fake: FakeBot, view: str
) -> None:
    for info in fake.documents:
        text = fake.document(info.id).text
        start, end = len(text) // 3, len(text) // 2
        source = page(client, f"/source/{info.id}?start={start}&end={end}&view={view}")
        assert source.css_first("article").text() == text
        assert "".join(m.text() for m in source.css("mark")) == text[start:end]
        assert source.css_first("h1").text() == info.title


def test_source_heading_says_what_is_known(client: TestClient, fake: FakeBot) -> None:
    source = page(client, f"/source/{fake.documents[0].id}")
    heading = source.css_first(".heading-block").text()
    assert "Laura Thompson, Deputy Director General" in heading
    assert "second session of 2018 · 9\xa0October\xa02018 · Geneva" in heading
    assert not source.css("mark")
    assert source.css_first("html").attributes["lang"] == "en"


def test_hostile_speech_is_text(client: TestClient) -> None:
    for path, scripts in [
        ("/source/sub/hostile%20speech?start=0&end=50", ["/ui/source.js"]),
        ("/speeches", []),
    ]:
        source = page(client, path)
        assert not source.css("img, b, article strong, article a")
        assert [s.attributes.get("src", "").split("?")[0] for s in source.css("script")] == (
            scripts
        )
        assert not [n for n in source.css("*") if any(a.startswith("on") for a in n.attributes)]
        assert not source.css('a[href^="javascript"]')
        assert "<script>alert(1)</script>" in source.body.text()


@pytest.mark.parametrize(
    "query", ["start=5&end=2", "start=9999999&end=99999999", "start=5", "start=-4&end=0"]
)
def test_spans_that_lead_nowhere_open_the_speech(
    client: TestClient, fake: FakeBot, query: str
) -> None:
    assert not page(client, f"/source/{fake.documents[0].id}?{query}").css("mark")


def test_speeches_lists_all(client: TestClient, fake: FakeBot) -> None:
    listed = page(client, "/speeches")
    assert [n.text() for n in listed.css(".speeches h2")] == [d.title for d in fake.documents]
    assert "1,434 words" in listed.css_first(".speeches").text()
    for link in listed.css(".speeches a"):
        page(client, link.attributes["href"] or "")


def test_no_speeches_says_so() -> None:
    from qa_bot.settings import Settings
    from qa_bot.web.app import create_app

    with TestClient(create_app(FakeBot([]), Settings()), base_url="http://localhost") as empty:
        assert "no speeches yet" in page(empty, "/speeches").body.text()
        assert empty.get("/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/source/nope", "/source/", "/source/x?start=abc", "/ui/nope.css"]
)
def test_what_is_not_there_is_said_in_plain_words(client: TestClient, path: str) -> None:
    missing = page(client, path, 404)
    assert "No such" in missing.css_first("h1").text()
    assert missing.css_first("nav a").attributes["href"] == "/"


def test_pages_work_on_a_sub_path(fake: FakeBot) -> None:
    from qa_bot.settings import Settings
    from qa_bot.web.app import create_app

    client = TestClient(
        create_app(fake, Settings()), base_url="http://localhost", root_path="/tools/bot"
    )
    listed = page(client, "/tools/bot/speeches")
    assert all(
        (a.attributes["href"] or "").startswith("/tools/bot/") for a in listed.css("a:not(.skip)")
    )


@pytest.mark.parametrize("view", ["page", "panel"])
def test_the_page_of_a_speech_tells_what_is_not_in_its_text(settings: Settings, view: str) -> None:
    speech = Document("a", "A", text="Words.", omissions=(Omission("<b>pictures</b>", 2, "1-2"),))
    with TestClient(create_app(FakeBot([speech]), settings), base_url="http://localhost") as client:
        told = page(client, f"/source/a?view={view}").css_first(".left-out")
    assert told.text() == "In the file but not in this text: <b>pictures</b>: 2 (1-2)"
