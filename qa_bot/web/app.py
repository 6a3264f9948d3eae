"""The web application: pages, JSON interface and the Gradio chat on one FastAPI app."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware import Middleware

from qa_bot.errors import SettingsError
from qa_bot.settings import Settings
from qa_bot.version import __version__
from qa_bot.web import api, chat, pages, problems, widget
from qa_bot.web.access.chat_sessions import OwnChatOnly
from qa_bot.web.access.control import Access
from qa_bot.web.access.fair_use import RateLimit
from qa_bot.web.access.forwarded import BehindProxy
from qa_bot.web.access.origin import ForWidgets
from qa_bot.web.files import AskedAgain
from qa_bot.web.gradio_page import GradioPage
from qa_bot.web.operation import Operation, RequestLog
from qa_bot.web.protocol import Bot
from qa_bot.web.security import BodyLimit, OnlyOurHosts, SecurityHeaders, hosts
from qa_bot.web.shutdown import EndsOnShutdown, Shutdown


def create_app(bot: Bot, settings: Settings) -> FastAPI:
    """The application that answers from ``bot``: the chat at ``/``, the speeches at
    ``/speeches`` and ``/source/…``, JSON under ``/api/v1``.
    """
    access = Access(settings, {group for known in bot.documents for group in known.groups})
    operation = Operation(bot, settings)
    bot = operation.bot
    stopping = Shutdown()
    stopping.then(operation.readiness.stop)
    app = FastAPI(
        title=settings.title,
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
        lifespan=operation.lifespan,
        middleware=[
            Middleware(SecurityHeaders, frame_ancestors=settings.frame_ancestors),
            Middleware(RequestLog, settings=settings, metrics=operation.metrics),
            Middleware(problems.Apology),
            Middleware(BehindProxy, settings=settings),
            Middleware(OnlyOurHosts, refuse=problems.refused, hosts=hosts(settings)),
            Middleware(ForWidgets, settings=settings),
            # Other origins may read nothing else. Without this Gradio would answer to all of them.
            Middleware(CORSMiddleware, allow_origins=[]),
            *access.middleware(),
            Middleware(RateLimit, per_minute=settings.rate_per_minute),
            Middleware(BodyLimit, refuse=problems.refused),
            Middleware(OwnChatOnly),
            Middleware(EndsOnShutdown, stopping=stopping),
            Middleware(
                GradioPage,
                title=settings.title,
                version=pages.version(),
                frame_ancestors=settings.frame_ancestors,
            ),
        ],
    )
    app.state.operation = operation
    app.state.stopping = stopping
    problems.install(app)
    api.install(app)
    app.include_router(access.routes())
    app.include_router(api.router(operation, settings))
    app.include_router(pages.router(bot, settings, operation.reader))
    app.include_router(widget.router())
    if settings.mcp:
        _serve_assistants(app, operation, settings)
    api.describe(app, settings)
    app.mount("/ui", AskedAgain(directory=pages.STATIC))
    return chat.mount(app, bot, settings, operation.queue)


def _serve_assistants(app: FastAPI, operation: Operation, settings: Settings) -> None:
    try:
        from qa_bot.web import mcp
    except ImportError as error:
        raise SettingsError(
            "The setting 'mcp' needs a package that is not installed.",
            "Run: pip install 'qa-bot[mcp]'",
        ) from error
    mcp.mount(app, operation, settings)
