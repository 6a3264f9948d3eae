"""Tools for assistants, by the Model Context Protocol: exact quotations, and where they stand.

Imported only when the setting ``mcp`` is on; needs the extra: ``pip install 'qa-bot[mcp]'``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from anyio.to_thread import run_sync
from fastapi import FastAPI
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings

from qa_bot.schema import hit_dict, listed_dict
from qa_bot.settings import Settings
from qa_bot.version import __version__
from qa_bot.web.access import person_of
from qa_bot.web.i18n import LANGUAGES, words_for
from qa_bot.web.operation import Operation
from qa_bot.web.protocol import Bot
from qa_bot.web.request_queue import BusyError, Progress

Result = TypeVar("Result")


def mount(app: FastAPI, operation: Operation, settings: Settings) -> None:
    """Adds ``/mcp`` to ``app``: stateless, and each caller sees what they may see."""
    server: MCPServer[Any] = MCPServer(settings.title, version=__version__)
    w = words_for(LANGUAGES[0])

    def seen(context: Context) -> Bot:
        request = context.request_context.request
        groups = person_of(request).groups if request is not None else ()
        return operation.bot.seen_by(groups)

    async def read(work: Callable[[Progress], Result]) -> Result:
        """What the work returns, after the questions of the other fronts that came before."""
        try:
            return await operation.queue.read(work)
        except BusyError:
            raise ToolError(w.busy) from None
        except TimeoutError:
            raise ToolError(w.too_long) from None

    @server.tool()
    async def find_quotations(question: str, context: Context) -> dict[str, Any]:
        """The sentences of the speeches that answer a question or bear on it, with citations.

        Quote each `sentence` word for word; `marks` are the decisive words in it. With `found`
        false there is no direct answer: `closest` are the nearest sentences, to be called so.
        """
        bot = seen(context)
        return await read(lambda progress: bot.ask(question, progress=progress).to_dict())

    @server.tool()
    async def search_passages(question: str, context: Context) -> dict[str, Any]:
        """The passages of the speeches nearest to a question, best first."""
        bot = seen(context)
        return await read(lambda _: {"hits": [hit_dict(hit) for hit in bot.search(question)]})

    @server.tool()
    async def list_speeches(context: Context) -> dict[str, Any]:
        """The speeches: id, title, event, date, and all who speak in each."""
        bot = seen(context)
        return await run_sync(
            lambda: {"documents": [listed_dict(bot.document(d.id)) for d in bot.documents]}
        )

    @server.tool()
    async def read_speech(document: str, context: Context) -> str:
        """The whole text of one speech, by its id."""
        return seen(context).document(document).text

    sub = server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        # Host and origin were checked before the request came here, by the set names.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    app.router.routes.extend(sub.routes)
    operation.beside.append(server.session_manager.run)
