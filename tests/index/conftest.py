from __future__ import annotations

from pathlib import Path

import pytest
from hash_embedder import HashEmbedder, make_settings

from qa_bot.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a corpus of three made-up speeches, and an index folder that is not there yet."""
    return make_settings(tmp_path)


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()
