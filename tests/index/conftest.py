from __future__ import annotations

from pathlib import Path

import pytest
from hash_embedder import HashEmbedder, write_speech

from qa_bot.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a corpus of three made-up speeches, and an index folder that is not there yet."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, topic in (("a", "water"), ("b", "roads"), ("c", "schools")):
        write_speech(corpus, name, topic)
    return load_settings(
        corpus=corpus, index=tmp_path / "index", passage_tokens=64, passage_overlap=16
    )


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()
