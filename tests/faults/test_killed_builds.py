"""A build that is killed at any moment leaves an index that opens whole: the old one or the new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
KILLED = -9


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What builds_that_die.py saw after each death."""
    paths = [str(HERE.parent.parent), str(HERE.parent / "index")]
    done = subprocess.run(
        [sys.executable, str(HERE / "builds_that_die.py"), str(tmp_path_factory.mktemp("die"))],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_every_death_leaves_a_whole_index(lines: list[dict[str, Any]]) -> None:
    deaths = [line for line in lines if line["status"] == KILLED]
    assert len(deaths) >= 30
    for line in deaths:
        assert line["opened"] == 0, f"the index does not open after {line['how']}"
        assert line["after"] in (line["before"], line["corpus"]), line["how"]
    # Deaths fell on both sides of the switch, and left something to sweep up.
    assert {line["after"] == line["corpus"] for line in deaths} == {True, False}
    assert any(line["leftovers"] for line in deaths)


@pytest.mark.slow
def test_every_step_was_tried(lines: list[dict[str, Any]]) -> None:
    steps = [line for line in lines if line["how"].startswith("step")]
    assert [line["status"] for line in steps] == [KILLED] * (len(steps) - 1) + [0]


@pytest.mark.slow
def test_the_next_build_sweeps_up(lines: list[dict[str, Any]]) -> None:
    last = lines[-1]
    assert (last["how"], last["status"], last["opened"]) == ("let live", 0, 0)
    assert last["after"] == last["corpus"]
    assert last["leftovers"] == []
    assert len(last["versions"]) == 2
    assert last["version"] in last["versions"]
