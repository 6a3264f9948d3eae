"""A conversation as a file: Markdown, or a Word document with a footnote for each citation.

The browser sends the turns it keeps; what they quote is read from the speeches again, so that a
file quotes only what the speeches say and the person may see.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from qa_bot.display import Section, Sentence, sections, sentences
from qa_bot.recording import moment
from qa_bot.schema import Answer, CatalogueFact, Citation, DocumentInfo
from qa_bot.settings import Settings
from qa_bot.web.access import person_of
from qa_bot.web.i18n import Words, language_of, words_for
from qa_bot.web.protocol import Bot
from qa_bot.web.quotations import also_in, dates_told, field_name, link
from qa_bot.web.turns import KEPT_TURNS, answer_of, turns_in
from qa_bot.web.word_document import WordDocument

MARKDOWN = "text/markdown; charset=utf-8"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_EXPORT = 2_000_000  # characters of quotations in one file

# Signs that mark up anywhere, that make a link of an address, or that begin a block.
_MARKUP = re.compile(
    r"[\\`*_\[\]<>&~$|^{}@]|:(?=//)|(?<=www)\.|^[#+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]", re.IGNORECASE
)
_BREAKS = re.compile("[^\\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")


class ExportIn(BaseModel):
    """The conversation to export, as the browser keeps it."""

    title: str = Field("", max_length=500)
    turns: list[object] = Field(max_length=2 * KEPT_TURNS)  # the last ones are taken


def router(bot: Bot, settings: Settings) -> APIRouter:
    """The routes ``/export/markdown`` and ``/export/word``."""
    routes = APIRouter(include_in_schema=False)

    def answers(body: ExportIn, request: Request) -> list[Answer]:
        seen = bot.seen_by(person_of(request).groups)
        room, kept = LONGEST_EXPORT, []
        for turn in turns_in(body.turns):
            answer, _ = answer_of(turn, seen)
            room -= len(answer.text) + len(answer.question)
            if room < 0:
                break
            kept.append(answer)
        return kept

    @routes.post("/export/markdown")
    def as_markdown(body: ExportIn, request: Request) -> Response:
        w = words_for(language_of(request))
        text = markdown(_title(body, settings), answers(body, request), str(request.base_url), w)
        return _file(text.encode("utf-8", "replace"), MARKDOWN, "md")

    @routes.post("/export/word")
    def as_word(body: ExportIn, request: Request) -> Response:
        w = words_for(language_of(request))
        data = word(_title(body, settings), answers(body, request), str(request.base_url), w)
        return _file(data, WORD, "docx")

    return routes


def markdown(title: str, answers: Sequence[Answer], base: str, w: Words) -> str:
    """The conversation as Markdown with footnotes, in which no text acts as markup.

    Args:
        base: address of the server, with a slash at its end.
    """
    parts = [f"# {plain(title)}"]
    notes: list[str] = []
    for given in answers:
        parts.append(f"## {plain(given.question)}")
        if given.understood != given.question:
            parts.append(f"*{plain(w.understood + w.colon)} {plain(given.understood)}*")
        for fact in given.facts:
            value = plain(fact_value(fact, w))
            note = described(fact.document, "", w)
            address = base + _page(fact.document)
            notes.append(f"{plain(w.from_catalogue)}: {plain(note)}. <{address}>")
            parts.append(f"{value}[^{len(notes)}]")
        if given.at_least:
            parts.append(plain(w.at_least))
        for section in _sections(given, w):
            if section.label:
                parts.append(f"### {plain(section.label)}")
            for sentence in section.sentences:
                parts.append(_quoted(sentence, w))
                for citation in sentence.citations:
                    notes.append(_note(citation, base, w))
                    parts[-1] += f"[^{len(notes)}]"
        parts += [plain(text) for text in _said(given, w)]
    parts.append("\n".join(f"[^{number}]: {note}" for number, note in enumerate(notes, 1)))
    return "\n\n".join(part for part in parts if part) + "\n"


def word(title: str, answers: Sequence[Answer], base: str, w: Words) -> bytes:
    """The conversation as a .docx file with a footnote for each citation."""
    file = WordDocument(title, w.language)
    for given in answers:
        file.heading(given.question)
        if given.understood != given.question:
            file.paragraph(f"{w.understood}{w.colon} {given.understood}", italic=True)
        for fact in given.facts:
            note = f"{w.from_catalogue}{w.colon} {described(fact.document, '', w)}"
            file.paragraph(fact_value(fact, w), note=note, address=base + _page(fact.document))
        if given.at_least:
            file.paragraph(w.at_least)
        for section in _sections(given, w):
            if section.label:
                file.heading(section.label, 3)
            for sentence in section.sentences:
                before, _, after = w.quoted.partition("{text}")
                file.quotation(
                    [(before, False), *sentence.pieces, (after, False)],
                    [
                        (
                            _also_in(citation, w),
                            base + link(citation.document, citation.start, citation.end),
                            citation.media_link,
                        )
                        for citation in sentence.citations
                    ],
                )
        for text in _said(given, w):
            file.paragraph(text)
    return file.saved()


def _sections(given: Answer, w: Words) -> tuple[Section, ...]:
    """What is quoted; without an answer the closest words, under a heading that says so."""
    if given.closest and not given.found:
        return (Section(w.closest, sentences(given.closest)),)
    return sections(given)


def _said(given: Answer, w: Words) -> list[str]:
    """What stands below the quotations, or in their place."""
    told = dates_told(given, w)
    if given.found:
        return [*told, *([w.count("further", given.more)] if given.more else [])]
    if given.note:
        return [w.note(given.note)]
    return told if given.closest else [*told, w.not_found]


def _quoted(sentence: Sentence, w: Words) -> str:
    """The sentence as a quotation in Markdown, what is marked in bold.

    Bold begins and ends at a letter or digit: at a sign Markdown may take the stars for stars.
    """
    before, _, after = w.quoted.partition("{text}")
    parts = [before]
    for text, marked in sentence.pieces:
        core = text.strip("".join(sign for sign in {*text} if not sign.isalnum()))
        left, _, right = text.partition(core) if marked and core else (text, "", "")
        parts.append(_escaped(left))
        if left != text:
            parts += [f"**{_escaped(core)}**", _escaped(right)]
    return f"> {''.join(parts)}{after}"


def plain(text: str) -> str:
    r"""Markdown that shows ``text`` on one line and as nothing but text.

    Example:
        >>> plain("# <b>\nc")
        '\\# \\<b\\> c'
    """
    return _escaped(_BREAKS.sub(" ", text).strip())


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", _BREAKS.sub(" ", text))


def described(document: DocumentInfo, page: str, w: Words, when: str = "") -> str:
    """Speaker, title, event, place, date, page and time, as a bibliography has them."""
    title = w.quoted.format(text=document.title) if document.title else ""
    known = [document.speaker, title, document.event, document.place, w.date(document.date)]
    if page:
        known.append(w.page.format(page=page))
    known.append(when)
    return ", ".join(part for part in known if part) or w.untitled


def fact_value(fact: CatalogueFact, w: Words) -> str:
    """What the catalogue says, with the name of the field."""
    value = w.date(fact.value) if fact.field == "date" else fact.value
    return f"{field_name(fact.field, w)}{w.colon} {value}"


def _note(citation: Citation, base: str, w: Words) -> str:
    note = _reference(citation, base, w)
    return note + "".join(
        f"; {plain(words)} {_reference(other, base, w)}"
        for words, others in also_in(citation, w)
        for other in others
    )


def _reference(place: Citation, base: str, w: Words) -> str:
    """Where words stand, with the addresses of the page and of the moment in the recording."""
    address = base + link(place.document, place.start, place.end)
    played = f", <{place.media_link}>" if place.media_link else ""
    return f"{plain(_place(place, w))}. <{address}>{played}"


def _place(place: Citation, w: Words) -> str:
    return described(place.about, place.page_name, w, moment(place.time))


def _also_in(citation: Citation, w: Words) -> str:
    note = _place(citation, w)
    for words, others in also_in(citation, w):
        note += f"; {words} " + "; ".join(_place(other, w) for other in others)
    return note


def _page(document: DocumentInfo) -> str:
    return link(document, 0, 0).partition("#")[0]


def _title(body: ExportIn, settings: Settings) -> str:
    return body.title.strip() or settings.title


def _file(data: bytes, kind: str, ending: str) -> Response:
    name = f'attachment; filename="conversation.{ending}"'
    return Response(
        data, media_type=kind, headers={"Content-Disposition": name, "Cache-Control": "no-store"}
    )
