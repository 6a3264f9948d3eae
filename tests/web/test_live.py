"""Speeches that are added while the server runs."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from qa_bot import QABot
from qa_bot.index import build_index
from qa_bot.web.live import LiveBot

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
