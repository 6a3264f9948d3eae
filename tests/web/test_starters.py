"""The questions to begin with that the server remembers."""

from __future__ import annotations

import threading
import time

from fakes import FakeBot

from qa_bot.web.api.starters import Starters


class Searching(FakeBot):
    """Finds as many examples as it was told to, once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.there = 0
        self.may = threading.Event()
        self.looks: list[int] = []

    def seen_by(self, groups: object) -> Searching:
        return self

    def examples(self, count: int) -> list[str]:
        self.may.wait(10)
        self.looks.append(count)
        return super().examples(min(count, self.there))


def settled(starters: Starters) -> list[str]:
    found = starters.get(None)
    end = time.monotonic() + 10
    while starters._sought:
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


def test_fewer_than_wanted_are_shown_and_looked_for_again() -> None:
    bot = Searching()
    bot.may.set()
    starters = Starters(bot, most=3)
    assert settled(starters) == []
    bot.there = 2
    assert len(settled(starters)) == 2
    bot.there = 3
    assert len(settled(starters)) == 2  # at once; what comes now is for the next request
    assert len(settled(starters)) == 3
    looks = len(bot.looks)
    assert len(settled(starters)) == 3
    assert len(bot.looks) == looks


def test_nobody_waits_long_and_they_are_looked_for_once_at_a_time() -> None:
    bot = Searching()
    bot.there = 3
    starters = Starters(bot, most=3)
    began = time.monotonic()
    assert starters.get(None) == starters.get(None) == []
    assert time.monotonic() - began < 5
    bot.may.set()
    settled(starters)
    assert len(starters.get(None)) == 3
    assert bot.looks == [3]
