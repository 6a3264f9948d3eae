"""An intranet that embeds the bot, to try it and to copy from. Needs nothing but Python.

    qa-bot serve                                     # the bot, at http://127.0.0.1:7860/
    python examples/intranet/serve.py                # the intranet, at http://localhost:7880/

The bot must allow this intranet: QA_BOT_ALLOWED_ORIGINS='["http://localhost:7880"]' qa-bot serve
"""

from __future__ import annotations

import argparse
import html
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

PAGES = Path(__file__).parent / "pages"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def policy(bot: str) -> str:
    """A strict content-security policy with the two things that the widget needs: its script, and
    the bot's address to ask. The frame is for the page that shows the whole chat."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(bot))
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; "
        f"script-src 'self' {origin}; connect-src {origin}; frame-src {origin}"
    )


class Intranet(ThreadingHTTPServer):
    """Serves the pages with the bot's address filled in.

    Args:
        bot: the bot's address, ending in a slash.
        port: 0 takes any that is free.
    """

    def __init__(self, bot: str, host: str = "localhost", port: int = 0) -> None:
        super().__init__((host, port), Page)
        self.bot = bot


class Page(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Intranet

    def do_GET(self) -> None:
        name = urlsplit(self.path).path.lstrip("/") or "index.html"
        files = {path.name: path for path in PAGES.iterdir()}  # nothing else is served
        if name not in files:
            self.send_error(404)
            return
        body = files[name].read_bytes()
        if name.endswith(".html"):
            body = body.replace(b"{{bot}}", html.escape(self.server.bot).encode())
        self.send_response(200)
        self.send_header("Content-Type", TYPES[files[name].suffix])
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", policy(self.server.bot))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="An intranet that embeds the bot.")
    parser.add_argument("--bot", default="http://127.0.0.1:7860/", help="the bot's address")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=7880)
    args = parser.parse_args()
    server = Intranet(args.bot.rstrip("/") + "/", args.host, args.port)
    print(f"The intranet is at http://{args.host}:{server.server_port}/ (stop: Ctrl-C)")  # noqa: T201
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
