"""The JSON interface: the same answers as the Python API and the command line, typed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.exceptions import HTTPException
from pydantic import BaseModel, ConfigDict, Field

from qa_bot.question import checked_question
from qa_bot.schema import DocumentInfo, Filters, hit_dict
from qa_bot.settings import Settings
from qa_bot.web.protocol import Bot
from qa_bot.web.words import language_of, words_for

AT_ONCE = 4  # questions read at the same time: more would only share the same processors
WAITING = 64  # questions in the queue; more are turned away
MAX_TURNS = 20
MAX_TURN_CHARS = 10_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FiltersIn(_Strict):
    """Which speeches may be used; empty fields filter nothing."""

    speaker: str = Field("", max_length=200)
    event: str = Field("", max_length=200)
    place: str = Field("", max_length=200)
    language: str = Field("", max_length=10)
    date_from: str = Field("", pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")
    date_to: str = Field("", pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")
    documents: tuple[str, ...] = Field((), max_length=1000)

    def filters(self) -> Filters:
        return Filters(**self.model_dump())


class Turn(_Strict):
    """An earlier question of the conversation and its answer."""

    question: str = Field(max_length=MAX_TURN_CHARS)
    answer: str = Field("", max_length=MAX_TURN_CHARS)


class AskIn(_Strict):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"question": "what did IOM commit to as Network secretariat?"}]
        },
    )

    question: str
    history: list[Turn] = Field(default_factory=list, max_length=MAX_TURNS)
    filters: FiltersIn | None = None


class SearchIn(_Strict):
    question: str
    top_k: int | None = Field(None, ge=1, le=100)
    filters: FiltersIn | None = None


class DocumentOut(BaseModel):
    id: str
    title: str
    speaker: str
    role: str
    event: str
    date: str
    place: str
    language: str
    source: str


class DocumentTextOut(DocumentOut):
    text: str
    pages: tuple[int, ...]


class CitationOut(BaseModel):
    quote: str
    start: int
    end: int
    sentence: str
    sentence_start: int
    sentence_end: int
    document: DocumentOut
    page: int | None
    score: float
    confidence: float
    link: str
    also: list[CitationOut] = []


class HitOut(BaseModel):
    text: str
    start: int
    end: int
    document: DocumentOut
    score: float
    dense: float | None
    sparse: float | None


class ChipOut(BaseModel):
    field: str
    value: str
    words: str
    key: str


class FactOut(BaseModel):
    document: DocumentOut
    field: str
    value: str
    link: str


class AnswerOut(BaseModel):
    question: str
    understood: str
    found: bool
    text: str
    confidence: float
    citations: list[CitationOut]
    alternatives: list[CitationOut]
    passages: list[HitOut]
    chips: list[ChipOut]
    facts: list[FactOut]
    seconds: dict[str, float]


class HitsOut(BaseModel):
    hits: list[HitOut]


class DocumentsOut(BaseModel):
    documents: list[DocumentOut]


def router(bot: Bot, settings: Settings) -> APIRouter:
    """Routes under ``/api/v1`` and ``/healthz``."""
    routes = APIRouter()
    reading = CapacityLimiter(AT_ONCE)
    limit = settings.max_question_chars

    @routes.post("/api/v1/ask", response_model=AnswerOut, tags=["questions"])
    async def ask(body: AskIn, request: Request) -> dict[str, Any]:
        """The exact words that answer the question, with citations, or that there are none."""
        history = [(turn.question, turn.answer) for turn in body.history]
        filters = body.filters.filters() if body.filters else None
        question = checked_question(body.question, limit)
        if reading.statistics().tasks_waiting >= WAITING:
            busy = words_for(language_of(request)).busy
            raise HTTPException(503, busy, headers={"Retry-After": "5"})
        answer = await run_sync(bot.ask, question, history, filters, limiter=reading)
        return answer.to_dict()

    @routes.post("/api/v1/search", response_model=HitsOut, tags=["questions"])
    def search(body: SearchIn) -> dict[str, Any]:
        """The passages nearest to the question, best first."""
        filters = body.filters.filters() if body.filters else None
        hits = bot.search(checked_question(body.question, limit), body.top_k, filters)
        return {"hits": [hit_dict(hit) for hit in hits]}

    @routes.get("/api/v1/documents", response_model=DocumentsOut, tags=["documents"])
    def documents() -> dict[str, Any]:
        """What the bot knows: every speech without its text."""
        return {"documents": [_shape(info) for info in bot.documents]}

    @routes.get(
        "/api/v1/documents/{document_id:path}", response_model=DocumentTextOut, tags=["documents"]
    )
    def document(document_id: str) -> dict[str, Any]:
        """One speech with the text that all offsets point into."""
        return _shape(bot.document(document_id))

    @routes.get("/healthz", tags=["operation"])
    def healthz() -> dict[str, str]:
        """That the process is alive."""
        return {"status": "ok"}

    return routes


def _shape(info: DocumentInfo) -> dict[str, Any]:
    return asdict(info)
