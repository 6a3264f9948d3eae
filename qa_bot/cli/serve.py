"""qa-bot serve: the chat page."""

from __future__ import annotations

import argparse

from qa_bot.bot import QABot
from qa_bot.cli.common import (
    add_model_flags,
    add_place_flags,
    progress_bar,
    settings_from,
)
from qa_bot.cli.index import say_losses
from qa_bot.index import build_index

EPILOG = """\
examples:
  qa-bot serve                         http://127.0.0.1:7860
  qa-bot serve --port 8080 --corpus ~/speeches

The index is brought up to date first; what `qa-bot index` adds later is there within a minute.
Stop with Ctrl-C.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--host", help="address to serve on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to serve on (default: 7860)")
    parser.add_argument("--title", help="title of the chat page")
    parser.add_argument(
        "--access",
        choices=["none", "keys", "proxy", "oidc", "users"],
        help="how people and programs prove who they are (docs/access.md)",
    )
    parser.add_argument("--root-path", metavar="PATH", help="path on the proxy, like /tools/bot")
    parser.add_argument(
        "--open-access",
        action="store_true",
        default=None,
        help="serve on another address than this machine's own without asking who is there",
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        default=None,
        help="index files that are added, changed or removed while it runs",
    )
    add_place_flags(parser)
    add_model_flags(parser)


def run(args: argparse.Namespace) -> int:
    settings = settings_from(
        args,
        host=args.host,
        port=args.port,
        title=args.title,
        access=args.access,
        root_path=args.root_path,
        open_access=args.open_access,
        watch=args.watch,
    )
    from qa_bot.web.server import check_address

    check_address(settings)  # before minutes of indexing

    if settings.corpus.is_dir():
        with progress_bar() as report:
            built = build_index(settings, progress=report)
        say_losses(built)
    from qa_bot.web.live import live
    from qa_bot.web.server import serve

    serve(live(QABot.open(settings)), settings)
    return 0
