"""What goes over the wire: every body of the JSON interface, typed and bounded."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

from qa_bot.schema import Filters

MAX_TURNS = 20
MAX_TURN_CHARS = 10_000
MAX_IGNORED = 50
MAX_CHIP_CHARS = 500
MAX_REASON_CHARS = 2_000
MAX_ANSWER_CHARS = 20_000
MAX_SUGGESTIONS = 20

# YYYY, YYYY-MM or YYYY-MM-DD, or nothing.
_MONTHS = (
    r"(0[13578]|1[02])(-(0[1-9]|[12][0-9]|3[01]))?"
    r"|(0[469]|11)(-(0[1-9]|[12][0-9]|30))?|02(-(0[1-9]|1[0-9]|2[0-9]))?"
)
DATE = rf"^([1-9][0-9]{{3}}(-({_MONTHS}))?)?$"
# What `checked_question` wants, for the description: it says itself what is wrong.
WORDED: dict[str, Any] = {"minLength": 1, "pattern": r"[\p{L}\p{N}]"}

ASKED = "what did IOM commit to as Network secretariat?"
SPEECH: dict[str, Any] = {
    "id": "001_5b8a24bf23cb4d48",
    "title": "Closing remarks",
    "speaker": "Laura Thompson",
    "role": "Deputy Director General",
    "event": "International Dialogue on Migration",
    "date": "2018-10",
    "place": "Geneva",
    "language": "en",
    "source": "",
    "media": "",
    "path": "001_5b8a24bf23cb4d48.txt",
}
QUOTE = (
    "executing its role in a full and open spirit of partnership and cooperation with its "
    "fellow UN agencies"
)
QUOTED: dict[str, Any] = {
    "quote": QUOTE,
    "start": 7302,
    "end": 7302 + len(QUOTE),
    "sentence": f"IOM commits to {QUOTE}.",
    "sentence_start": 7287,
    "sentence_end": 7303 + len(QUOTE),
    "document": SPEECH,
    "page": None,
    "page_label": "",
    "score": 6.12,
    "confidence": 0.83,
    "link": f"/source/001_5b8a24bf23cb4d48#7302-{7302 + len(QUOTE)}",
    "time": None,
    "media_link": "",
    "page_url": None,
    "also": [],
    "nearly": False,
    "marks": [],
}
HIT: dict[str, Any] = {
    "text": f"IOM commits to {QUOTE}.",
    "start": 7287,
    "end": 7303 + len(QUOTE),
    "document": SPEECH,
    "score": 0.97,
    "dense": 0.61,
    "sparse": 18.4,
    "also": [],
}


TIME = "when the words begin, in seconds from the start of the recording, if that is known"
MEDIA_LINK = "the recording's address at that moment; empty where one of them is not known"


def _whole(value: object) -> object:
    """JSON knows one kind of number: 3.0 is 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# The bounds stand first: behind the validator they would be missing in the JSON schema.
Count = Annotated[int, Field(ge=1, le=100), Strict(), BeforeValidator(_whole)]


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})


