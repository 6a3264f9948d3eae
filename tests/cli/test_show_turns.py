"""qa-bot index --show-turns: who was found in the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_bot.cli import main
from qa_bot.errors import QABotError

TALK = "Mr. Roy: When?\n\nMs. Lund (Chair): In May.\n\nMr. Roy: Thank you.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    (tmp_path / "alone.txt").write_text("We came.\n", encoding="utf-8")
    return tmp_path


def test_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "--show-turns", "--corpus", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "talk.txt: 3 turns, 2 speakers" in out and "Ms. Lund (Chair)" in out
    assert "When?" in out and "1 with one speaker" in out


def test_of_one_file_for_scripts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "--show-turns", "talk.txt", "--json", "--corpus", str(folder)]) == 0
    (shape,) = json.loads(capsys.readouterr().out)
    assert shape["turns"] == 3 and shape["speakers"][1] == {
        "speaker": "Ms. Lund",
        "role": "Chair",
        "turns": 1,
        "first_words": "In May.",
    }


def test_of_a_file_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(["index", "--show-turns", "talks.txt", "--corpus", str(folder)])
    except QABotError as error:
        assert "talks.txt" in error.message
    else:
        assert code != 0 and "talks.txt" in capsys.readouterr().err
