"""Runs the web application."""

from __future__ import annotations

import asyncio
import errno
import math
import socket
import sys
import time
from types import FrameType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from qa_bot.errors import QABotError, SettingsError
from qa_bot.settings import Settings
from qa_bot.web.access.keys import KeyStore
from qa_bot.web.access.users import UserStore
from qa_bot.web.operation import configure
from qa_bot.web.protocol import Bot
from qa_bot.web.security import is_loopback
from qa_bot.web.shutdown import Shutdown

HEAD_SECONDS = 15.0  # for the head of a request to come


def serve(bot: Bot, settings: Settings) -> None:
    """Serves the chat page until interrupted, and prints its address once it is ready to answer.

    Raises:
        SettingsError: the address is not this machine's own and neither ``access`` nor
            ``open_access`` is set.
        QABotError: the port is taken, or the address cannot be used.
    """
    listener = listen(settings)
    try:
        from qa_bot.web.app import create_app  # gradio takes seconds to import

        configure(settings)
        app = create_app(bot, settings)
        config = uvicorn.Config(
            app,
            http=InTime,
            ws="none",
            proxy_headers=False,  # BehindProxy believes the trusted ones, and nobody else
            limit_concurrency=settings.max_connections,
            log_config=None,  # `configure` has set it up
            server_header=False,
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
        for warning in warnings(settings, bot):
            print(warning, file=sys.stderr, flush=True)  # noqa: T201
        print(f"Programs: {address(listener)}api  (docs/rest.md)", flush=True)  # noqa: T201
        _Server(config, app.state.stopping, settings.drain_seconds).run(sockets=[listener])
    finally:
        listener.close()


class _Server(uvicorn.Server):
    """Prints its address once it takes connections; says that it is not ready before it stops.

    Args:
        drain_seconds: between the two, for a load balancer to notice. A second signal
            cuts it short.
    """

    def __init__(self, config: uvicorn.Config, stopping: Shutdown, drain_seconds: float) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._drain_seconds = drain_seconds
        self._exit_at = math.inf

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            print(f"Ask at {address(listener)}  (Ctrl+C stops it)", flush=True)  # noqa: T201

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._stopping.begun or not self._drain_seconds:
            super().handle_exit(sig, frame)
        else:
            self._captured_signals.append(sig)
            self._exit_at = time.monotonic() + self._drain_seconds
        self._stopping.begin()

    async def on_tick(self, counter: int) -> bool:
        self.should_exit = self.should_exit or time.monotonic() >= self._exit_at
        return await super().on_tick(counter)


class InTime(H11Protocol):
    """Closes a connection on which the head of a request takes longer than ``HEAD_SECONDS``."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        if self._timer is None and self._between():
            self._start()
        super().data_received(data)
        if not self._between():
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _between(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _start(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self._between():
            self.transport.close()


def warnings(settings: Settings, bot: Bot) -> list[str]:
    """What whoever starts the server should know about who can reach what."""
    said = []
    restricted = sum(bool(known.groups) for known in bot.documents)
    if settings.access == "none" and restricted:
        said.append(
            f"{restricted} of the speeches are for some groups only, and access is off: whoever "
            "sits at this machine sees them, whoever comes from elsewhere does not."
        )
    if settings.access == "keys" and not KeyStore(settings.access_folder).all():
        said.append("There is no key yet, so nobody is let in: qa-bot keys add NAME")
    if settings.access == "users" and not UserStore(settings.access_folder).users():
        said.append("There is no user yet, so nobody is let in: qa-bot users add NAME")
    signs_in = settings.access in ("keys", "users", "oidc")
    if signs_in and not is_loopback(settings.host) and not settings.trusted_proxies:
        said.append(
            "People sign in over https only: put a proxy with a certificate in front, and name its "
            "address in trusted_proxies."
        )
    return said


def check_address(settings: Settings) -> None:
    """Raises what :func:`serve` would about the address, before anything slow is done."""
    listen(settings).close()


def listen(settings: Settings) -> socket.socket:
    """A socket bound to the set address.

    Raises:
        SettingsError: the address is not this machine's own and neither ``access`` nor
            ``open_access`` is set.
        QABotError: the port is taken, or the address cannot be used.
    """
    host, port = settings.host, settings.port
    if settings.access == "none" and not settings.open_access and not is_loopback(host):
        raise SettingsError(
            f"Anybody who can reach {host} could read the speeches: there is no sign-in.",
            "Choose one with --access (docs/access.md). If everybody may read them, add "
            "--open-access (QA_BOT_OPEN_ACCESS=1); else leave --host out.",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise QABotError(
                f"Port {port} on {host} is taken by another program.",
                f"Choose another with --port, for example --port {port + 1}.",
            ) from error
        raise QABotError(
            f"Cannot serve on {host}:{port}: {error.strerror or error}.",
            "Check --host and --port.",
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - shown, not bound
        host = socket.gethostname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
