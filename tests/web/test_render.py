"""Answers as chat messages."""

from __future__ import annotations

from fakes import HOSTILE, FakeBot, corpus
from selectolax.lexbor import LexborHTMLParser

from qa_bot.errors import QABotError
from qa_bot.schema import Answer, DocumentInfo
from qa_bot.web import render
from qa_bot.web.words import words_for

ENGLISH = words_for("en")
ASKED = "what did IOM commit to as Network secretariat?"


def test_quotation_citation_and_context() -> None:
    bot = FakeBot()
    given = bot.ask(ASKED)
    page = LexborHTMLParser(render.answer(given, ENGLISH))
    citation = given.citations[0]
    assert page.css_first(".qa-words").text() == citation.quote
    assert page.css_first(".qa-context").text() == citation.sentence
    assert page.css_first(".qa-context mark").text() == citation.quote
    link = page.css_first("a.qa-number")
    assert link.attributes["href"] == citation.link.removeprefix("/")
    assert "Director General of IOM · International Dialogue" in page.css_first("figcaption").text()
    assert "8\xa0October\xa02018" in page.css_first("figcaption").text()
    assert len(page.css("details li")) == len(given.alternatives) > 0


def test_not_found_shows_the_nearest_passages() -> None:
    bot = FakeBot()
    hits = tuple(bot.search("migration", 3))
    page = LexborHTMLParser(render.answer(Answer("q", "q", False, "", 0.1, passages=hits), ENGLISH))
    assert page.css_first(".qa-none").text() == ENGLISH.not_found
    assert [node.text() for node in page.css(".qa-passage")] == [
        h.text if len(h.text) <= 320 else h.text[:320].rsplit(maxsplit=1)[0] + " …" for h in hits
    ]
    assert not page.css("figure")


def test_what_was_understood_is_shown_only_when_it_differs() -> None:
    assert "qa-understood" not in render.answer(Answer("Why?", "Why?", False, "", 0.0), ENGLISH)
    page = LexborHTMLParser(
        render.answer(Answer("Why?", "Why <b>now</b>?", False, "", 0.0), ENGLISH)
    )
    assert page.css_first(".qa-understood").text().startswith("Understood as: Why <b>now</b>?")
    assert page.css_first(".qa-meant").text() == "Why <b>now</b>?"


def test_hostile_document_stays_text() -> None:
    bot = FakeBot([HOSTILE])
    given = bot.ask("bold alert")
    html = render.answer(given, ENGLISH)
    assert "\n" not in html
    page = LexborHTMLParser(html)
    assert not page.css("script, img, b, strong, iframe")
    assert given.alternatives or given.citations
    for link in page.css("a"):
        assert (link.attributes["href"] or "").startswith("source/sub/hostile%20speech#")
    assert "![](http://tracker.example/a.png)" in page.body.text()


def test_errors_show_message_and_hint_as_text() -> None:
    page = LexborHTMLParser(render.error(QABotError("No <i>index</i>.", "Run `qa-bot index`.")))
    assert page.css_first(".qa-none").text() == "No <i>index</i>."
    assert page.css_first(".qa-hint").text() == "Run `qa-bot index`."


def test_credit_names_what_is_known() -> None:
    known = DocumentInfo("a", title="T", speaker="S", event="E", date="2018-10-09")
    assert render.credit(known, ENGLISH, 3) == "S · E · 9\xa0October\xa02018 · p.\xa03"
    assert render.credit(DocumentInfo("a", title="T"), ENGLISH) == "T"
    assert render.credit(DocumentInfo("a"), ENGLISH) == ENGLISH.untitled


def test_sureness_in_words() -> None:
    assert [render.sureness(c, ENGLISH) for c in (0.95, 0.5, 0.3)] == [
        ENGLISH.sure,
        ENGLISH.likely,
        ENGLISH.unsure,
    ]


def test_every_alternative_links_to_its_words() -> None:
    texts = {d.id: d.text for d in corpus()}
    given = FakeBot().ask(ASKED)
    page = LexborHTMLParser(render.answer(given, ENGLISH))
    for item, citation in zip(page.css("details li"), given.alternatives, strict=True):
        href = item.css_first("a").attributes["href"] or ""
        start, end = map(int, href.split("#")[1].split("-"))
        assert texts[citation.document.id][start:end] == item.css_first(".qa-words").text()
