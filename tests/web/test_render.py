"""Answers as chat messages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answers import KINDS, NOTES, answer
from fakes import HOSTILE, FakeBot, corpus
from hostile import hostile_speeches
from selectolax.lexbor import LexborHTMLParser

from qa_bot.errors import QABotError
from qa_bot.schema import Answer, CatalogueFact, Chip, Citation, DocumentInfo, Group
from qa_bot.web import render
from qa_bot.web.i18n import LANGUAGES, words_for

ENGLISH = words_for("en")
ASKED = "what did IOM commit to as Network secretariat?"


def test_sentence_mark_and_citation() -> None:
    bot = FakeBot()
    given = bot.ask(ASKED)
    page = LexborHTMLParser(render.answer(given, ENGLISH))
    citation = given.citations[0]
    assert page.css_first(".qa-words").text() == citation.sentence
    assert page.css_first(".qa-words mark").text() == citation.quote
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
        assert texts[citation.document.id][start:end] == item.css_first(".qa-words mark").text()


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
        first.sentence,
        far.sentence,
    ]
    assert [node.text(deep=False).strip() for node in page.css("a.qa-number")] == ["1", "2", "3"]
    both = page.css_first(".qa-quote")  # one sentence, shown once, both quotations marked
    assert [mark.text() for mark in both.css("mark")] == [neighbour.quote, first.quote]
    assert [node.attributes["href"] for node in both.css("a.qa-number")] == [
        citation.link.removeprefix("/") for citation in (neighbour, first)
    ]
    assert both.css_first(".qa-credit").text() == ENGLISH.in_speech  # the heading says the rest


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


def shown(given: Answer) -> LexborHTMLParser:
    return LexborHTMLParser(render.answer(given, ENGLISH))


@pytest.mark.parametrize("kind", KINDS)
def test_sentences_are_whole_and_only_exact_answers_say_how_sure(kind: str) -> None:
    given = answer(kind, corpus())
    page = shown(given)
    texts = [node.text() for node in page.css(".qa-quote .qa-words")]
    quoted = given.citations if given.found else given.closest
    assert {*texts} == {citation.sentence for citation in quoted}
    assert len(texts) == len({*texts})
    assert len(page.css("a.qa-number")) == len(quoted)
    assert bool(page.css(".qa-quote .qa-sure")) == (kind in ("exact", "list"))


def test_a_list_that_may_lack_items_says_so() -> None:
    assert shown(answer("list", corpus())).css_first(".qa-least").text() == ENGLISH.at_least
    assert not shown(answer("exact", corpus())).css(".qa-least")


def test_evidence_is_grouped_three_open_and_the_rest_folded() -> None:
    given = answer("evidence", corpus())
    page = shown(given)
    folded = page.css_first("details.qa-rest")
    assert len(page.css(".qa-quote")) - len(folded.css(".qa-quote")) == 3
    assert folded.css_first("summary").text() == f"{len(given.citations) - 3} more"
    labels = [group.label for group in given.groups]
    assert [node.text() for node in page.css("h3.qa-group")] == [labels[0], *labels]
    assert "12 further sentences bear on this." in page.body.text()
    for credit in page.css(".qa-quote .qa-credit"):  # the heading names the speaker
        assert "Laura Thompson" not in credit.text()
        assert credit.text()


def test_comparison_has_a_column_for_each_side() -> None:
    given = answer("comparison", corpus())
    sides = shown(given).css(".qa-sides > section.qa-side")
    assert [side.css_first("h3").text() for side in sides] == [g.label for g in given.groups]
    assert [len(side.css("figure")) for side in sides] == [len(g.citations) for g in given.groups]


def test_the_closest_words_stand_open_and_nothing_is_refused() -> None:
    given = answer("closest", corpus())
    page = shown(replace(given, passages=tuple(FakeBot().search("migration", 2))))
    assert page.css_first("h3.qa-nearest").text() == ENGLISH.closest
    assert not page.css(".qa-none, details .qa-quote")
    assert page.css(".qa-closest .qa-quote mark")
    assert len(page.css("details .qa-passage")) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("note", [*NOTES, "unheard_of"])
def test_a_note_is_one_sentence_and_no_quotation(note: str, language: str) -> None:
    w = words_for(language)
    given = replace(answer("note", corpus()), note=note)
    page = LexborHTMLParser(render.answer(given, w))
    said = page.css_first(".qa-note").text()
    assert said == (w.texts[f"note_{note}"] if note in NOTES else w.not_found)
    assert not page.css("blockquote, .qa-words, .qa-none, details")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("speech", hostile_speeches(), ids=lambda speech: speech.id)
def test_hostile_marks_groups_and_closest_words_stay_text(kind: str, speech: object) -> None:
    given = answer(kind, [speech])  # type: ignore[list-item]
    label = "<img src=x onerror=alert(1)> ![](http://tracker.example/l.png)"
    if given.citations:
        given = replace(given, groups=(Group(label, given.citations),))
    html = render.answer(given, ENGLISH)
    assert "\n" not in html
    page = LexborHTMLParser(html)
    assert not page.css("script, img, svg, iframe, base, style, form, b, strong, em, code")
    assert page.css("a") or kind == "note"
    for link in page.css("a"):
        assert (link.attributes["href"] or "").startswith("source/hostile-")
    if given.groups:
        assert page.css_first("h3.qa-group").text() == label


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_that_no_speech_has_is_told(language: str) -> None:
    w = words_for(language)
    ends = (Chip("date_from", "2001", "between", True), Chip("date_to", "2005", "between", True))
    given = Answer("q", "q", False, "", 0.0, set_aside=(*ends, Chip("date_from", "2018", "since")))
    page = LexborHTMLParser(render.answer(given, w))
    told = [node.text() for node in page.css(".qa-hint")][:2]
    assert told[0] == w.no_speech_dated.format(date="2001 – 2005")
    assert told[1].startswith(w.looked_beyond.partition("{")[0])
    assert "2018" in told[1]
    one = replace(given, set_aside=(), chips=(Chip("date_to", "2018-10-10", "10/10", True),))
    assert (
        w.date("2018-10-10") in LexborHTMLParser(render.answer(one, w)).css_first(".qa-hint").text()
    )


def test_other_places_are_named_by_title_and_date() -> None:
    given = FakeBot().ask(ASKED)
    first = given.citations[0]
    towns = [
        replace(first, document=replace(first.document, id=name, title=name, date="2018-10-11"))
        for name in ("Arvik", "Bodal")
    ]
    also = (towns[0], replace(towns[1], nearly=True))
    given = replace(given, citations=(replace(first, also=also),))
    page = LexborHTMLParser(render.answer(given, ENGLISH))
    same, nearly = [node.text() for node in page.css(".qa-also")]
    assert same == f"{ENGLISH.also_in} Arvik · 11\xa0October\xa02018"
    assert nearly == f"{ENGLISH.nearly_in} Bodal · 11\xa0October\xa02018"
    assert [a.attributes["href"] for a in page.css(".qa-also a")] == [
        other.link.removeprefix("/") for other in also
    ]
