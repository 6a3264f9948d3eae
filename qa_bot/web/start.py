"""What the chat page's script asks for first: the speeches to filter by, and who is asking."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from qa_bot.settings import Settings
from qa_bot.web.access import person_of
from qa_bot.web.protocol import Bot

ENGLISH_EMBEDDERS = frozenset({"packaged"})
ENGLISH_READERS = frozenset({"small", "base"})
SHOWN = ("id", "title", "speaker", "speakers", "event", "date")


def router(bot: Bot, settings: Settings) -> APIRouter:
    """The route ``/chat/start``."""
    routes = APIRouter(include_in_schema=False)
    kept = settings.keep_feedback and not settings.keep_nothing

    @routes.get("/chat/start")
    def start(request: Request) -> Response:
        """Speeches the person may see, their name, and what the models can read."""
        person = person_of(request)
        mine = bot.seen_by(person.groups)
        shape: dict[str, Any] = {
            "name": person.name,
            "signs_out": person.signs_out,
            "english_only": english_only(settings),
            "feedback": kept,
            "kept_days": settings.feedback_days if kept else None,  # 0: for good
            "logged": settings.log_questions and not settings.keep_nothing,
            "documents": [
                {field: getattr(document, field) for field in SHOWN}
                for document in (mine.document(info.id) for info in mine.documents)
            ],
        }
        return JSONResponse(shape, headers={"Cache-Control": "no-store"})

    return routes


def english_only(settings: Settings) -> bool:
    """Whether the models are known to read no other language. Of models of one's own nothing is
    known.

    Example:
        >>> english_only(Settings()), english_only(Settings(embedder="m", reader="m"))
        (True, False)
    """
    return settings.embedder in ENGLISH_EMBEDDERS or settings.reader in ENGLISH_READERS
