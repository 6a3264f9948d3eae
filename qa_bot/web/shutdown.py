"""Shutdown: no new questions, answers in flight finish, and what would never end is ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# An open chat page keeps a connection for as long as it is open. Waiting for it would make every
# stop take the longest time allowed.
ENDLESS = "/gradio_api/heartbeat/"


class Shutdown:
    """Tells whoever wants to know that the server is about to stop.

    Example:
        >>> stopping = Shutdown()
        >>> stopping.then(lambda: print("not ready any more"))
        >>> stopping.begin(); stopping.begin()
        not ready any more
    """

    def __init__(self) -> None:
        self.begun = False
        self._told: list[Callable[[], None]] = []

    def then(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` when the stop begins. It must be quick and is called once."""
        self._told.append(tell)

    def begin(self) -> None:
        """The server has been told to stop."""
        if not self.begun:
            self.begun = True
            for tell in self._told:
                tell()


class EndsOnShutdown:
    """Ends the responses that last as long as a page is open, once the server is to stop."""

    def __init__(self, app: ASGIApp, stopping: Shutdown) -> None:
        self.app = app
        self.stopping = stopping
        self._open: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        stopping.then(self._end)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if scope["type"] != "http" or not scope["path"].removeprefix(root).startswith(ENDLESS):
            return await self.app(scope, receive, send)
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        async def run() -> None:
            await self.app(scope, receive, note_start)

        self._loop = asyncio.get_running_loop()
        inner = asyncio.create_task(run())
        self._open.add(inner)
        try:
            await asyncio.wait({inner})
        except asyncio.CancelledError:
            inner.cancel()
            raise
        finally:
            self._open.discard(inner)
        if not inner.cancelled():
            return inner.result()
        if started:
            return await send({"type": "http.response.body", "body": b""})
        return await send({"type": "http.response.start", "status": 503, "headers": []})

    def _end(self) -> None:
        if self._loop is not None and self._open:
            self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in list(self._open)])
