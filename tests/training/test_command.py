"""The command line: help with examples, mistakes in words, train then score."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from qa_bot_training import checkpoint as store
from qa_bot_training.__main__ import main
from qa_bot_training.data import load_examples
from qa_bot_training.trainer import Trainer


@pytest.mark.parametrize("command", [[], ["train"], ["score"]])
def test_help_shows_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "train --recipe small --data" in capsys.readouterr().out


def test_trains_and_scores(
    workshop: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = ["--data", str(workshop / "data")]
    recipe = ["--recipe", str(workshop / "tiny.toml"), "--init", str(workshop / "model")]
    output = ["--output", str(tmp_path / "run")]
    assert main(["train", *recipe, *shared, *output, "--examples", "40"]) == 0
    log = (tmp_path / "run/log.jsonl").read_text(encoding="utf-8")
    events = [json.loads(line) for line in log.splitlines()]
    stable = next(e for e in events if e["event"] == "resumed")["examples"]
    assert not (tmp_path / f"run/cooldown-from-{stable}-over-8").exists()
    assert main(["train", *recipe, *shared, *output, "--cooldown", "8"]) == 0
    assert (tmp_path / f"run/cooldown-from-{stable}-over-8").is_dir()
    assert (tmp_path / "run/model/model_card.md").is_file()
    capsys.readouterr()
    model = str(tmp_path / "run/model")
    assert main(["score", model, *shared, "--files", "talks", "--window", "64", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["file"] == "talks"
    assert 0 <= row["f1"] <= 100
    assert main(["score", model, *shared, "--files", "talks", "--as-read", "--json"]) == 0
    as_read = json.loads(capsys.readouterr().out)
    assert as_read["questions"] == row["questions"]
    assert 0 <= as_read["f1"] <= 100
    assert main(["score", model, *shared, "--files", "talks", "--as-read", "--window", "64"]) == 2
    assert "no --window" in capsys.readouterr().err
    asked = {example.question for example in load_examples(workshop / "data/dev/talks.jsonl")}
    read: list[str] = []

    def reading(model: Any, tokenizer: Any, rows: Any, **rest: Any) -> dict[str, float]:
        read.extend(example.question for example in rows)
        return {"questions": float(len(rows))}

    monkeypatch.setattr("qa_bot_training.dev_scores.score_model", reading)
    given = [model, *shared, "--files", "talks", "--window", "64"]
    assert main(["score", *given]) == 0
    assert set(read) == asked
    read.clear()
    assert main(["score", *given, "--reworded"]) == 0
    assert read
    assert not set(read) & asked


def test_the_stable_phase_stops_where_told(
    workshop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["train", "--recipe", str(workshop / "tiny.toml"), "--data", str(workshop / "data")]
    given += ["--init", str(workshop / "model"), "--output", str(tmp_path / "run")]
    assert main([*given, "--until", "20"]) == 0
    assert not (tmp_path / "run/model").exists()
    (newest,) = (tmp_path / "run/checkpoints").glob("*-00000002?")
    reached = int(newest.name.split("-")[1])
    assert 20 <= reached < 24
    assert main([*given, "--until", str(reached), "--cooldown", "8"]) == 0
    assert (tmp_path / f"run/cooldown-from-{reached}-over-8").is_dir()
    assert main([*given, "--until", "8"]) == 2
    assert "at full rate, more than 8" in capsys.readouterr().err
    assert main([*given, "--until", "30", "--examples", "40"]) == 2
    # As few examples as these would have meant less at full rate than the folder has seen.
    assert main([*given, "--examples", "16"]) == 2
    assert "at full rate, more than 12" in capsys.readouterr().err
    assert main([*given, "--examples", "40", "--cooldown", "8"]) == 2
    assert "give no --examples" in capsys.readouterr().err
    for flag in ("--cooldown", "--examples"):
        assert main([*given, flag, "0"]) == 2
        assert f"{flag} needs a number above 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["--recipe", "huge"], "no recipe 'huge'"),
        (["--init", "nowhere"], "no model folder"),
        (["--data", "nowhere"], "holds no train/talks"),
        (["--output", "/dev/null"], "cannot be read or written"),
        (["--output", "/dev/null/run"], "cannot be read or written"),
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


def test_a_signal_is_told_by_the_exit_status(
    workshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = Trainer._step

    def interrupted(trainer: Trainer, batch: Any, rate: float, step: int) -> float:
        if step == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return true(trainer, batch, rate, step)

    monkeypatch.setattr(Trainer, "_step", interrupted)
    given = ["train", "--recipe", str(workshop / "tiny.toml"), "--data", str(workshop / "data")]
    given += ["--init", str(workshop / "model"), "--output", str(tmp_path / "run")]
    assert main([*given, "--until", "20"]) == 128 + signal.SIGTERM
    assert store.checkpoints(tmp_path / "run/checkpoints")


def test_all_files_to_score_are_looked_for_first(
    workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["score", str(workshop / "model"), "--data", str(workshop / "data"), "--files", "talks"]
    assert main([*given, "nowhere", "--window", "64"]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert "dev/nowhere" in told.err
    assert main([*given, "--window", "4096"]) == 2
    assert "cannot read a window of 4096 tokens" in capsys.readouterr().err
