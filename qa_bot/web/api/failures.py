"""Errors of the interface as problem details, in an answer of their own or inside a stream."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from qa_bot.errors import QABotError
from qa_bot.web.i18n import language_of, words_for
from qa_bot.web.problems import problem, request_id, status_of
from qa_bot.web.request_queue import BusyError

log = logging.getLogger("qa_bot.web")

RETRY = {"Retry-After": "5"}  # seconds: some questions are read by then


def as_problem(request: Request, error: Exception) -> JSONResponse:
    """The problem that tells of ``error``; what nobody foresaw goes into the log."""
    w = words_for(language_of(request))
    if isinstance(error, QABotError):
        return problem(request, status_of(error), error.message, hint=error.hint)
    if isinstance(error, BusyError):
        response = problem(request, 503, w.busy)
        response.headers.update(RETRY)
        return response
    if isinstance(error, TimeoutError):
        response = problem(request, 504, w.too_long)
        response.headers.update(RETRY)
        return response
    number = request_id(request)
    log.error("request %s failed", number, exc_info=error)
    return problem(request, 500, w.failed, hint=w.failed_hint.format(request_id=number))


def install(app: FastAPI) -> None:
    """Makes a full queue and a late answer problems too."""

    @app.exception_handler(BusyError)
    @app.exception_handler(TimeoutError)
    def known(request: Request, error: Exception) -> Response:
        return as_problem(request, error)
