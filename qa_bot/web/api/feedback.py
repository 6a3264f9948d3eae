"""Thumbs up, thumbs down."""

from __future__ import annotations

from fastapi import APIRouter

from qa_bot.feedback.store import FeedbackStore
from qa_bot.settings import Settings
from qa_bot.understanding.question import checked_question
from qa_bot.web.api.models import FeedbackIn, FeedbackOut
from qa_bot.web.api.route import NegotiatedRoute

KINDS = {"up": "thumbs up", "down": "thumbs down"}


def router(settings: Settings, kept: FeedbackStore | None) -> APIRouter:
    """The route that keeps what people think of an answer."""
    routes = APIRouter(prefix="/api/v1", route_class=NegotiatedRoute, tags=["feedback"])

    @routes.post("/feedback", response_model=FeedbackOut, operation_id="feedback")
    def feedback(body: FeedbackIn) -> FeedbackOut:
        """Says whether an answer helped. Of a thumb up only the count is kept."""
        asked = checked_question(body.question, settings.max_question_chars)
        if kept is None:
            return FeedbackOut(kept=False)
        history = [(turn.question, turn.answer) for turn in body.history]
        done = kept.keep(KINDS[body.kind], asked, body.answer, history, body.reason)
        return FeedbackOut(kept=done)

    return routes
