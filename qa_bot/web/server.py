"""Runs the web application."""

from __future__ import annotations

import errno
import socket

import uvicorn

from qa_bot.errors import QABotError, SettingsError
from qa_bot.settings import Settings
from qa_bot.web.protocol import Bot
from qa_bot.web.security import is_loopback


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

        app = create_app(bot, settings)
        config = uvicorn.Config(
            app, log_level="warning", server_header=False, timeout_graceful_shutdown=2
        )
        print(f"Ask at {address(listener)}  (Ctrl+C stops it)", flush=True)  # noqa: T201
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()


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
