"""The command line: help with examples, mistakes in words, train then score."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_bot.training.__main__ import main


@pytest.mark.parametrize("command", [[], ["train"], ["score"]])
def test_help_shows_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "train --recipe small --data" in capsys.readouterr().out


def test_trains_and_scores(
    workshop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = ["--data", str(workshop / "data")]
    recipe = ["--recipe", str(workshop / "tiny.toml"), "--init", str(workshop / "model")]
    output = ["--output", str(tmp_path / "run")]
    assert main(["train", *recipe, *shared, *output, "--examples", "40"]) == 0
    assert main(["train", *recipe, *shared, *output, "--cooldown", "8"]) == 0
    capsys.readouterr()
    model = str(tmp_path / "run/model")
    assert main(["score", model, *shared, "--files", "talks", "--window", "64", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["file"] == "talks"
    assert 0 <= row["f1"] <= 100


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["--recipe", "huge"], "no recipe 'huge'"),
        (["--init", "nowhere"], "no model folder"),
        (["--data", "nowhere"], "holds no train/talks"),
    ],
)
def test_mistakes_are_told_in_words(
    workshop: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: list[str],
    words: str,
) -> None:
    given = ["train", "--recipe", str(workshop / "tiny.toml"), "--data", str(workshop / "data")]
    given += ["--init", str(workshop / "model"), "--output", str(tmp_path / "run")]
    assert main([*given, *changes]) == 2
    assert words in capsys.readouterr().err
