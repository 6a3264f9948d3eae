"""An answer as server-sent events: progress while it is looked for, then the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from qa_bot.web.api.failures import as_problem
from qa_bot.web.request_queue import Progress

HEARTBEAT = 10.0  # seconds without an event; proxies close what is silent for a minute
HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold the events back until the answer is there
}


class EventStream(StreamingResponse):
    """A stream of server-sent events."""

    media_type = "text/event-stream"


def event_stream(request: Request, answer: Callable[[Progress], Awaitable[str]]) -> EventStream:
    """The events of one answer.

    ``event: progress`` with ``{"stage", "done", "total"}``, then ``event: answer`` with what
    ``answer`` returned, or ``event: problem`` with problem details. When the client goes away
    ``answer`` is cancelled.
    """
    return EventStream(_events(request, answer), headers=HEADERS)


async def _events(
    request: Request, answer: Callable[[Progress], Awaitable[str]]
) -> AsyncIterator[bytes]:
    said: asyncio.Queue[tuple[str, int, int] | None] = asyncio.Queue()

    def progress(stage: str, done: int, total: int) -> None:
        said.put_nowait((stage, done, total))

    answering = asyncio.ensure_future(answer(progress))
    answering.add_done_callback(lambda _: said.put_nowait(None))
    yield format_sse_event(comment="reading")  # headers go out now, through every proxy
    try:
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    step = await said.get()
            except TimeoutError:
                yield format_sse_event(comment="still here")
                continue
            if step is None:
                break
            shape = dict(zip(("stage", "done", "total"), step, strict=True))
            yield format_sse_event(event="progress", data_str=json.dumps(shape))
        try:
            text = answering.result()
        except Exception as error:
            body = bytes(as_problem(request, error).body).decode()
            yield format_sse_event(event="problem", data_str=body)
        else:
            yield format_sse_event(event="answer", data_str=text)
    finally:
        answering.cancel()


async def unless_gone(request: Request, answering: Awaitable[str]) -> str:
    """The answer; it is cancelled as soon as the client goes away.

    Raises:
        ClientGoneError: it has.
    """
    task = asyncio.ensure_future(answering)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGoneError
        return task.result()
    finally:
        leaving.cancel()
        task.cancel()


class ClientGoneError(Exception):
    """Nobody is there to read an answer."""


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
