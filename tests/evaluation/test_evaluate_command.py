from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa_bot.cli import evaluate as command
from qa_bot.errors import TestSetError
from qa_bot.evaluation.testset import TestSet
from qa_bot.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def evaluate(
    make_bot: Callable[..., Any],
    questions: TestSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., int]:
    """Runs the command in a folder with eval/, with a bot that can be broken."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "eval"
    folder.mkdir()
    rows = [{**q.to_dict(), "split": "dev"} for q in questions.questions]
    for row in rows:
        for item in row["answers"]:
            for span in item:
                del span["start"], span["end"]
    (folder / "topics.jsonl").write_text("\n".join(json.dumps(row) for row in rows))

    def run(*argv: str, broken: bool = False, named: bool = True) -> int:
        monkeypatch.setattr("qa_bot.bot.QABot.open", lambda *_, **__: make_bot(broken=broken))
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        speeches = ["--corpus", str(ROOT / "corpus")] if named else []
        return command.run(parser.parse_args([*argv, *speeches]))

    return run


def test_accept_then_gate(evaluate: Callable[..., int], tmp_path: Path) -> None:
    assert evaluate("--accept") == 0
    baseline = tmp_path / "eval" / "baseline.json"
    accepted = baseline.read_bytes()
    assert evaluate("--gate") == 0
    assert evaluate("--gate", broken=True) == 8
    assert evaluate("--gate", "--accept", broken=True) == 8
    assert baseline.read_bytes() == accepted
    assert evaluate("--accept", broken=True) == 0  # on purpose
    assert baseline.read_bytes() != accepted


def test_check_looks_where_the_run_would(
    evaluate: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("question;expected answer\nWhere?;Marrakesh\n")

    def packaged(settings: Settings) -> tuple[Settings, bool]:  # a source tree holds no package
        return settings.model_copy(update={"corpus": ROOT / "corpus"}), True

    monkeypatch.setattr(command, "with_sample_speeches", packaged)
    assert evaluate(str(path), "--check", named=False) == 0  # the sample speeches
    assert "1 questions" in capsys.readouterr().out


def test_json_html_and_compare(evaluate: Callable[..., int], tmp_path: Path) -> None:
    assert evaluate("--json", "out/before.json") == 0
    assert evaluate("--html", "out/now.html", "--compare", "out/before.json", broken=True) == 0
    assert "Worse: " in (tmp_path / "out" / "now.html").read_text(encoding="utf-8")
    shape = json.loads((tmp_path / "out" / "before.json").read_text(encoding="utf-8"))
    assert shape["measures"]["answer"]["f1"]["value"] == 1
    assert len(shape["results"]) == 25


def test_check_names_the_bad_rows(
    evaluate: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("question;expected answer\nWhere?;Marrakesh\nWhere?;Atlantis\n")
    assert evaluate(str(path), "--check") == 7
    out = capsys.readouterr().out
    assert "line 3: 'Atlantis' does not occur in the documents" in out
    assert "line 2" not in out


@pytest.mark.parametrize(
    "argv",
    [
        ["nowhere.jsonl"],
        ["--compare", "nowhere.json"],
        ["--gate", "--baseline", "nowhere.json"],
        ["--limit", "0"],
        ["--gate", "--limit", "5"],
        ["--split", "test"],
        ["--html", "eval"],
        ["--json", "eval/topics.jsonl/run.json"],
    ],
)
def test_wrong_use_is_a_clear_error(evaluate: Callable[..., int], argv: list[str]) -> None:
    with pytest.raises(TestSetError):
        evaluate(*argv)


def test_a_folder_of_several_files(evaluate: Callable[..., int], tmp_path: Path) -> None:
    (tmp_path / "eval" / "more.csv").write_text(
        "question,answer,id\nWhat about youth,,q1\nBad,,q1\n"
    )
    made = command.load(Path("eval"))
    assert len(made.questions) == 26
    assert {q.id for q in made.questions} >= {"more.csv:q1", "topics.jsonl:q1", "q2"}
    assert str(made.problems[0]) == "line 3: more.csv: id 'q1' is already on line 2"


def test_users_questions_are_asked_beside_the_others(
    evaluate: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "eval" / "users"
    folder.mkdir()
    row = {"question": "hi", "refuse": True, "split": "dev", "intent": "social"}
    (folder / "speeches.jsonl").write_text(json.dumps(row) + "\n{}")
    assert evaluate("--json", "now.json") == 0
    shape = json.loads((tmp_path / "now.json").read_text(encoding="utf-8"))
    assert len(shape["results"]) == 26
    assert shape["by_intent"]["social"]["satisfied"]["n"] == 1
    assert shape["problems"] == ["line 2: speeches.jsonl: the field 'question' is missing or blank"]
    bad = {"question": "Who?", "points": [["nowhere"]]}
    (folder / "more.jsonl").write_text(json.dumps(bad))
    capsys.readouterr()
    assert evaluate("eval", "eval/users", "--check") == 7
    assert "line 1: more.jsonl: 'nowhere' does not stand in the doc" in capsys.readouterr().out


def test_no_folder_and_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TestSetError, match="no folder eval/"):
        command.load(Path("eval"))
    (tmp_path / "eval").mkdir()
    with pytest.raises(TestSetError, match=r"no \.jsonl or \.csv"):
        command.load(Path("eval"))
