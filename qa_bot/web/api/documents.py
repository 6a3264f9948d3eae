"""The speeches."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from qa_bot.schema import listed_dict
from qa_bot.web.access import person_of
from qa_bot.web.api.models import DocumentsOut, DocumentTextOut
from qa_bot.web.api.route import NegotiatedRoute
from qa_bot.web.protocol import Bot


def router(bot: Bot) -> APIRouter:
    """Routes of the speeches that the person may see."""
    routes = APIRouter(prefix="/api/v1", route_class=NegotiatedRoute, tags=["documents"])

    @routes.get("/documents", response_model=DocumentsOut, operation_id="documents")
    def documents(request: Request) -> dict[str, Any]:
        """What the bot knows: every speech without its text."""
        seen = bot.seen_by(person_of(request).groups)
        return {"documents": [listed_dict(seen.document(info.id)) for info in seen.documents]}

    @routes.get(
        "/documents/{document_id:path}", response_model=DocumentTextOut, operation_id="document"
    )
    def document(document_id: str, request: Request) -> dict[str, Any]:
        """One speech with the text that all offsets point into."""
        return asdict(bot.seen_by(person_of(request).groups).document(document_id))

    return routes
