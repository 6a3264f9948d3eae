"""Asking, searching, and questions to begin with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from qa_bot.feedback.store import FeedbackStore
from qa_bot.schema import hit_dict
from qa_bot.settings import Settings
from qa_bot.understanding.question import checked_question
from qa_bot.web.access import person_of
from qa_bot.web.api.events import ClientGoneError, EventStream, event_stream, unless_gone
from qa_bot.web.api.models import (
    MAX_SUGGESTIONS,
    AnswerOut,
    AskIn,
    HitsOut,
    SearchIn,
    SuggestionsOut,
)
from qa_bot.web.api.openapi import EVENT
from qa_bot.web.api.route import NegotiatedRoute
from qa_bot.web.api.starters import Starters
from qa_bot.web.protocol import Bot
from qa_bot.web.request_queue import Progress, RequestQueue

FRESH = {"Cache-Control": "no-store"}
NEXT = 3  # questions suggested after an answer


def router(
    bot: Bot, settings: Settings, queue: RequestQueue, kept: FeedbackStore | None
) -> APIRouter:
    """Routes of everything that begins with a question."""
    routes = APIRouter(prefix="/api/v1", route_class=NegotiatedRoute, tags=["questions"])
    starters = Starters(bot, MAX_SUGGESTIONS)

    def answering(request: Request, body: AskIn) -> Callable[[Progress], Awaitable[str]]:
        """What will answer once it has a place. Raises what is wrong with the question."""
        asked = checked_question(body.question, settings.max_question_chars)
        filters = body.filters.filters() if body.filters else None
        history = [(turn.question, turn.answer) for turn in body.history]
        seen = bot.seen_by(person_of(request).groups)
        queue.check()

        def work(progress: Progress) -> str:
            answer = seen.ask(
                asked,
                history,
                filters,
                ignore=body.ignore,
                progress=progress,
                rewrite=body.rewrite,
            )
            if kept is not None and not answer.found and not answer.note:
                kept.keep("not found", asked, history=history)
            following = seen.next_questions(answer, history, NEXT)
            return AnswerOut.model_validate(
                {**answer.to_dict(), "next": following}
            ).model_dump_json()

        return lambda progress: queue.read(work, progress)

    @routes.post("/ask", response_model=AnswerOut, operation_id="ask")
    async def ask(body: AskIn, request: Request) -> Response:
        """The exact words that answer the question, with citations, or that there are none."""
        answer = answering(request, body)
        return await whole(request, answer(lambda *_: None))

    @routes.post(
        "/ask/stream",
        response_class=EventStream,
        operation_id="askStream",
        responses={200: {"content": {"text/event-stream": {"schema": EVENT}}}},
    )
    async def ask_stream(body: AskIn, request: Request) -> Response:
        """The same as server-sent events.

        `progress` with `{"stage", "done", "total"}` any number of times, then once either
        `answer` with what `/api/v1/ask` gives, or `problem` with problem details. Comments in
        between keep proxies from hanging up. A client that hangs up gives its place to the next.
        """
        return event_stream(request, answering(request, body))

    @routes.post("/search", response_model=HitsOut, operation_id="search")
    async def search(body: SearchIn, request: Request) -> Response:
        """The passages nearest to the question, best first."""
        asked = checked_question(body.question, settings.max_question_chars)
        filters = body.filters.filters() if body.filters else None
        seen = bot.seen_by(person_of(request).groups)

        def work(progress: Progress) -> str:
            hits = [hit_dict(hit) for hit in seen.search(asked, body.top_k, filters)]
            return HitsOut.model_validate({"hits": hits}).model_dump_json()

        return await whole(request, queue.read(work))

    @routes.get("/suggestions", response_model=SuggestionsOut, operation_id="suggestions")
    def suggestions(
        request: Request, count: Annotated[int, Query(ge=1, le=MAX_SUGGESTIONS)] = 4
    ) -> dict[str, Any]:
        """Questions to begin with. None while they are still looked for."""
        return {"questions": starters.get(person_of(request).groups)[:count]}

    return routes


async def whole(request: Request, answering: Awaitable[str]) -> Response:
    """The JSON that is waited for, as one response."""
    try:
        text = await unless_gone(request, answering)
    except ClientGoneError:
        return Response(status_code=499)
    return Response(text, media_type="application/json", headers=FRESH)