def _strict(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class FiltersIn(BaseModel):
    """Which speeches may be used; empty fields filter nothing."""

    model_config = _strict(speaker="Thompson", date_from="2018")

    speaker: str = Field("", max_length=200, description="a part of the name, in any case")
    event: str = Field("", max_length=200, description="a part of it")
    place: str = Field("", max_length=200, description="a part of it")
    language: str = Field("", max_length=10, description="two-letter code")
    date_from: str = Field("", pattern=DATE, description="`YYYY`, `YYYY-MM` or `YYYY-MM-DD`")
    date_to: str = Field("", pattern=DATE, description="the last day, month or year included")
    documents: tuple[Annotated[str, Field(max_length=500)], ...] = Field(
        (), max_length=1000, description="ids; none means all"
    )

    def filters(self) -> Filters:
        return Filters(**self.model_dump())


class Turn(BaseModel):
    """An earlier question of the conversation and its answer."""

    model_config = _strict(question="Who gave the closing remarks?", answer="Laura Thompson")

    question: str = Field(
        max_length=MAX_TURN_CHARS, description="as it was understood, if that is known"
    )
    answer: str = Field("", max_length=MAX_TURN_CHARS)


class AskIn(BaseModel):
    """A question about the speeches."""

    model_config = _strict(question=ASKED)

    question: str = Field(json_schema_extra=WORDED, description="in plain words")
    history: list[Turn] = Field(
        default_factory=list,
        max_length=MAX_TURNS,
        description="the conversation so far, oldest first: it says what “it” and “she” mean",
    )
    filters: FiltersIn | None = None
    ignore: list[Annotated[str, Field(max_length=MAX_CHIP_CHARS)]] = Field(
        default_factory=list,
        max_length=MAX_IGNORED,
        description="keys of chips that words of the question set and the person took away",
    )
    rewrite: bool = Field(
        True,
        strict=True,
        description="false: take the question as it stands, whatever was said before",
    )


class SearchIn(BaseModel):
    """Words to look for."""

    model_config = _strict(question="start-up fund", top_k=3)

    question: str = Field(json_schema_extra=WORDED, description="in plain words")
    top_k: Count | None = Field(None, description="most passages to give")
    filters: FiltersIn | None = None


class FeedbackIn(BaseModel):
    """Whether an answer helped."""

    model_config = _strict(
        kind="down", question="Who pays for it?", answer="the Member States", reason="Too short"
    )

    kind: Literal["up", "down"]
    question: str = Field(json_schema_extra=WORDED, description="as it was asked")
    answer: str = Field("", max_length=MAX_ANSWER_CHARS, description="as it was given")
    history: list[Turn] = Field(default_factory=list, max_length=MAX_TURNS)
    reason: str = Field("", max_length=MAX_REASON_CHARS, description="in the person's words")


class FeedbackOut(BaseModel):
    """What became of it."""

    model_config = _example(kept=True)

    kept: bool = Field(description="false: the server is set to keep no feedback, or has no room")


class DocumentOut(BaseModel):
    """What is known about a speech; an unknown field is empty."""

    model_config = _example(**SPEECH)

    id: str
    title: str
    speaker: str
    role: str
    event: str
    date: str
    place: str
    language: str
    source: str
    media: str = Field(description="address of the recording, or empty")
    path: str = Field(description="the file inside the corpus folder")


class ListedOut(DocumentOut):
    """A speech in the list of all."""

    model_config = _example(**SPEECH, speakers=["Laura Thompson"])

    speakers: list[str] = Field(
        [], description="all who speak in it, as `filters.speaker` takes them: of a debate each one"
    )


class OmissionOut(BaseModel):
    """A part of a file that is not in its text."""

    model_config = _example(part="pages without text (scanned?)", count=2, where="4-5")

    part: str
    count: int
    where: str = Field(description="the first places, or empty")


class DocumentTextOut(DocumentOut):
    """A speech with the text that all offsets point into."""

    model_config = _example(**SPEECH, text="Excellencies, …", pages=[])

    text: str
    pages: tuple[int, ...] = Field(description="where each page begins; empty without pages")
    times: tuple[tuple[int, float], ...] = Field(
        (), description="places in the text and when they are spoken, in seconds"
    )
    omissions: tuple[OmissionOut, ...] = Field(
        (), description="what the file holds but the text does not"
    )


class TurnOut(BaseModel):
    """Whose words something is, in a text in which several people speak."""

    model_config = _example(speaker="Ms. Roy", role="Chair", time=731.0, start=120, end=480)

    speaker: str = Field(description="empty where these are nobody's words, such as a heading")
    role: str
    time: float | None = Field(description="seconds from the start of the recording")
    start: int = Field(description="where the words begin in the document")
    end: int


class CitationOut(BaseModel):
    """The exact words, where they stand and the sentence around them."""

    model_config = _example(**QUOTED)

    quote: str = Field(description="the document's `text[start:end]`")
    start: int
    end: int
    sentence: str
    sentence_start: int
    sentence_end: int
    document: DocumentOut
    page: int | None
    page_label: str = Field(
        "",
        description="what the page is called, where that is not its number: what is printed on it",
    )
    score: float = Field(description="the reader's score, in logits")
    confidence: float = Field(description="probability that these words answer, 0 to 1")
    link: str = Field(description="the source page at these words, below the server's address")
    page_url: str | None = Field(
        None,
        description="the page of the original file with these words marked, below the server's "
        "address; null where the file is not a PDF",
    )
    turn: TurnOut | None = Field(
        None, description="whose words these are; null where one person speaks: the document's"
    )
    time: float | None = Field(None, description=TIME)
    media_link: str = Field("", description=MEDIA_LINK)
    also: list[CitationOut] = Field(
        [], description="other places that say the same words, the newest speeches first"
    )
    nearly: bool = Field(
        False, description="of one in `also`: a whole sentence that says nearly the same"
    )
    marks: list[tuple[int, int]] = Field(
        [],
        description="where the decisive words begin and end in the document, inside the sentence; "
        "show the whole sentence and mark them, or without any the quote",
    )


class PlaceOut(BaseModel):
    """A passage that says the same in another document."""

    model_config = _example(
        start=7287, end=7303, document=SPEECH, turn=None, link=f"/source/{SPEECH['id']}#7287-7303"
    )

    start: int
    end: int
    document: DocumentOut
    turn: TurnOut | None
    link: str


class HitOut(BaseModel):
    """A passage that search found."""

    model_config = _example(**HIT)

    text: str
    start: int
    end: int
    document: DocumentOut
    turn: TurnOut | None = Field(None, description="whose words it holds, where several speak")
    time: float | None = Field(None, description=TIME)
    media_link: str = Field("", description=MEDIA_LINK)
    score: float
    dense: float | None
    sparse: float | None
    also: list[PlaceOut] = Field(
        [], description="passages that say nothing new beside it, the newest speeches first"
    )


class ChipOut(BaseModel):
    """A restriction that the question was answered under."""

    model_config = _example(
        field="speaker", value="Laura Thompson", words="according to Laura", key="speaker:…"
    )

    field: str
    value: str
    words: str = Field(description="words of the question that set it; empty when a filter did")
    key: str = Field(description="put this into `ignore` to take it away")
    empty: bool = Field(False, description="a date that no speech has")


class FactOut(BaseModel):
    """What the catalogue says where the speeches do not."""

    model_config = _example(
        document=SPEECH, field="date", value="2018-10", link=f"/source/{SPEECH['id']}"
    )

    document: DocumentOut
    field: str
    value: str
    link: str


class GroupOut(BaseModel):
    """Citations of an answer that belong together."""

    model_config = _example(label="Laura Thompson, 2018-10", citations=[0, 2])

    label: str = Field(description="a heading: a side of a comparison, a speaker with the date")
    citations: list[int] = Field(description="places in the answer's `citations`, from 0")


class AnswerOut(BaseModel):
    """Quotations only, or that the speeches hold no answer."""

    model_config = _example(
        question=ASKED,
        understood=ASKED,
        kind="exact",
        found=True,
        text=QUOTE,
        confidence=0.83,
        citations=[QUOTED],
        groups=[],
        more=0,
        at_least=False,
        closest=[],
        note="",
        alternatives=[],
        passages=[HIT],
        chips=[],
        set_aside=[],
        facts=[],
        seconds={"retrieve": 0.01, "read": 0.4, "total": 0.41},
        next=["Who shepherded the Global Compact?"],
    )

    question: str
    understood: str = Field(description="the question as it was understood, by itself")
    kind: str = Field(
        "exact",
        description="`exact`: words that answer; `evidence`: sentences that bear on the question; "
        "`comparison`; `overview`: sentences that cover a speech or the collection; `catalogue`: "
        "only the catalogue says it; `closest`: no direct answer, but the nearest sentences; "
        "`note`: nothing that speeches could answer",
    )
    found: bool = Field(description="false for `closest` and `note`, and where nothing is near")
    text: str = Field(description="the quotations, joined by “ … ”; empty when nothing was found")
    confidence: float
    citations: list[CitationOut]
    groups: list[GroupOut] = Field([], description="the citations again, under headings")
    more: int = Field(0, description="how many further sentences bear on the question as much")
    at_least: bool = Field(False, description="the list may lack items")
    closest: list[CitationOut] = Field([], description="for `closest`, best first")
    note: str = Field(
        "",
        description="for `note`: `greeting`, `thanks`, `abilities`, `opinion`, `out_of_scope` or "
        "`language`",
    )
    alternatives: list[CitationOut] = Field(description="next-best quotations, best first")
    passages: list[HitOut] = Field(description="the nearest passages, best first")
    chips: list[ChipOut]
    set_aside: list[ChipOut] = Field(
        [], description="restrictions that the question may have meant but the answer does not keep"
    )
    facts: list[FactOut]
    seconds: dict[str, float] = Field(description="time spent, by stage")
    next: list[str] = Field(description="questions that could come next and can be answered")


class HitsOut(BaseModel):
    """The passages nearest to a question, best first."""

    model_config = _example(hits=[HIT])

    hits: list[HitOut]


class DocumentsOut(BaseModel):
    """Every speech, without its text."""

    model_config = _example(documents=[{**SPEECH, "speakers": ["Laura Thompson"]}])

    documents: list[ListedOut]


class SuggestionsOut(BaseModel):
    """Questions to begin with."""

    model_config = _example(questions=[ASKED])

    questions: list[str]


class StatusOut(BaseModel):
    """How the server is."""

    model_config = _example(status="ok")

    status: str


class ReadyOut(StatusOut):
    """That it can answer."""

    model_config = _example(status="ready", corpus="current")

    corpus: str | None = Field(
        None,
        description="whether the speeches on the disk are those that it answers from: `current`; "
        "`changed` since the index was built; `indexing`: they are being indexed",
    )


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = _example(
        type="about:blank",
        title="Unprocessable Entity",
        status=422,
        detail="The question is empty.",
        hint="Type a question about the speeches.",
        request_id="5f2c9a7be013",
    )

    type: str = Field(description="`about:blank`: the status says it all")
    title: str = Field(description="the status in words")
    status: int
    detail: str = Field(description="what is wrong, for people")
    hint: str = Field("", description="what to do about it")
    errors: list[FieldProblem] = Field([], description="the fields that are wrong")
    request_id: str = Field(description="under which the request stands in the server's log")


class ProgressOut(BaseModel):
    """How far the answer is."""

    model_config = _example(stage="read", done=4, total=12)

    stage: str = Field(description="`retrieve` or `read`")
    done: int
    total: int
