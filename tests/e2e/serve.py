"""Serves the chat for the browser tests, and writes down whatever tries to leave the machine.

Usage: python serve.py RECORD fake|slow|real [CORPUS INDEX]
"""

from __future__ import annotations

import ipaddress
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_bot.schema import Answer

RECORD = Path(sys.argv[1])


def outside(host: object) -> bool:
    """Whether this is an address or name of another machine."""
    if host in (None, "", b"", "localhost"):
        return False
    try:
        return not ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return True


def watch(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: connections and datagrams to other machines, and look-ups of names."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        if isinstance(address, tuple) and outside(address[0]):
            record(f"{event} {address}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if outside(args[0]):
            record(f"{event} {args[0]}")


def slowly(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, three seconds later."""

    def wrapped(*args: Any, **named: Any) -> Any:
        time.sleep(3)
        return method(*args, **named)

    return wrapped


def several(ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """The method, which quotes all it found, but the last, when it is asked for a list."""

    def wrapped(bot: Any, question: str, *args: Any, **named: Any) -> Answer:
        answer = ask(bot, question, *args, **named)
        if not question.startswith("List"):
            return answer
        *quoted, last = answer.citations + answer.alternatives
        text = " … ".join(citation.quote for citation in quoted)
        return replace(answer, text=text, citations=tuple(quoted), alternatives=(last,))

    return wrapped


def record(line: str) -> None:
    with RECORD.open("a") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    sys.addaudithook(watch)  # before anything else is imported
    root = Path(__file__).parents[2]
    sys.path[:0] = [str(root), str(root / "tests" / "web")]
    from qa_bot.settings import Settings
    from qa_bot.web.server import serve

    if sys.argv[2] in ("fake", "slow"):
        from fakes import HOSTILE, FakeBot, corpus

        FakeBot.ask = several(FakeBot.ask)
        bot = FakeBot([*corpus(), HOSTILE])
        if sys.argv[2] == "slow":
            FakeBot.search = slowly(FakeBot.search)
        serve(bot, Settings(port=0))
    elif sys.argv[2] == "hostile":
        from fakes import FakeBot
        from hostile import hostile_speeches

        serve(FakeBot(hostile_speeches()), Settings(port=0))
    else:
        from qa_bot import QABot

        settings = Settings(corpus=Path(sys.argv[3]), index=Path(sys.argv[4]), port=0)
        serve(QABot.open(settings), settings)
