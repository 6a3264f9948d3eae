"""When a quotation is said, in every front, and the link to that moment of the recording."""

from __future__ import annotations

import io

import pytest
from answers import cited
from docx import Document as read_word
from rich.console import Console
from selectolax.lexbor import LexborHTMLParser

from qa_bot.cli.ask import show
from qa_bot.schema import Answer, Document, Hit, Passage, Turn, citation_dict, hit_dict
from qa_bot.web.api.models import CitationOut
from qa_bot.web.export import markdown, word
from qa_bot.web.i18n import words_for
from qa_bot.web.quotations import passages, quotations
from qa_bot.web.turns import Controls, answer_of, turn_of

ENGLISH = words_for("en")
TEXT = "The bridge closes in the autumn. It opens in May."
MEDIA = "https://example.org/talk.mp4"


class OneSpeech:
    """A bot with one speech, to look its words up again."""

    def __init__(self, speech: Document) -> None:
        self._speech = speech

    def document(self, document_id: str) -> Document:
        return self._speech


def speech(media: str) -> Document:
    return Document("a", "Address", text=TEXT, times=((0, 0.0), (33, 731.4)), media=media)


def answer(document: Document) -> Answer:
    quoted = cited(document, (33, len(TEXT)), quote="in May")
    made = Answer("When?", "When?", True, "in May", 0.9, citations=(quoted,))
    again, _ = answer_of(turn_of(made, Controls()), OneSpeech(document))  # type: ignore[arg-type]
    return again


def test_the_time_is_that_of_the_place_where_the_quotation_begins() -> None:
    known = speech("")
    assert [known.time_at(at) for at in (0, 32, 33, 48)] == [0.0, 0.0, 731.4, 731.4]
    turns = (Turn(0, 10, "Ada", time=3.0), Turn(12, 20, "Bo"))
    spoken = Document("b", text=TEXT, turns=turns)
    assert [spoken.time_at(at) for at in (0, 11, 12)] == [3.0, None, None]
    assert Document("c", text=TEXT).time_at(5) is None


@pytest.mark.parametrize("media", ["", MEDIA])
def test_every_front_shows_it(media: str) -> None:
    given = answer(speech(media))
    link = f"{MEDIA}#t=731" if media else ""
    shape = citation_dict(given.citations[0])
    assert (shape["time"], shape["media_link"]) == (731.4, link)
    assert CitationOut(**shape).media_link == link

    page = LexborHTMLParser(quotations(given, ENGLISH))
    assert "[00:12:11]" in page.css_first("figcaption").text()
    assert [a.attributes["href"] for a in page.css("a.qa-play")] == ([link] if link else [])
    assert ("[00:12:11]" in page.css_first("a.qa-credit").text()) == (not media)

    text = markdown("t", [given], "http://localhost/", ENGLISH).replace("\\", "")
    assert "[00:12:11]" in text
    assert (f"<{MEDIA}#t=731>" in text) == bool(media)
    made = read_word(io.BytesIO(word("t", [given], "http://localhost/", ENGLISH)))
    (notes,) = [
        r.target_part.blob.decode() for r in made.part.rels.values() if "footnotes" in r.reltype
    ]
    assert "[00:12:11]" in notes
    assert (link in notes) if link else ("talk.mp4" not in notes)

    console = Console(file=io.StringIO(), width=300)
    show(given, console=console)
    assert f"[00:12:11]{' · ' + link if link else ''}" in console.file.getvalue()  # type: ignore[attr-defined]


def test_passages_have_times_too() -> None:
    known = speech(MEDIA)
    passage = Passage("a", 33, len(TEXT), TEXT[33:])
    made = Answer("When?", "When?", False, "", 0.1, passages=(Hit(passage, known.info, 0.5),))
    again, _ = answer_of(turn_of(made, Controls()), OneSpeech(known))  # type: ignore[arg-type]
    (hit,) = again.passages
    assert hit.time == 731.4
    assert hit_dict(hit)["media_link"] == f"{MEDIA}#t=731"
    shown = LexborHTMLParser(passages([hit], ENGLISH)[0])
    assert shown.css_first("a.qa-play").text().startswith("[00:12:11]")
