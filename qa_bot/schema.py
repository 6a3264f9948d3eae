"""The frozen dataclasses that travel between the packages.

Offsets are always character offsets into ``Document.text``, the text as kept and shown:
``document.text[citation.start:citation.end] == citation.quote`` holds for every citation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

from qa_bot.errors import QuestionError
from qa_bot.recording import moment_url
from qa_bot.text.folding import plain

Exchange = tuple[str, str]  # an earlier (question, answer) of a conversation
BETWEEN_QUOTES = " … "  # joins quotations in `Answer.text`


def valid_date(text: str) -> bool:
    """Whether a text is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` and a date that exists."""
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class DocumentInfo:
    """What is known about one speech beyond its words. Unknown fields are empty strings.

    Attributes:
        id: stable name, safe in a URL; derived from the file's path inside the corpus folder.
        date: ``YYYY-MM-DD``, ``YYYY-MM``, ``YYYY`` or empty.
        language: two-letter code or empty.
        source: where the speech was published, a URL or a reference, or empty.
        media: address of the recording, http or https, or empty.
        path: the file inside the corpus folder, with forward slashes.
        groups: who may see it; empty means everybody.
    """

    id: str
    title: str = ""
    speaker: str = ""
    role: str = ""
    event: str = ""
    date: str = ""
    place: str = ""
    language: str = ""
    source: str = ""
    media: str = ""
    path: str = ""
    groups: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """The id of the file's document: this one's, unless this is a part of it."""
        return whole_id(self.id)


PAGED = ".pdf"  # files whose pages can be shown
PART = "@"  # parts a document's id from the number of the speaker; ids hold no such sign


def whole_id(id: str) -> str:
    """The document's id in that of a part.

    Example:
        >>> whole_id("2024/debate@3"), whole_id("2024/debate")
        ('2024/debate', '2024/debate')
    """
    return id.partition(PART)[0]


@dataclass(frozen=True)
class Turn:
    """One speaker's uninterrupted words in a file that holds several speakers.

    Attributes:
        start, end: character offsets into ``Document.text``, the label ("Mr. Boyle:") included.
        speaker: the name as the file gives it, without its label's punctuation; empty if unknown.
        role: what the file says the speaker is, like "President" or "Liberal".
        time: seconds from the start of the recording, or None.
        words: where the words begin, behind the label; 0 where the text has no label.
    """

    start: int
    end: int
    speaker: str = ""
    role: str = ""
    time: float | None = None
    words: int = 0

    @property
    def said_from(self) -> int:
        """Where the speaker's own words begin."""
        return max(self.start, self.words)

    @property
    def asks(self) -> bool:
        """Whether the file calls the speaker only somebody who asks: "Question", "Q", "Reporter".

        Example:
            >>> Turn(0, 9, "Question (Le Courrier)").asks, Turn(0, 9, "Ana Silva").asks
            (True, False)
        """
        return ASKING.match(self.speaker) is not None


ASKING = re.compile(
    r"(?:Q|Questions?|Questioner|Interviewer|Journalists?|Reporter|Press|Media|Audience(?: member)?"
    r"|Member of the audience|Pregunta|Periodista|Frage|Journaliste)(?: ?\d+)?(?: \(.*)?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Omission:
    """A part of a file that did not come into its text.

    Attributes:
        part: what it is, in plain words for the maintainer, like "pages without text (scanned?)".
        count: how many of them.
        where: the first places, like "2-5", or empty.
    """

    part: str
    count: int = 1
    where: str = ""


@dataclass(frozen=True)
class Document(DocumentInfo):
    """One speech: its text as kept and shown, and what the catalogue says about it.

    Attributes:
        text: the text that all offsets point into. It is never rewritten.
        pages: offset at which each page begins, in order (``pages[0] == 0``); empty for files
            without pages.
        page_labels: what each page is called: what is printed on it, like "iv", with "(OCR)" where
            its text was recognised; empty where that is its number.
        turns: who speaks where, in order and without overlap; empty for one speaker.
        times: (offset, seconds from the start of the recording) of places in the text, in order,
            where that is known more finely than by turns, as in subtitles.
        omissions: what the file holds beyond this text.

    Example:
        >>> speech = Document(id="a", title="Opening", text="One.\\fTwo.", pages=(0, 5))
        >>> speech.page_at(6)
        2
    """

    text: str = ""
    pages: tuple[int, ...] = ()
    page_labels: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    times: tuple[tuple[int, float], ...] = ()
    omissions: tuple[Omission, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Page number (from 1) that holds the character at ``offset``; None without pages."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None

    def page_label_at(self, offset: int) -> str:
        """What that page is called; empty without pages, and where that is its number."""
        page = self.page_at(offset)
        return self.page_labels[page - 1] if page and page <= len(self.page_labels) else ""

    def turn_at(self, offset: int) -> Turn | None:
        """The turn that holds the character at ``offset``; None between turns or without any."""
        at = bisect_right(self.turns, offset, key=lambda turn: turn.start) - 1
        return self.turns[at] if at >= 0 and offset < self.turns[at].end else None

    def time_at(self, offset: int) -> float | None:
        """When the character at ``offset`` is spoken, in seconds from the start of the recording:
        the last time that the file states up to there; None where it states none.
        """
        at = bisect_right(self.times, offset, key=lambda known: known[0]) - 1
        if at >= 0:
            return self.times[at][1]
        turn = self.turn_at(offset)
        return turn.time if turn else None

    def said_by(self, offset: int) -> Turn | None:
        """Whose words the character at ``offset`` belongs to; None where one person speaks.

        Where several speak and nobody does here (a heading, a label), a turn without a speaker.
        """
        if not self.turns:
            return None
        turn = self.turn_at(offset)
        return turn if turn and offset >= turn.said_from else Turn(offset, offset)

    def cited_turn(self, start: int, end: int) -> Turn | None:
        """The turn to name beside a quotation of ``text[start:end]``: of a label, its own."""
        turn = self.turn_at(start)
        return turn if turn and end <= turn.said_from else self.said_by(start)

    @cached_property
    def parts(self) -> tuple[DocumentInfo, ...]:
        """What each speaker says here, as if it were a speech of theirs.

        One where one person speaks; else first what is nobody's, then speaker by speaker, in the
        order in which they first speak. A part has the document's id with a number behind it, and
        the speaker's name and role.
        """
        if not self.turns:
            return (self.info,)
        speakers = dict.fromkeys((turn.speaker, turn.role) for turn in self.turns)
        people = [("", ""), *(one for one in speakers if one != ("", ""))]
        return tuple(
            replace(self.info, id=f"{self.id}{PART}{number}", speaker=name, role=role)
            for number, (name, role) in enumerate(people)
        )

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks here, as filters know them, in order; without those who only ask.

        Example:
            >>> Document("a", speaker="Ana Silva").speakers
            ('Ana Silva',)
            >>> Document("b", turns=(Turn(0, 3, "Q"), Turn(4, 9, "Bo Lund"))).speakers
            ('Bo Lund',)
        """
        names = dict.fromkeys(part.speaker for part in self.parts)
        return tuple(name for name in names if name and not (self.turns and ASKING.match(name)))

    @cached_property
    def _part_numbers(self) -> dict[tuple[str, str], int]:
        return {(part.speaker, part.role): number for number, part in enumerate(self.parts)}

    def part_at(self, offset: int) -> int:
        """The number, among :attr:`parts`, of whoever says the character at ``offset``."""
        turn = self.said_by(offset)
        return self._part_numbers[turn.speaker, turn.role] if turn else 0

    @property
    def info(self) -> DocumentInfo:
        """The same without the text, to travel with a citation."""
        return DocumentInfo(**{f.name: getattr(self, f.name) for f in fields(DocumentInfo)})


@dataclass(frozen=True)
class Passage:
    """The retrieval unit: a run of whole sentences of one document.

    Attributes:
        text: ``document.text[start:end]``, uncleaned. Models read ``clean(passage.text)`` and
            map what they find back through its offsets.
        ordinal: position among the passages of the whole index, in document order; breaks ties.
        context: the question that somebody else asked right before, if this answers it: read and
            searched with the passage, never quoted from it.
    """

    document_id: str
    start: int
    end: int
    text: str
    ordinal: int = 0
    context: str = ""

    @property
    def in_context(self) -> str:
        """The text with the question that it answers: what is embedded and searched for words."""
        return f"{self.context}\n\n{self.text}" if self.context else self.text

    @property
    def id(self) -> str:
        """``document_id#start-end``: the same form as a link into the source view."""
        return f"{self.document_id}#{self.start}-{self.end}"


@dataclass(frozen=True)
class Filters:
    """Which documents a question may be answered from. Empty fields filter nothing.

    Of a document in which several people speak, each one's part passes by itself.

    Attributes:
        speaker, event, place, language: a whole or a part, whatever the case and the accents.
        date_from, date_to: inclusive bounds, ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. A document
            of "2018" passes when any day of that year would. Documents without a date pass only
            when neither bound is set.
        documents: ids, of documents or of parts of them; empty means all.
        groups: the groups that the asking person is in; None switches access control off
            (a local user may see everything).

    Raises:
        QuestionError: a date bound is not a date.
    """

    speaker: str = ""
    event: str = ""
    place: str = ""
    language: str = ""
    date_from: str = ""
    date_to: str = ""
    documents: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for bound in (self.date_from, self.date_to):
            if bound and not valid_date(bound):
                raise QuestionError(
                    f"{bound[:40]!r} is no date to filter by.",
                    "Write YYYY, YYYY-MM or YYYY-MM-DD.",
                )

    @cached_property
    def _ids(self) -> frozenset[str]:
        # Looked up at once: a thousand ids may be given, and thousands of documents compared.
        return frozenset(self.documents)

    def allows(self, document: DocumentInfo) -> bool:
        """Whether this document may be used."""
        if self.groups is not None and document.groups:
            if not set(self.groups) & set(document.groups):
                return False
        if self.documents and self._ids.isdisjoint((document.id, document.whole)):
            return False
        for name in ("speaker", "event", "place", "language"):
            wanted = plain(getattr(self, name)).strip()
            if wanted and wanted not in plain(getattr(document, name)):
                return False
        if not document.date:
            return not (self.date_from or self.date_to)
        return _reaches(document.date, self.date_from) and (
            not self.date_to or _reaches(self.date_to, document.date)
        )

    @property
    def chips(self) -> tuple[Chip, ...]:
        """What is filtered, as controls set it."""
        names = ("speaker", "event", "place", "language", "date_from", "date_to")
        set_here = [Chip(name, getattr(self, name)) for name in names if getattr(self, name)]
        return (*set_here, *(Chip("document", name) for name in self.documents))

    @property
    def any(self) -> bool:
        """Whether anything is filtered at all."""
        return self != Filters()


def _reaches(date: str, bound: str) -> bool:
    """Whether a date is not before another, as far as both are told."""
    told = min(len(date), len(bound))
    return date[:told] >= bound[:told]


def about(document: DocumentInfo, turn: Turn | None) -> DocumentInfo:
    """A document's facts, with the speaker of a turn in place of its own.

    Example:
        >>> about(DocumentInfo("a", speaker="Ana Silva"), Turn(0, 9, "Bo Lund", "Chair")).speaker
        'Bo Lund'
    """
    return replace(document, speaker=turn.speaker, role=turn.role) if turn else document


@dataclass(frozen=True)
class Hit:
    """A passage that the retriever found.

    Attributes:
        score: fused score in 0..1 within this search; higher is better.
        dense: cosine similarity of question and passage, or None when only words were searched.
        sparse: raw BM25 score, or None.
        pool_size: how many passages were searched, or None.
        turn: whose words the passage holds, where several people speak; else None.
        time: when the passage begins, in seconds from the start of the recording, or None.
        also: passages of other documents that say nothing new beside this one, the newest first.
    """

    passage: Passage
    document: DocumentInfo
    score: float
    dense: float | None = None
    sparse: float | None = None
    pool_size: int | None = None
    turn: Turn | None = None
    time: float | None = None
    also: tuple[Hit, ...] = ()

    @property
    def about(self) -> DocumentInfo:
        """What is known of the words: the document's facts, with whoever says them."""
        return about(self.document, self.turn)

    @property
    def media_link(self) -> str:
        """Address of the recording at these words; "" where it or the time is not known."""
        return moment_url(self.document.media, self.time)

    @property
    def link(self) -> str:
        """Path of the source view opened at the passage."""
        return f"/source/{self.document.id}#{self.start}-{self.end}"

    @property
    def text(self) -> str:
        return self.passage.text

    @property
    def start(self) -> int:
        return self.passage.start

    @property
    def end(self) -> int:
        return self.passage.end


@dataclass(frozen=True)
class Span:
    """A stretch of a passage that the reader takes for an answer.

    Attributes:
        start, end: character offsets into the document's text.
        score: start logit + end logit minus the null score of its window, in logits: comparable
            across passages; above 0 the reader prefers this span to "no answer here".
        first: how much the first of two readers likes these words, in its own logits; None where
            there is one reader.
    """

    passage: Passage
    start: int
    end: int
    score: float
    first: float | None = None

    @property
    def text(self) -> str:
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]


@dataclass(frozen=True)
class Citation:
    """The exact words, where they stand, and the sentence around them.

    ``document.text[start:end] == quote`` and
    ``document.text[sentence_start:sentence_end] == sentence`` always hold.

    Attributes:
        page: page number from 1 for files with pages, else None.
        score: the reader's span-minus-null score, in logits.
        confidence: calibrated probability that these words answer the question, 0..1.
        marks: (start, end) of the decisive words, offsets into ``Document.text`` inside the
            sentence, in order: what to highlight where the whole sentence is shown.
        also: other places, in this speech or another, where the same words answer: quotations
            that agree are shown once; and the places of a sentence that is said in several
            speeches, those of the newest first.
        nearly: for one of another's ``also``: a whole sentence that says nearly the same, in a
            version of the speech.
        turn: whose words these are, where several people speak; None where one does.
        time: when the quotation begins, in seconds from the start of the recording, or None.
        page_label: what the page is called, where that is not its number: what is printed on it.
    """

    quote: str
    start: int
    end: int
    sentence: str
    sentence_start: int
    sentence_end: int
    document: DocumentInfo
    page: int | None
    score: float
    confidence: float
    also: tuple[Citation, ...] = ()
    marks: tuple[tuple[int, int], ...] = ()
    turn: Turn | None = None
    time: float | None = None
    page_label: str = ""
    nearly: bool = False

    @property
    def page_name(self) -> str:
        """What the page is called; empty for files without pages."""
        return self.page_label or str(self.page or "")

    @property
    def about(self) -> DocumentInfo:
        """What is known of the words: the document's facts, with whoever says them."""
        return about(self.document, self.turn)

    @property
    def media_link(self) -> str:
        """Address of the recording at these words; "" where it or the time is not known."""
        return moment_url(self.document.media, self.time)

    @property
    def decisive(self) -> str:
        """The marked words, where they are one stretch; else all of the quotation."""
        if len(self.marks) != 1:
            return self.quote
        (start, end) = self.marks[0]
        return self.sentence[start - self.sentence_start : end - self.sentence_start]

    @property
    def link(self) -> str:
        """Path of the source view opened at these words."""
        return f"/source/{self.document.id}#{self.start}-{self.end}"

    @property
    def page_url(self) -> str | None:
        """Path of the page of the original file with these words marked; None if it has no pages
        that can be shown.
        """
        if self.page is None or not self.document.path.lower().endswith(PAGED):
            return None
        return f"/page/{self.document.id}?start={self.start}&end={self.end}"


@dataclass(frozen=True)
class Chip:
    """One restriction that a question was answered under, shown so that nobody is surprised.

    Attributes:
        field: "speaker", "event", "place", "language", "date_from", "date_to", "document" or
            "phrase" (words that must occur verbatim).
        value: what it must be, in the form that :class:`Filters` takes.
        words: the words of the question that set it; empty when a control did.
        empty: of a date in words of the question: no speech has it.
    """

    field: str
    value: str
    words: str = ""
    empty: bool = False

    @property
    def key(self) -> str:
        """Names the chip in ``QABot.ask(ignore=...)``: taking it away in the next request."""
        return f"{self.field}:{self.value}"


@dataclass(frozen=True)
class CatalogueFact:
    """An answer that no speech says but the catalogue does, to be marked as such.

    Attributes:
        field: the catalogue field it comes from, like "speaker" or "date".
        value: what the catalogue says, word for word.
    """

    document: DocumentInfo
    field: str
    value: str


@dataclass(frozen=True)
class Group:
    """Citations of an answer that belong together, under a heading.

    Attributes:
        label: a side of a comparison, or a speaker with the date: words of the catalogue or of the
            question.
        citations: best first; for evidence by date, those of one speech together.
    """

    label: str
    citations: tuple[Citation, ...]


# What an answer can be; `found` is True for those that answer.
ANSWERS = ("exact", "evidence", "comparison", "overview", "catalogue")
NO_ANSWERS = ("closest", "note")


@dataclass(frozen=True)
class Answer:
    """What the bot says to one question: quotations only, or that there is no answer.

    Attributes:
        kind: "exact" (words that answer), "evidence" (sentences that bear on the question),
            "comparison", "overview" (sentences that cover a speech or the collection), "catalogue"
            (who, when, where by the catalogue), "closest" (no direct answer: the nearest
            sentences), or "note" (nothing that speeches could answer: a greeting, an opinion).
        question: as asked.
        understood: the question as it was understood (follow-ups made self-contained).
        found: False when the speeches hold no answer; then ``text`` is "" and ``citations`` ().
        text: the quotations, joined by " … " when there are several.
        confidence: calibrated probability that the answer is right, 0..1.
        groups: the citations again under headings, for a comparison its sides, for evidence
            speaker by speaker; () when they need none.
        more: how many further sentences bear on the question as much, beside those shown.
        at_least: a list that may lack items.
        closest: for "closest" the nearest sentences, best first, to be shown open.
        note: for "note" what it is about: "greeting", "thanks", "abilities", "opinion",
            "out_of_scope" or "language".
        alternatives: next-best quotations, best first.
        passages: the nearest passages, best first: what to show when nothing was found.
        chips: the restrictions in force, from controls and from words of the question.
        set_aside: restrictions that words of the question may have meant, like "in 2018", but
            that this answer does not keep: more was found without them, or no speech has that
            date (:attr:`Chip.empty`).
        facts: what the catalogue says where the speeches do not; then ``citations`` is empty,
            ``found`` is True and ``text`` is the facts' values.
        seconds: time spent, by stage ("retrieve", "read", "total").
    """

    question: str
    understood: str
    found: bool
    text: str
    confidence: float
    citations: tuple[Citation, ...] = ()
    alternatives: tuple[Citation, ...] = ()
    passages: tuple[Hit, ...] = ()
    chips: tuple[Chip, ...] = ()
    set_aside: tuple[Chip, ...] = ()
    facts: tuple[CatalogueFact, ...] = ()
    kind: str = "exact"
    groups: tuple[Group, ...] = ()
    more: int = 0
    at_least: bool = False
    closest: tuple[Citation, ...] = ()
    note: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    def of_kind(self, kind: str, **changes: Any) -> Answer:
        """The same answer as another kind, with some fields changed."""
        return replace(self, kind=kind, **changes)

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape that the command line, REST and evaluation share."""
        return {
            "question": self.question,
            "understood": self.understood,
            "kind": self.kind,
            "found": self.found,
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "citations": [citation_dict(c) for c in self.citations],
            "groups": [group_dict(group, self.citations) for group in self.groups],
            "more": self.more,
            "at_least": self.at_least,
            "closest": [citation_dict(c) for c in self.closest],
            "note": self.note,
            "alternatives": [citation_dict(c) for c in self.alternatives],
            "passages": [hit_dict(h) for h in self.passages],
            "chips": [chip_dict(chip) for chip in self.chips],
            "set_aside": [chip_dict(chip) for chip in self.set_aside],
            "facts": [fact_dict(fact) for fact in self.facts],
            "seconds": {k: round(v, 4) for k, v in self.seconds.items()},
        }


def chip_dict(chip: Chip) -> dict[str, Any]:
    """JSON shape of a restriction."""
    return {**asdict(chip), "key": chip.key}


def document_dict(document: DocumentInfo) -> dict[str, Any]:
    """JSON shape of what is known about a document, without its text and without who may see it."""
    return {f.name: getattr(document, f.name) for f in fields(DocumentInfo) if f.name != "groups"}


def listed_dict(document: Document) -> dict[str, Any]:
    """The same with all who speak in it: JSON shape of a document in a list of them."""
    return {**document_dict(document), "speakers": list(document.speakers)}


def citation_dict(citation: Citation) -> dict[str, Any]:
    """JSON shape of a citation: its fields, and where to see it: ``link``, ``page_url`` and
    ``media_link``.
    """
    shape = {f.name: getattr(citation, f.name) for f in fields(Citation)}
    shape["marks"] = [list(mark) for mark in citation.marks]
    shape["also"] = [citation_dict(other) for other in citation.also]
    shape["document"] = document_dict(citation.document)
    shape["turn"] = turn_dict(citation.turn)
    shape["score"] = round(citation.score, 4)
    shape["confidence"] = round(citation.confidence, 4)
    shape["link"] = citation.link
    shape["media_link"] = citation.media_link
    shape["page_url"] = citation.page_url
    return shape


def turn_dict(turn: Turn | None) -> dict[str, Any] | None:
    """JSON shape of whose words something is: where the words begin and end, who says them."""
    if turn is None:
        return None
    named = {name: getattr(turn, name) for name in ("speaker", "role", "time")}
    return {**named, "start": turn.said_from, "end": turn.end}


def group_dict(group: Group, citations: Sequence[Citation]) -> dict[str, Any]:
    """JSON shape of a group: its heading and the places of its citations among the answer's."""
    return {"label": group.label, "citations": [citations.index(c) for c in group.citations]}


def fact_dict(fact: CatalogueFact) -> dict[str, Any]:
    """JSON shape of a fact of the catalogue."""
    return {
        "document": document_dict(fact.document),
        "field": fact.field,
        "value": fact.value,
        "link": f"/source/{fact.document.id}",
    }


def hit_dict(hit: Hit) -> dict[str, Any]:
    """JSON shape of a search hit."""
    return {
        "text": hit.text,
        "start": hit.start,
        "end": hit.end,
        "document": document_dict(hit.document),
        "turn": turn_dict(hit.turn),
        "time": hit.time,
        "media_link": hit.media_link,
        "score": round(hit.score, 6),
        "dense": None if hit.dense is None else round(hit.dense, 6),
        "sparse": None if hit.sparse is None else round(hit.sparse, 6),
        "also": [
            {
                "start": other.start,
                "end": other.end,
                "document": document_dict(other.document),
                "turn": turn_dict(other.turn),
                "link": other.link,
            }
            for other in hit.also
        ],
    }
