"""Speeches that are added while the server runs."""

from __future__ import annotations

import gc
import logging
import weakref
from pathlib import Path

import pytest

from qa_bot import QABot
from qa_bot.index import build_index
from qa_bot.web.live import MOST_VIEWS, LiveBot

SPOKEN = (
    "The harbour of Valdemora was opened by the mayor on a cold morning. It is deep and safe.\n"
)


@pytest.fixture
def live(tmp_path: Path, bot: QABot) -> LiveBot:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "one.txt").write_text(
        "The bridge over the river Oda was paid for by the farmers.\n" * 3
    )
    settings = bot.settings.model_copy(update={"corpus": corpus, "index": tmp_path / "index"})
    build_index(settings, embedder=bot.retriever.embedder)
    return LiveBot(QABot.open(settings))


def test_a_new_speech_is_there_without_a_restart(live: LiveBot) -> None:
    before = live.seen_by(None)
    settings = before.settings
    assert not live.look()
    (settings.corpus / "two.txt").write_text(SPOKEN)
    build_index(settings, embedder=before.retriever.embedder)
    assert live.look()
    assert [known.id for known in live.documents] == ["one", "two"]
    assert live.ask("Who opened the harbour of Valdemora?").citations[0].document.id == "two"
    # who began with the old version ends with it
    assert [known.id for known in before.documents] == ["one"]
    assert not live.look()


def added(live: LiveBot) -> None:
    (live.settings.corpus / "two.txt").write_text(SPOKEN)
    build_index(live.settings, embedder=live.retriever.embedder)


def test_nothing_of_an_old_version_is_left_behind(live: LiveBot) -> None:
    live._suggestions.first(1, (), wait=0)  # begins to look for questions
    thread = live._suggestions._thread
    index = weakref.ref(live.index)
    assert thread.is_alive()
    added(live)
    assert live.look()
    thread.join(10)
    assert not thread.is_alive()
    gc.collect()
    assert index() is None


def test_a_version_is_ready_for_those_who_ask_before_they_do(
    live: LiveBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.seen_by(["board"])
    for number in range(2 * MOST_VIEWS):
        live.seen_by([f"group {number}"])
    live.seen_by(None)
    made: list[tuple[str, ...] | None] = []
    seen_by = QABot.seen_by
    monkeypatch.setattr(
        QABot, "seen_by", lambda bot, groups: made.append(groups) or seen_by(bot, groups)
    )
    added(live)
    assert live.look()
    assert len(made) == MOST_VIEWS
    assert made[-2:] == [(f"group {2 * MOST_VIEWS - 1}",), None]


def test_a_version_that_is_not_whole_is_named_once_and_left_alone(
    live: LiveBot, caplog: pytest.LogCaptureFixture
) -> None:
    settings = live.settings
    (settings.corpus / "two.txt").write_text(SPOKEN)
    version = build_index(settings, embedder=live.retriever.embedder).version
    with (settings.index / version / "passages.jsonl").open("ab") as file:
        file.write(b"x")
    with caplog.at_level(logging.WARNING, logger="qa_bot.web"):
        assert not live.look()
        assert not live.look()
    assert [known.id for known in live.documents] == ["one"]
    assert [r.name for r in caplog.records].count("qa_bot.web") == 1
