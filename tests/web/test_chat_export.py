"""Conversations as files: what they say, and that they say nothing else."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest
from answers import KINDS, answer
from docx import Document
from fakes import HOSTILE, FakeBot, corpus
from fastapi.testclient import TestClient
from hostile import hostile_speeches
from lxml import etree

from qa_bot.schema import CatalogueFact
from qa_bot.web.export import described, markdown, plain, word
from qa_bot.web.i18n import words_for
from qa_bot.web.turns import Controls, answer_of, turn_of

ASKED = "what did IOM commit to as Network secretariat?"
ENGLISH = words_for("en")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BASE = "http://localhost/"


def body(bot: FakeBot, *questions: str) -> dict[str, object]:
    turns = [turn_of(bot.ask(question), Controls()).shape() for question in questions]
    return {"title": "About IOM", "turns": turns}


def notes(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        root = etree.fromstring(file.read("word/footnotes.xml"))
    texts = ["".join(note.itertext()) for note in root.iter(f"{W}footnote")]
    return texts[2:]  # after the two lines


def test_markdown_quotes_and_says_where(client: TestClient, fake: FakeBot) -> None:
    reply = client.post("/export/markdown", json=body(fake, ASKED, "cheese on the moon?"))
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert reply.headers["content-disposition"] == 'attachment; filename="conversation.md"'
    citation = fake.ask(ASKED).citations[0]
    text = reply.text.replace("\\", "")
    assert text.startswith(f"# About IOM\n\n## {ASKED}\n")
    before = citation.sentence[: citation.start - citation.sentence_start]
    marked = f"**{citation.quote.rstrip('.')}**."
    assert f"> “{before}{marked}”[^1]" in text
    assert f"[^1]: {described(citation.document, citation.page, ENGLISH)}. <{BASE}source/" in text
    assert f"#{citation.start}-{citation.end}>" in text
    assert ENGLISH.not_found in text


def test_word_document_has_a_footnote_for_each_citation(client: TestClient, fake: FakeBot) -> None:
    reply = client.post("/export/word", json=body(fake, ASKED, "Who gave the closing remarks?"))
    assert reply.status_code == 200
    document = Document(io.BytesIO(reply.content))
    quoted = [p.text for p in document.paragraphs if p.style.name == "Quote"]
    citations = [fake.ask(q).citations[0] for q in (ASKED, "Who gave the closing remarks?")]
    assert quoted == [f"“{citation.sentence}”" for citation in citations]
    runs = [r for p in document.paragraphs for r in p.runs if r.font.highlight_color]
    assert [run.text for run in runs] == [citation.quote for citation in citations]
    for note, citation in zip(notes(reply.content), citations, strict=True):
        assert note.startswith(f" {described(citation.document, citation.page, ENGLISH)}. ")
        assert note.endswith(f"source/{citation.document.id}#{citation.start}-{citation.end}")
    references = re.findall(r"footnoteReference w:id=\"(\d+)\"", document.element.xml)
    assert references == ["1", "2"]


def test_made_up_quotations_are_left_out(client: TestClient, fake: FakeBot) -> None:
    shape = body(fake, ASKED)
    turn = shape["turns"][0]  # type: ignore[index]
    turn["quotes"][0]["start"] += 3
    elsewhere = {**turn["quotes"][0], "document": "../../etc/passwd"}
    turn["quotes"] = [*turn["quotes"], elsewhere]
    text = client.post("/export/markdown", json=shape).text
    assert "[^" not in text
    assert plain(ENGLISH.not_found) in text


def test_hostile_words_stay_words() -> None:
    bot = FakeBot([HOSTILE])
    given = bot.ask("bold alert")
    turn = turn_of(given, Controls()).model_copy(update={"question": "# <b>\n\x00\x0b[x](y)"})
    answer, _ = answer_of(turn, bot)
    text = markdown("a\n# b <script>", [answer], BASE, ENGLISH)
    assert len(re.findall(r"^#+ ", text, re.MULTILINE)) == 2
    assert not re.search(r"(?<!\\)<(?!http://localhost/source/)", text)
    assert not re.search(r"(?<!\\)\]\(", text)
    document = Document(io.BytesIO(word("t\x01", [answer], BASE, ENGLISH)))
    assert any(p.text.startswith("# <b>") for p in document.paragraphs)


def test_facts_are_marked_as_the_catalogue(fake: FakeBot) -> None:
    info = corpus()[0].info
    turn = turn_of(fake.ask(ASKED), Controls())
    answer, _ = answer_of(turn, fake)
    fact = CatalogueFact(info, "date", info.date)
    answer = type(answer)(**{**answer.__dict__, "citations": (), "facts": (fact,)})
    text = markdown("t", [answer], BASE, ENGLISH).replace("\\", "")
    assert "Date: 9\xa0October\xa02018[^1]" in text
    assert f"[^1]: {ENGLISH.from_catalogue}" in text
    assert notes(word("t", [answer], BASE, ENGLISH))[0].startswith(f" {ENGLISH.from_catalogue}")


@pytest.mark.parametrize("shape", [{}, {"turns": 3}, {"turns": [], "title": "x" * 501}])
def test_what_is_no_conversation_is_refused(client: TestClient, shape: dict[str, object]) -> None:
    reply = client.post("/export/word", json=shape)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert client.get("/export/word").status_code in (404, 405)


def test_nothing_asked_is_an_empty_file(client: TestClient) -> None:
    reply = client.post("/export/markdown", json={"turns": [None, {"question": 3}]})
    assert reply.text == "# Ask the speeches\n"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_down(kind: str) -> None:
    given = answer(kind, corpus())
    quoted = given.citations if given.found else given.closest
    text = markdown("t", [given], BASE, ENGLISH).replace("\\", "")
    file = word("t", [given], BASE, ENGLISH)
    paragraphs = Document(io.BytesIO(file)).paragraphs
    sentences = {f"“{' '.join(citation.sentence.split())}”" for citation in quoted}
    assert {" ".join(p.text.split()) for p in paragraphs if p.style.name == "Quote"} == sentences
    starless = re.sub(r"\[\^\d+\]", "", text.replace("**", ""))
    assert {line[2:] for line in starless.split("\n") if line.startswith("> ")} == sentences
    assert (
        len(notes(file)) == len(quoted) + len(given.facts) == len(re.findall(r"^\[\^", text, re.M))
    )
    headings = [p.text for p in paragraphs if p.style.name == "Heading 3"]
    assert headings == re.findall(r"^### (.*)", text, re.M)
    assert headings == ([ENGLISH.closest] if given.closest else [g.label for g in given.groups])
    other = {"note": ENGLISH.note_abilities, "list": ENGLISH.at_least, "evidence": "12 further"}
    assert other.get(kind, "") in text
    assert ENGLISH.not_found not in text


def test_bold_begins_and_ends_at_a_letter() -> None:
    given = answer("exact", corpus())
    (citation,) = given.citations
    for quote in (" of ", "(of)", "…"):
        odd = replace(
            citation, quote=quote, start=3, end=3 + len(quote), sentence=f"One{quote}two",
            sentence_start=0, sentence_end=6 + len(quote),
        )  # fmt: skip
        text = markdown("t", [replace(given, citations=(odd,))], BASE, ENGLISH)
        (line,) = re.findall(r"^> (.*)\[\^1\]$", text, re.M)
        assert line.replace("**", "").replace("\\", "") == f"“One{quote}two”"
        assert re.findall(r"\*\*(.*?)\*\*", line) == (["of"] if "of" in quote else [])


@pytest.mark.parametrize("speech", hostile_speeches()[:3], ids=lambda speech: speech.id)
def test_hostile_marks_stay_words(speech: object) -> None:
    given = answer("evidence", [speech])  # type: ignore[list-item]
    text = markdown("t", [given], BASE, ENGLISH)
    assert not re.search(r"(?<!\\)<(?!http://localhost/source/)", text)
    assert not re.search(r"(?<!\\)\]\(|(?<!\\)`|(?<![\\*])\*(?!\*)", text)
    assert word("t", [given], BASE, ENGLISH)
