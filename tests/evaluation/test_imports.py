from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.errors import TestSetError
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.temporary import renamed, write_corpus
from qa_bot.schema import Document

SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Amazon “rainforest”",
            "paragraphs": [
                {
                    "context": "Sixty percent lies in Brazil.",
                    "qas": [
                        {
                            "id": "1",
                            "question": "How much lies in Brazil?",
                            "is_impossible": False,
                            "answers": [
                                {"text": "Sixty percent", "answer_start": 0},
                                {"text": "Sixty", "answer_start": 0},
                                {"text": "Sixty percent", "answer_start": 0},
                            ],
                        },
                        {
                            "id": "2",
                            "question": "How much lies in Peru?",
                            "is_impossible": True,
                            "answers": [],
                            "plausible_answers": [{"text": "Sixty percent", "answer_start": 0}],
                        },
                        {
                            "id": "3",
                            "question": "Off by one?",
                            "answers": [{"text": "Brazil", "answer_start": 21}],
                        },
                    ],
                },
                {
                    "context": "It rains.",
                    "qas": [
                        {
                            "id": "4",
                            "question": "Does it?",
                            "answers": [{"text": "It rains", "answer_start": 0}],
                        }
                    ],
                },
            ],
        },
        {"title": "Broken", "paragraphs": [{"context": "x"}]},
    ],
}


def test_squad_json(tmp_path: Path) -> None:
    path = tmp_path / "dev-v2.0.json"
    path.write_text(json.dumps(SQUAD, indent=1), encoding="utf-8")
    made = load_test_set(path)
    assert [q.id for q in made.questions] == ["1", "2", "4"]
    assert [span.text for span in made.questions[0].answers[0]] == ["Sixty percent", "Sixty"]
    assert not made.questions[1].answerable
    assert [p.text for p in made.paragraphs] == ["Sixty percent lies in Brazil.", "It rains."]
    lines = path.read_text(encoding="utf-8").split("\n")
    assert '"id": "3"' in lines[made.problems[0].line - 1]
    assert made.problems[1].message == "data[1].paragraphs[0] is not in the SQuAD format"


def test_squad_like_rows_and_all_required_answers(tmp_path: Path) -> None:
    def row(number: int, **more: object) -> str:
        base = {
            "id": str(number),
            "question": "Who?",
            "context": "Ann and Bob.",
            "is_impossible": False,
        }
        return json.dumps(base | more)

    path = tmp_path / "rows.jsonl.gz"
    two = [{"text": "Ann", "start": 0}, {"text": "Bob", "start": 8}]
    lines = [
        row(1, answers=two),
        row(2, answers=two, source="MultiSpanQA"),
        "{broken",
        row(4, answers={"text": ["Ann"], "answer_start": [0]}),
        row(5, answers=[]),
        row(6, answers=[{"text": "Eve", "start": 0}]),
    ]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    made = load_test_set(path)
    assert [len(q.answers) for q in made.questions] == [1, 2, 1]
    assert [p.line for p in made.problems] == [3, 5, 6]
    assert len(made.paragraphs) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_paragraphs_become_documents(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(SQUAD, ensure_ascii=False), encoding=encoding)
    made = load_test_set(path)
    write_corpus(made.paragraphs, tmp_path / "corpus")
    from qa_bot.corpus import load_corpus

    corpus = load_corpus(tmp_path / "corpus")
    assert [d.text for d in corpus.documents] == [p.text for p in made.paragraphs]
    assert corpus.documents[0].title == "Amazon “rainforest”"
    ids = {Path(d.path).stem: d.id for d in corpus.documents}
    located = resolve(renamed(made, ids), {d.id: d for d in corpus.documents})
    assert len(located.questions) == 3


@pytest.mark.parametrize(
    ("raw", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-32", ";"), ("cp1252", ";")],
)
def test_spreadsheets_as_programs_save_them(tmp_path: Path, raw: str, delimiter: str) -> None:
    cells = [
        ["Question", "Expected answer", "Document"],
        ["Où?", '"Genève, Suisse"', "a"],
        ["Who?", '"Ann | Ms. Ann\nBob"', ""],
        ["When?", "not found", ""],
        ["", "", ""],
        ["", "no question", ""],
    ]
    path = tmp_path / "mine.csv"
    path.write_bytes("\r\n".join(delimiter.join(row) for row in cells).encode(raw))
    made = load_test_set(path)
    where, who, when = made.questions
    assert where.question == "Où?"
    assert where.answers[0][0].text == "Genève, Suisse"
    assert where.answers[0][0].document == "a"
    assert [[s.text for s in item] for item in who.answers] == [["Ann", "Ms. Ann"], ["Bob"]]
    assert not when.answerable
    assert when.type == "unanswerable"
    assert [str(p) for p in made.problems] == ["line 7: the question is blank"]


def test_spreadsheet_faults_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("sep=;\nquestion;answer;id\nWho?;Ann, not Bob;1\nWho?;Ann;1\nWho;a;b;c\n")
    made = load_test_set(path)
    assert [q.id for q in made.questions] == ["1"]
    assert [p.line for p in made.problems] == [4, 5]
    path.write_text("Frage,Antwort\nWer?,Ann\n")
    with pytest.raises(TestSetError, match="no column titled 'question'"):
        load_test_set(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b'{"rows": []}'),
        ("a.json", b"[" * 100_000),
        ("a.jsonl", b""),
        ("a.jsonl", b"\xff\xfe\x00"),
        ("a.csv", b""),
        ("a.xlsx", b"PK"),
        ("a.jsonl.gz", b"not gzip"),
        ("a.jsonl.gz", gzip.compress(b"{}" * 99, mtime=0)[:-9]),
        ("a.csv", b"\x81\x81"),
    ],
)
def test_unreadable_files_are_clear_errors(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TestSetError):
        load_test_set(tmp_path / name)


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.csv"):
        with pytest.raises(TestSetError, match="cannot be read"):
            load_test_set(tmp_path / name)


@given(st.text())
def test_any_text_is_a_spreadsheet_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(("question,answer\n" + text).encode("utf-8", "surrogatepass"))
    made = load_test_set(path)
    assert all(q.question.strip() for q in made.questions)


def test_document_names_prefer_ids() -> None:
    documents = {"a": Document(id="a", title="b", text="x"), "b": Document(id="b", text="y")}
    from qa_bot.evaluation.testset import GoldSpan, Question, TestSet

    one = TestSet("t", (Question("1", "?", ((GoldSpan("y", "b"),),)),))
    assert resolve(one, documents).questions[0].documents == ("b",)
