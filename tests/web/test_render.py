"""Answers as chat messages."""

from __future__ import annotations

from dataclasses import replace

from fakes import HOSTILE, FakeBot, corpus
from selectolax.lexbor import LexborHTMLParser

from qa_bot.errors import QABotError
from qa_bot.schema import Answer, CatalogueFact, Chip, Citation, DocumentInfo
from qa_bot.web import render
from qa_bot.web.i18n import words_for

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


def several() -> Answer:
    """Two quotations out of one sentence, one of another speech."""
    bot = FakeBot()
    first = bot.ask(ASKED).citations[0]
    start = first.sentence_start
    other = next(d for d in corpus() if d.id != first.document.id)
    neighbour = replace(first, quote=first.sentence[:12], start=start, end=start + 12)
    far = Citation(
        quote=other.text[:14],
        start=0,
        end=14,
        sentence=other.text[:14],
        sentence_start=0,
        sentence_end=14,
        document=other.info,
        page=3,
        score=0.0,
        confidence=0.5,
        also=(first,),
    )
    return Answer("q", "q", True, "", 0.9, citations=(neighbour, far, first))


def test_several_quotations_stand_under_their_speech() -> None:
    given = several()
    page = LexborHTMLParser(render.answer(given, ENGLISH))
    ours, other = page.css("h3.qa-group")
    assert ours.text().startswith("Director General of IOM 8\xa0October\xa02018")
    assert other.text().startswith("Laura Thompson 9\xa0October\xa02018")
    neighbour, far, first = given.citations
    assert [node.text() for node in page.css(".qa-quote .qa-words")] == [
        neighbour.quote,
        first.quote,
        far.quote,
    ]
    assert [node.text(deep=False).strip() for node in page.css("a.qa-number")] == ["1", "2", "3"]
    (context,) = page.css(".qa-context")  # one sentence, shown once, both quotations marked
    assert context.text() == first.sentence
    assert [mark.text() for mark in context.css("mark")] == [neighbour.quote, first.quote]


def test_where_else_the_same_words_stand() -> None:
    given = several()
    page = LexborHTMLParser(render.answer(given, ENGLISH))
    also = page.css_first(".qa-also")
    assert also.text().startswith("Also in Director General of IOM")
    first = given.citations[2]
    assert also.css_first("a.qa-cite").attributes["href"] == first.link.removeprefix("/")


def test_catalogue_facts_are_no_quotations() -> None:
    info = corpus()[0].info
    fact = CatalogueFact(info, "date", "2018-10-09")
    html = render.answer(Answer("q", "q", True, "2018-10-09", 1.0, facts=(fact,)), ENGLISH)
    page = LexborHTMLParser(html)
    assert not page.css(".qa-quote, .qa-words, blockquote")
    assert page.css_first(".qa-value").text() == "9\xa0October\xa02018"
    assert page.css_first(".qa-from").text() == ENGLISH.from_catalogue
    assert page.css_first("a.qa-cite").attributes["href"] == f"source/{info.id}"


def test_restrictions_are_chips_that_name_what_they_ask_for() -> None:
    chips = (
        Chip("speaker", "<b>Laura", "according to Laura"),
        Chip("document", "a"),
        Chip("date_from", "2018-10"),
        Chip("phrase", "full and open"),
    )
    html = render.answer(
        Answer("q", "q", False, "", 0.0, chips=chips), ENGLISH, title={"a": "Opening"}.__getitem__
    )
    shown = [node.text() for node in LexborHTMLParser(html).css(".qa-chip bdi")]
    assert shown == ["<b>Laura", "Opening", "October\xa02018", "“full and open”"]


def test_restrictions_that_no_speech_fits_are_said_to_be_the_cause() -> None:
    chips = (Chip("speaker", "Laura", ""), Chip("date_to", "1990", ""))
    page = LexborHTMLParser(render.answer(Answer("q", "q", False, "", 0.0, chips=chips), ENGLISH))
    assert page.css_first(".qa-none").text() == ENGLISH.no_speech_fits
    assert len(page.css("button.qa-chip")) == 2
    hits = tuple(FakeBot().search("migration", 1))
    near = Answer("q", "q", False, "", 0.0, passages=hits, chips=chips)
    page = LexborHTMLParser(render.answer(near, ENGLISH))
    assert page.css_first(".qa-none").text() == ENGLISH.not_found
