"""What tests of several rooms share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from qa_bot import QABot

# Nothing may be looked up outside, whatever a library would like to.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# Processes side by side (pytest-xdist): a thread for each, before torch is first imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
# Compiling takes longer than all that is computed here; a slow test compiles.
os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")
# What the person who runs the tests has set for a bot of their own is no part of them; `make
# test-numeric` runs those that compute in each number format.
for name in [name for name in os.environ if name.startswith("QA_BOT_")]:
    if name != "QA_BOT_PRECISION":
        del os.environ[name]

# The larger reader takes seconds to load in each process: tests of both readers ask for it.
os.environ["QA_BOT_SECOND_READER"] = ""

# A busy or slow machine is no failure: no example has a time limit.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def speeches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the two speeches and their catalogue."""
    return Path(shutil.copytree(ROOT / "corpus", tmp_path_factory.mktemp("speeches") / "corpus"))


@pytest.fixture(scope="session")
def bot(speeches: Path) -> Iterator[QABot]:
    """The real bot over the two speeches: real index, real models. Do not change its corpus."""
    from qa_bot import QABot

    yield QABot.open(corpus=speeches)
