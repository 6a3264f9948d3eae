"""What ships with the package is whole: anyone who clones it can ask."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from qa_bot.reading.checksums import verify
from qa_bot.reading.two_stage import FILE as SECOND
from qa_bot.reading.two_stage import MARGIN
from qa_bot.settings import Settings

WEIGHTS = Path(__file__).parents[2] / "qa_bot" / "reading" / "weights"
SHIPPED = WEIGHTS / "small"


def test_weights_calibration_and_card_are_in_version_control() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "."], cwd=SHIPPED, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    tracked = set(listed.stdout.split())
    promised = set(json.loads((SHIPPED / "checksums.json").read_text()))
    assert promised | {"calibration.json", "README.md", "checksums.json"} <= tracked


def test_the_calibration_with_a_second_reader_is_of_these_weights() -> None:
    fitted = json.loads((WEIGHTS / "base" / SECOND).read_text())["provenance"]
    assert fitted["first_fingerprint"] == verify(SHIPPED, required=True)
    assert fitted["second_passages"] == Settings().second_passages
    assert fitted["margin"] == MARGIN
