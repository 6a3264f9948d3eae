"""Tools for assistants, by the Model Context Protocol: exact quotations, and where they stand.

Imported only when the setting ``mcp`` is on; needs the extra: ``pip install 'qa-bot[mcp]'``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import FastAPI
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from qa_bot import __version__
from qa_bot.schema import document_dict, hit_dict
from qa_bot.settings import Settings
from qa_bot.web.access import person_of
from qa_bot.web.operation import Operation
from qa_bot.web.protocol import Bot

Result = TypeVar("Result")
AT_ONCE = 2  # calls of tools that are worked on at the same time


def mount(app: FastAPI, operation: Operation, settings: Settings) -> None:
    """Adds ``/mcp`` to ``app``: stateless, and each caller sees what they may see."""
    server: MCPServer[Any] = MCPServer(settings.title, version=__version__)
    places = CapacityLimiter(AT_ONCE)

    async def seen(context: Context, work: Callable[[Bot], Result]) -> Result:
        request = context.request_context.request
        groups = person_of(request).groups if request is not None else ()
        return await run_sync(lambda: work(operation.bot.seen_by(groups)), limiter=places)

    @server.tool()
    async def find_quotations(question: str, context: Context) -> dict[str, Any]:
        """The exact words of the speeches that answer a question, with citations."""
        return await seen(context, lambda bot: bot.ask(question).to_dict())

    @server.tool()
    async def search_passages(question: str, context: Context) -> dict[str, Any]:
        """The passages of the speeches nearest to a question, best first."""
        return await seen(
            context, lambda bot: {"hits": [hit_dict(hit) for hit in bot.search(question)]}
        )

    @server.tool()
    async def list_speeches(context: Context) -> dict[str, Any]:
        """The speeches: id, title, speaker, event, date."""
        return await seen(
            context, lambda bot: {"documents": [document_dict(d) for d in bot.documents]}
        )

    @server.tool()
    async def read_speech(document: str, context: Context) -> str:
        """The whole text of one speech, by its id."""
        return await seen(context, lambda bot: bot.document(document).text)

    sub = server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        # Host and origin were checked before the request came here, by the set names.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    app.router.routes.extend(sub.routes)
    operation.beside.append(server.session_manager.run)
