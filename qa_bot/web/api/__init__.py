"""The JSON interface: the same answers as the Python API and the command line, typed."""

from __future__ import annotations

from fastapi import APIRouter

from qa_bot.evaluation.feedback import FeedbackStore
from qa_bot.settings import Settings
from qa_bot.web.api import documents, feedback, operation, questions
from qa_bot.web.api.desk import AT_ONCE, WAITING, Desk
from qa_bot.web.api.failures import install
from qa_bot.web.protocol import Bot

__all__ = ["AT_ONCE", "WAITING", "Desk", "install", "router"]


def router(bot: Bot, settings: Settings) -> APIRouter:
    """Routes under ``/api/v1``, and those that say how the server is."""
    desk = Desk(seconds=settings.answer_seconds)
    kept = FeedbackStore.from_settings(settings)
    routes = APIRouter()
    routes.include_router(questions.router(bot, settings, desk, kept))
    routes.include_router(documents.router(bot))
    routes.include_router(feedback.router(settings, kept))
    routes.include_router(operation.router())
    return routes
