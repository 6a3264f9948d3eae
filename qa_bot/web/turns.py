"""Turns of a conversation as the browser keeps them: places in speeches, not the words.

The server keeps no conversation. A browser sends back the turns it was given; what they quote is
read again from the speeches that the person may see, so that a turn made up or grown old shows
nothing that the speeches do not say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa_bot.errors import DocumentNotFoundError, QABotError
from qa_bot.schema import (
    Answer,
    CatalogueFact,
    Chip,
    Citation,
    Document,
    Filters,
    Group,
    Hit,
    Passage,
)
from qa_bot.web.protocol import Bot

KEPT_TURNS = 50  # of one conversation
LONGEST_QUOTE = 4_000  # characters of a quotation that is shown again
LONGEST_SENTENCE = 4_000
MOST = 20  # quotations, passages and the like of one turn
MOST_MARKS = 50  # in one sentence
BETWEEN = " … "

Brief = Annotated[str, Field(max_length=10)]
Short = Annotated[str, Field(max_length=300)]
Name = Annotated[str, Field(max_length=1000)]
Question = Annotated[str, Field(max_length=10_000)]
Offset = Annotated[int, Field(ge=0, le=2**40)]
Tag = Annotated[str, Field(max_length=20, pattern=r"^[a-z_]*$")]
FactField = Literal["title", "speaker", "role", "event", "date", "place", "language", "source"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Place(_Shape):
    """Words of a speech: characters start to end of its text. ``mark`` tells whether they are
    still the same words.
    """

    document: Name
    start: Offset
    end: Offset
    mark: Short = ""
    nearly: bool = False


class Quoted(Place):
    """A quotation: the words, the sentence around them and what to mark in it, how sure, and where
    else they stand.
    """

    sentence_start: Offset
    sentence_end: Offset
    sure: float = Field(ge=0, le=1)
    also: Annotated[tuple[Place, ...], Field(max_length=MOST)] = ()
    marks: Annotated[tuple[tuple[Offset, Offset], ...], Field(max_length=MOST_MARKS)] = ()


class Gathered(_Shape):
    """Quotations under a heading, by their places among those of the turn."""

    label: Short
    quotes: Annotated[tuple[Annotated[int, Field(ge=0, lt=MOST)], ...], Field(max_length=MOST)]


class Restriction(_Shape):
    """A chip: one restriction that the question was answered under."""

    field: str = Field(max_length=20, pattern=r"^[a-z_]+$")
    value: Name
    words: Short = ""
    empty: bool = False


class Fact(_Shape):
    """What the catalogue says in one field about one speech."""

    document: Name
    field: FactField


class Controls(_Shape):
    """The filters that were set on the page."""

    speaker: Short = ""
    event: Short = ""
    place: Short = ""
    language: Brief = ""
    date_from: Brief = ""
    date_to: Brief = ""
    documents: Annotated[tuple[Name, ...], Field(max_length=100)] = ()

    def filters(self) -> Filters:
        """Raises QuestionError when a date is none."""
        return Filters(**self.model_dump())


class ChatTurn(_Shape):
    """One question, how it was asked, and what was found."""

    question: Question
    understood: Question
    found: bool
    sure: float = Field(ge=0, le=1)
    quotes: Annotated[tuple[Quoted, ...], Field(max_length=MOST)] = ()
    others: Annotated[tuple[Quoted, ...], Field(max_length=MOST)] = ()
    near: Annotated[tuple[Place, ...], Field(max_length=MOST)] = ()
    chips: Annotated[tuple[Restriction, ...], Field(max_length=MOST)] = ()
    aside: Annotated[tuple[Restriction, ...], Field(max_length=MOST)] = ()
    facts: Annotated[tuple[Fact, ...], Field(max_length=MOST)] = ()
    next: Annotated[tuple[Question, ...], Field(max_length=5)] = ()
    filters: Controls = Controls()
    ignore: Annotated[tuple[Name, ...], Field(max_length=MOST)] = ()
    rewrite: bool = True
    kind: Tag = "exact"
    groups: Annotated[tuple[Gathered, ...], Field(max_length=MOST)] = ()
    more: int = Field(0, ge=0, le=2**31)
    at_least: bool = False
    closest: Annotated[tuple[Quoted, ...], Field(max_length=MOST)] = ()
    note: Tag = ""
    vote: Literal["", "up", "down"] = ""

    def shape(self) -> dict[str, Any]:
        """JSON shape, without what has its default value."""
        return self.model_dump(exclude_defaults=True)


def turn_of(
    answer: Answer,
    controls: Controls,
    ignore: Sequence[str] = (),
    rewrite: bool = True,
    following: Sequence[str] = (),
) -> ChatTurn:
    """What the browser keeps of an answer and of how it was asked for."""
    return ChatTurn(
        question=answer.question,
        understood=answer.understood,
        found=answer.found,
        sure=answer.confidence,
        quotes=tuple(_quoted(citation) for citation in answer.citations[:MOST]),
        others=tuple(_quoted(citation) for citation in answer.alternatives[:MOST]),
        near=()
        if answer.found and not answer.more
        else tuple(_place(h.document.id, h.start, h.end, h.text) for h in answer.passages[:MOST]),
        chips=_restrictions(answer.chips),
        aside=_restrictions(answer.set_aside),
        facts=tuple(
            Fact.model_validate({"document": f.document.id, "field": f.field})
            for f in answer.facts[:MOST]
        ),
        next=tuple(following[:5]),
        filters=controls,
        ignore=tuple(ignore),
        rewrite=rewrite,
        **_form(answer),
    )


def _restrictions(chips: Sequence[Chip]) -> tuple[Restriction, ...]:
    return tuple(
        Restriction(field=c.field, value=c.value, words=c.words[:300], empty=c.empty)
        for c in chips[:MOST]
    )


def _chips(kept: Sequence[Restriction]) -> tuple[Chip, ...]:
    return tuple(Chip(c.field, c.value, c.words, c.empty) for c in kept)


def _form(answer: Answer) -> dict[str, Any]:
    """What kind of answer it is, and how its quotations stand together."""
    place = {citation: number for number, citation in enumerate(answer.citations[:MOST])}
    groups = [
        Gathered(
            label=group.label[:300], quotes=tuple(place[c] for c in group.citations if c in place)
        )
        for group in answer.groups[:MOST]
    ]
    return {
        "kind": answer.kind,
        "groups": tuple(group for group in groups if group.quotes),
        "more": min(answer.more, 2**31),
        "at_least": answer.at_least,
        "closest": tuple(_quoted(citation) for citation in answer.closest[:MOST]),
        "note": answer.note,
    }


def answer_of(turn: ChatTurn, bot: Bot) -> tuple[Answer, int]:
    """The answer again, with words and catalogue entries read from the bot's own speeches.

    Returns:
        the answer, and how many of its quotations and facts are no longer there.
    """
    citations = [_citation(quoted, bot) for quoted in turn.quotes]
    nearest = [_citation(quoted, bot) for quoted in turn.closest]
    facts = [_fact(fact, bot) for fact in turn.facts]
    there = tuple(citation for citation in citations if citation)
    known = tuple(fact for fact in facts if fact)
    closest = tuple(citation for citation in nearest if citation)
    lost = len(citations) + len(facts) - len(there) - len(known) + len(nearest) - len(closest)
    values = [citation.quote for citation in there] or [fact.value for fact in known]
    answer = Answer(
        question=turn.question,
        understood=turn.understood,
        found=turn.found and bool(there or known),
        text=BETWEEN.join(values) if turn.found else "",
        confidence=turn.sure,
        citations=there,
        alternatives=tuple(c for c in (_citation(other, bot) for other in turn.others) if c),
        passages=tuple(hit for hit in (_hit(place, bot) for place in turn.near) if hit),
        chips=_chips(turn.chips),
        set_aside=_chips(turn.aside),
        facts=known,
        kind=turn.kind,
        groups=tuple(_groups(turn, citations)),
        more=turn.more,
        at_least=turn.at_least,
        closest=closest,
        note=turn.note,
    )
    return answer, lost


def _groups(turn: ChatTurn, citations: Sequence[Citation | None]) -> Iterator[Group]:
    """The groups of what is still there."""
    for gathered in turn.groups:
        places = (citations[n] for n in gathered.quotes if n < len(citations))
        if there := tuple(citation for citation in places if citation):
            yield Group(gathered.label, there)


def turns_in(shapes: object) -> tuple[ChatTurn, ...]:
    """The last turns of a list from a browser; what is no turn is left out."""
    turns = []
    for shape in shapes[-KEPT_TURNS:] if isinstance(shapes, list) else ():
        try:
            turns.append(ChatTurn.model_validate(shape))
        except (ValidationError, RecursionError):
            continue
    return tuple(turns)


def loads(text: str) -> Any:
    """JSON from a browser; None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def mark_of(text: str) -> str:
    """Short digest that tells whether words have changed."""
    return hashlib.blake2s(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _place(document_id: str, start: int, end: int, text: str, nearly: bool = False) -> Place:
    return Place(document=document_id, start=start, end=end, mark=mark_of(text), nearly=nearly)


def _quoted(citation: Citation) -> Quoted:
    also = (_place(c.document.id, c.start, c.end, c.quote, c.nearly) for c in citation.also[:MOST])
    return Quoted(
        document=citation.document.id,
        start=citation.start,
        end=citation.end,
        mark=mark_of(citation.quote),
        sentence_start=citation.sentence_start,
        sentence_end=citation.sentence_end,
        sure=min(1.0, max(0.0, citation.confidence)),
        also=tuple(also),
        marks=citation.marks[:MOST_MARKS],
    )


def _document_at(place: Place, bot: Bot) -> Document | None:
    """The speech when it still says the marked words at this place."""
    if not place.start < place.end <= place.start + LONGEST_QUOTE:
        return None
    try:
        document = bot.document(place.document)
    except DocumentNotFoundError:
        return None
    if place.end > len(document.text):
        return None
    return document if mark_of(document.text[place.start : place.end]) == place.mark else None


def _citation(quoted: Place, bot: Bot) -> Citation | None:
    document = _document_at(quoted, bot)
    if document is None:
        return None
    start, end, sure = quoted.start, quoted.end, 0.0
    also: tuple[Citation, ...] = ()
    marks: tuple[tuple[int, int], ...] = ()
    if isinstance(quoted, Quoted):
        sure = quoted.sure
        marks = quoted.marks
        also = tuple(c for c in (_citation(place, bot) for place in quoted.also) if c)
        low, high = quoted.sentence_start, quoted.sentence_end
        if low <= start and end <= high <= len(document.text) and high - low <= LONGEST_SENTENCE:
            start, end = low, high
    return Citation(
        quote=document.text[quoted.start : quoted.end],
        start=quoted.start,
        end=quoted.end,
        sentence=document.text[start:end],
        sentence_start=start,
        sentence_end=end,
        document=document.info,
        page=document.page_at(quoted.start),
        turn=document.cited_turn(quoted.start, quoted.end),
        time=document.time_at(quoted.start),
        page_label=document.page_label_at(quoted.start),
        score=0.0,
        confidence=sure,
        also=also,
        nearly=quoted.nearly,
        marks=tuple((low, high) for low, high in marks if start <= low < high <= end),
    )


def _hit(place: Place, bot: Bot) -> Hit | None:
    document = _document_at(place, bot)
    if document is None:
        return None
    text = document.text[place.start : place.end]
    passage = Passage(document.id, place.start, place.end, text)
    turn, time = document.said_by(place.end - 1), document.time_at(place.start)
    return Hit(passage, document.info, 0.0, turn=turn, time=time)


def _fact(fact: Fact, bot: Bot) -> CatalogueFact | None:
    try:
        info = bot.document(fact.document).info
    except QABotError:
        return None
    value = getattr(info, fact.field)
    return CatalogueFact(info, fact.field, value) if value else None
