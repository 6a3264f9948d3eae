"""The original page: marked, or said plainly why not; and never for who may not see the speech."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeBot, asked_by
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

sys.path.insert(0, str(Path(__file__).parents[1] / "corpus"))
from pdf_builder import column, make_pdf

from qa_bot.corpus.loaders import load_all
from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.originals import BusyError, PageReader
from qa_bot.schema import Citation, Document
from qa_bot.settings import Settings
from qa_bot.web import pages

PDF = make_pdf(
    [column(["We thank every delegation", "for its work."]), column(["Goodbye to all."])]
)
LOADED = load_all("a.pdf", PDF).speeches[0]
TEXT = LOADED.text
SPEECH = Document("talk", path="sub/a.pdf", title="Talk", text=TEXT, pages=LOADED.pages)
THANKS = (TEXT.index("every"), TEXT.index("work") + 4)
LEAF = "&view=panel"


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    made = PageReader()
    yield made
    made.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.pdf").write_bytes(PDF)
    return tmp_path


def client(corpus: Path, reader: PageReader, groups: tuple[str, ...] | None = None) -> TestClient:
    """Our pages alone, asked by somebody in these groups."""
    bot = FakeBot(
        [
            SPEECH,
            replace(SPEECH, id="secret", groups=("board",)),
            replace(SPEECH, id="other", text="Quite another text, " * 9, pages=(0, 40)),
            replace(SPEECH, id="labelled", page_labels=("iv", "v")),
            Document("note", path="note.txt", text="words"),
        ]
    )
    bot.hashes["sub/a.pdf"] = hashlib.sha256(PDF).hexdigest()
    return asked_by(pages.router(bot, Settings(corpus=corpus), reader), groups)


@pytest.fixture
def site(corpus: Path, reader: PageReader) -> TestClient:
    return client(corpus, reader)


def leaf(site: TestClient, query: str, name: str = "talk") -> LexborHTMLParser:
    reply = site.get(f"/page/{name}?{query}{LEAF}")
    assert reply.status_code == 200
    return LexborHTMLParser(reply.text)


def said(page: LexborHTMLParser) -> list[str]:
    return [node.attributes["class"].split()[1] for node in page.css(".leaf-said")]


def test_the_cited_words_are_marked_beside_the_text(site: TestClient) -> None:
    start, end = THANKS
    page = LexborHTMLParser(site.get(f"/page/talk?start={start}&end={end}").text)
    assert len(page.css(".leaf-marks rect")) == 2  # lines
    assert "every delegation for its work" in page.css_first(".leaf-paper img").attributes["alt"]
    assert page.css_first("article").text() == TEXT
    assert page.css_first("#leaf").attributes.get("hidden", "no") == "no"
    assert not said(page)
    assert page.css_first(".leaf-number").text() == "Page 1 of 2"
    following = page.css_first("a.leaf-next").attributes["href"]
    assert following == f"/page/talk?number=2&start={start}&end={end}"
    other = LexborHTMLParser(site.get(following).text)
    assert not other.css("rect") and "Page 2" in other.css_first(".leaf-number").text()


def test_words_over_two_pages(site: TestClient) -> None:
    query = f"start={THANKS[0]}&end={len(TEXT)}"
    first, second = leaf(site, query), leaf(site, f"{query}&number=2")
    assert (said(first), said(second)) == (["leaf-page-goes-on"], ["leaf-page-began-before"])
    assert first.css("rect") and second.css("rect")


def test_words_that_cannot_be_placed_are_said_to_be_so(site: TestClient) -> None:
    page = leaf(site, "start=0&end=20", "other")
    assert said(page) == ["leaf-page-place-unknown"]
    assert page.css_first("img") and not page.css("rect")


def test_pages_without_a_citation_and_with_printed_numbers(site: TestClient) -> None:
    assert leaf(site, "number=99").css_first(".leaf-number").text() == "Page 2 of 2"
    assert "(v)" in leaf(site, "number=2", "labelled").css_first(".leaf-number").text()
    assert not leaf(site, "start=9&end=3").css("rect")


def test_the_picture_is_kept_by_browsers_and_asked_about_again(site: TestClient) -> None:
    address = "/page-picture/talk?number=1&width=800"
    reply = site.get(address)
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["cache-control"] == "private, no-cache"
    again = site.get(address, headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = site.get(
        address.replace("=1&", "=2&"), headers={"If-None-Match": reply.headers["etag"]}
    )
    assert other.status_code == 200 and other.headers["etag"] != reply.headers["etag"]


@pytest.mark.parametrize(
    "query", ["", "number=1", "number=1&width=801", "number=0&width=800", "number=9&width=800",
              "number=x&width=800", f"number={'9' * 400}&width=800"]
)  # fmt: skip
def test_pictures_that_are_not_there(site: TestClient, query: str) -> None:
    assert site.get(f"/page-picture/talk?{query}").status_code == 404


def test_a_file_that_has_changed_or_gone_leaves_the_text(corpus: Path, site: TestClient) -> None:
    start, end = THANKS
    picture = "/page-picture/talk?number=1&width=800"
    etag = site.get(picture).headers["etag"]
    for change, name in (
        (lambda file: file.write_bytes(PDF + b"\n"), "leaf-changed"),
        (lambda file: file.unlink(), "leaf-gone"),
    ):
        change(corpus / "sub" / "a.pdf")
        assert site.get(picture, headers={"If-None-Match": etag}).status_code == 404
        for address in (
            "/source/talk",
            "/source/talk?view=panel",
            f"/page/talk?start={start}&end={end}",
        ):
            page = LexborHTMLParser(site.get(address).text)
            assert said(page) == [name]
            assert page.css_first("article").text() == TEXT
            assert not page.css("img, .leaf-toggle, .leaf-link, #leaf")


def test_speeches_that_are_no_pdf_have_no_pages(site: TestClient) -> None:
    for address in ("/source/note", "/source/note?view=panel", "/page/note?start=0&end=3"):
        page = LexborHTMLParser(site.get(address).text)
        assert page.css_first("article") and not page.css(
            ".leaf, .leaf-said, .leaf-toggle, .leaf-link"
        )
    assert site.get("/page-picture/note?number=1&width=800").status_code == 404


@pytest.mark.parametrize("groups", [None, (), ("other",)])
def test_a_speech_of_a_group_is_not_there_for_others(
    corpus: Path, reader: PageReader, groups: tuple[str, ...] | None
) -> None:
    others, board = client(corpus, reader, groups), client(corpus, reader, ("board",))
    for address in (
        "/page/secret?start=0&end=9",
        "/page/secret?number=1&view=panel",
        "/page-picture/secret?number=1&width=800",
    ):
        shown = board.get(address)
        assert shown.status_code == 200
        headers = {"If-None-Match": shown.headers.get("etag", "*")}
        hidden = others.get(address, headers=headers)
        missing = others.get(address.replace("secret", "nope"), headers=headers)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text.replace("secret", "nope") == missing.text


@pytest.mark.parametrize(
    ("error", "name", "status"),
    [(BusyError(), "leaf-page-busy", 503), (UnusableFileError("bad"), "leaf-page-not-drawn", 404)],
)
def test_what_cannot_be_drawn_is_told(
    corpus: Path, error: Exception, name: str, status: int
) -> None:
    class Failing(PageReader):
        def placed(self, *_):
            raise error

        picture = placed

    site = client(corpus, Failing())
    assert said(leaf(site, "number=1")) == [name]
    assert site.get("/page-picture/talk?number=1&width=800").status_code == status


def test_citations_name_their_page() -> None:
    shape = {"quote": "x", "sentence": "x", "sentence_start": 0, "sentence_end": 1}
    shape |= {"score": 0.0, "confidence": 0.0}
    cited = Citation(start=3, end=9, document=SPEECH.info, page=1, **shape)
    assert cited.page_url == "/page/talk?start=3&end=9"
    assert replace(cited, page=None).page_url is None
    assert replace(cited, document=replace(SPEECH.info, path="a.txt")).page_url is None
