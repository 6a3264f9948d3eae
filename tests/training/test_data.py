"""Reading of data files: good rows pass, bad rows are named with file and line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from qa_bot_training.data import DataError, find_dataset, load_examples

GOOD: dict[str, Any] = {
    "id": "1",
    "question": "Where?",
    "context": "It was held in Oslo.",
    "answers": [{"text": "Oslo", "start": 15}],
    "is_impossible": False,
    "title": "Talk",
    "source": "test",
}


SELECTION: dict[str, Any] = {
    "question": "Where did they meet?",
    "candidates": ["It rained.", "It was held in Oslo.", "All went home."],
    "labels": [0, 1, 0],
    "title": "Talk",
}


def write(path: Path, *rows: Any) -> Path:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_reads_plain_and_compressed(tmp_path: Path, name: str) -> None:
    impossible = GOOD | {"id": "2", "answers": [], "is_impossible": True}
    rows = load_examples(write(tmp_path / name, GOOD, "", impossible))
    assert [row.id for row in rows] == ["1", "2"]
    assert rows[0].answers[0].text == "Oslo"
    assert rows[1].is_impossible


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (GOOD | {"answers": [{"text": "Oslo", "start": 14}]}, "does not read 'Oslo' at 14"),
        (GOOD | {"answers": [{"text": ".", "start": -1}]}, "no 'answer_start'"),
        (GOOD | {"answers": [{"text": "Oslo"}]}, "no 'answer_start'"),
        (GOOD | {"answers": [{"text": " ", "start": 2}]}, "no 'text'"),
        (GOOD | {"answers": ["Oslo"]}, "no 'text'"),
        (GOOD | {"answers": {"text": ["Oslo"], "answer_start": []}}, "of equal length"),
        (GOOD | {"answers": []}, "is_impossible is False beside 0 answers"),
        (GOOD | {"is_impossible": True}, "is_impossible is True beside 1 answers"),
        (GOOD | {"question": "  "}, "'question' is not a text"),
        ({"id": "1"}, "field 'question' is missing"),
        ("[1]", "not a JSON object"),
        ('{"id": ', "not JSON"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, bad: Any, words: str) -> None:
    path = write(tmp_path / "rows.jsonl", GOOD, bad)
    with pytest.raises(DataError) as caught:
        load_examples(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "answers",
    [{"text": ["Oslo"], "answer_start": [15]}, [{"text": "Oslo", "answer_start": 15}]],
)
def test_the_forms_that_squad_is_passed_around_in(tmp_path: Path, answers: Any) -> None:
    silent = {key: GOOD[key] for key in ("id", "question", "context")} | {"is_impossible": None}
    first, second = load_examples(write(tmp_path / "a.jsonl", GOOD | {"answers": answers}, silent))
    assert [(gold.text, gold.start) for gold in first.answers] == [("Oslo", 15)]
    assert second.is_impossible


def test_rows_that_mark_a_sentence_only(tmp_path: Path) -> None:
    none = SELECTION | {"labels": [0, 0, 0], "id": "x"}
    marked, silent = load_examples(write(tmp_path / "a.jsonl", SELECTION, none))
    assert marked.context == "It rained. It was held in Oslo. All went home."
    assert [(gold.text, gold.start) for gold in marked.answers] == [("It was held in Oslo.", 11)]
    assert not marked.exact
    assert marked.context[11:31] == marked.answers[0].text
    # That no sentence answers is as exact as any label.
    assert (silent.id, silent.is_impossible, silent.exact) == ("x", True, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"question": " "}, "'question' is not a text"),
        ({"question": 3}, "'question' is not a text"),
        ({"candidates": "It rained."}, "'candidates' is not a list of texts"),
        ({"candidates": ["It rained.", 2, "All."]}, "'candidates' is not a list of texts"),
        ({"candidates": ["", " ", ""]}, "'candidates' holds no text"),
        ({"labels": [0, 1]}, "'labels' does not hold a 0 or a 1 for each"),
        ({"labels": [0, 2, 0]}, "'labels' does not hold a 0 or a 1 for each"),
        ({"labels": [0, [], 0]}, "'labels' does not hold a 0 or a 1 for each"),
    ],
)
def test_bad_rows_of_sentences_are_named(tmp_path: Path, change: Any, words: str) -> None:
    path = write(tmp_path / "rows.jsonl", SELECTION, SELECTION | change)
    with pytest.raises(DataError) as caught:
        load_examples(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert words in str(caught.value)


def test_damaged_archive_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl.gz", *[GOOD | {"id": str(i)} for i in range(2000)])
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 :: 7] = bytes(len(raw[len(raw) // 2 :: 7]))
    path.write_bytes(raw)
    with pytest.raises(DataError, match=r"cannot be read|not JSON"):
        load_examples(path)


def test_cut_off_archive_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl.gz", *[GOOD | {"id": str(i)} for i in range(200)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="cannot be read"):
        load_examples(path)


def test_missing_data_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no train/nowhere\.jsonl\.gz"):
        find_dataset(tmp_path, "nowhere")
