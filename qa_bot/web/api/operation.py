"""How the server is: for whoever, or whatever, looks after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from qa_bot.feedback.store import FeedbackStore
from qa_bot.settings import Settings
from qa_bot.web.access import person_of
from qa_bot.web.api.models import ReadyOut, StatusOut
from qa_bot.web.api.route import NegotiatedRoute
from qa_bot.web.operation import Operation
from qa_bot.web.operation.metrics import CONTENT_TYPE
from qa_bot.web.problems import problem
from qa_bot.web.protocol import Bot

NOT_YET = {
    "starting": "The server is warming up. Ask again in a moment.",
    "stopping": "The server is stopping.",
}


class Figures(PlainTextResponse):
    """Prometheus' text format."""

    media_type = CONTENT_TYPE


def router(operation: Operation, settings: Settings) -> APIRouter:
    """``/healthz``, ``/readyz`` and, if the settings say so, ``/metrics``."""
    routes = APIRouter(route_class=NegotiatedRoute, tags=["operation"])
    figures, queue = operation.metrics, operation.queue
    figures.watch("questions_waiting", "Questions in the queue", lambda: queue.waiting)
    figures.watch("questions_reading", "Questions that are read now", lambda: queue.reading)

    def corpus_state() -> str | None:
        return getattr(operation.bot, "corpus_state", None)

    figures.watch(
        "corpus_changed",
        "1 while files of the corpus differ from those of the index in use",
        lambda: float(corpus_state() not in (None, "current")),
    )

    @routes.head("/healthz", include_in_schema=False)
    @routes.get("/healthz", response_model=StatusOut, operation_id="healthz")
    async def healthz() -> dict[str, str]:
        """That the process is alive."""
        return {"status": "ok"}

    @routes.head("/readyz", include_in_schema=False)
    @routes.get(
        "/readyz",
        response_model=ReadyOut,
        response_model_exclude_none=True,
        operation_id="readyz",
    )
    async def readyz(request: Request) -> Any:
        """That it can answer: the index is open, the models are warm and it is not stopping."""
        state = operation.readiness.state
        if state == "ready":
            return {"status": state, "corpus": corpus_state()}
        response = problem(request, 503, NOT_YET[state])
        response.headers["Retry-After"] = "5"
        return response

    if settings.metrics:

        @routes.get("/metrics", response_class=Figures, operation_id="metrics")
        def metrics(request: Request) -> Response:
            """Figures for Prometheus. Speeches are counted that the person may see."""
            seen = operation.bot.seen_by(person_of(request).groups)
            return Figures(figures.text() + _known(seen) + _thumbs(operation.kept))

    return routes


def _known(bot: Bot) -> bytes:
    """Figures of the index, as this bot's person sees it."""
    registry = CollectorRegistry()
    ids = {document.id for document in bot.documents}
    Gauge("qa_bot_documents", "Speeches", registry=registry).set(len(ids))
    index = getattr(bot, "index", None)
    if index is not None:
        passages = sum(passage.document_id in ids for passage in index.passages)
        Gauge("qa_bot_passages", "Passages in the index", registry=registry).set(passages)
        made = datetime.fromisoformat(index.record.created).timestamp()
        Gauge(
            "qa_bot_index_created_seconds", "When the index was built, Unix time", registry=registry
        ).set(made)
        Gauge("qa_bot_index", "The index in use", ["version"], registry=registry).labels(
            index.version
        ).set(1)
    return generate_latest(registry)


def _thumbs(kept: FeedbackStore | None) -> bytes:
    """Feedback of all fronts since the feedback folder was made."""
    registry = CollectorRegistry()
    counter = Counter("qa_bot_feedback", "Feedback kept, by kind", ["kind"], registry=registry)
    for kind, count in (kept.counts() if kept else {}).items():
        counter.labels(kind.replace(" ", "_")).inc(count)
    return generate_latest(registry)
