"""What ships with the package is whole: anyone who clones it can ask."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[2] / "qa_bot" / "reading" / "weights" / "small"


def test_weights_calibration_and_card_are_in_version_control() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "."], cwd=SHIPPED, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    tracked = set(listed.stdout.split())
    promised = set(json.loads((SHIPPED / "checksums.json").read_text()))
    assert promised | {"calibration.json", "README.md", "checksums.json"} <= tracked
