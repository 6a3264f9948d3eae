"""The JSON interface: the same answers as the Python API and the command line, typed."""

from __future__ import annotations

from fastapi import APIRouter

from qa_bot.settings import Settings
from qa_bot.web.api import documents, feedback, operation, questions, reference
from qa_bot.web.api.failures import install
from qa_bot.web.api.openapi import describe
from qa_bot.web.operation import Operation

__all__ = ["describe", "install", "router"]


def router(running: Operation, settings: Settings) -> APIRouter:
    """Routes under ``/api/v1``, the page ``/api``, and those that say how the server is."""
    routes = APIRouter()
    routes.include_router(questions.router(running.bot, settings, running.queue, running.kept))
    routes.include_router(documents.router(running.bot))
    routes.include_router(feedback.router(settings, running.kept))
    routes.include_router(operation.router(running, settings))
    routes.include_router(reference.router(settings.title))
    return routes
