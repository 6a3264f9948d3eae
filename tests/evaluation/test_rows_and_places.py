from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.evaluation.check import check, main
from qa_bot.evaluation.places import occurrences, resolve
from qa_bot.evaluation.rows import parse_row, parse_rows
from qa_bot.evaluation.testset import TestSet
from qa_bot.schema import Document, Filters

TEXT = "The Migrant’s  Voice was heard\n\nin Geneva. Geneva listened."
DOCUMENTS = {
    "a": Document(id="a", title="Opening", path="2018/a.txt", speaker="Ann", text=TEXT),
    "b": Document(
        id="b", title="Closing", path="2018/b.txt", speaker="Bob", text="Thanks, Geneva."
    ),
}
ROOT = Path(__file__).parents[2]


def rows(*given: dict[str, object] | str) -> TestSet:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in given]
    return TestSet("t", *parse_rows(lines))


def test_the_test_set_of_the_speeches_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "eval" / "speeches.jsonl"
    assert main([str(path), "--corpus", str(ROOT / "corpus")]) == 0, capsys.readouterr().out
    questions, problems = parse_rows(path.read_text(encoding="utf-8").split("\n"))
    assert not problems
    assert len(questions) >= 160
    assert sum(not q.answerable for q in questions) >= 44
    assert {q.split for q in questions} == {"dev", "test"}
    assert all(q.absent for q in questions if not q.answerable)


def test_bad_rows_are_named_by_line_and_good_ones_stay() -> None:
    made = rows(
        {"id": "1", "question": "Where?", "answers": [["Geneva"]]},
        "",
        "{not json",
        {"id": "1", "question": "Again?"},
        {"question": " "},
        {"question": "Why?", "answer": "typo in the field's name"},
        {"question": "Who?", "answerable": True},
        {"question": "Who?", "answers": [[]]},
        {"question": "Who?", "answers": [[{"text": "x", "start": -1}]]},
        {"question": "Who?", "answers": [[{"text": "abc", "start": 0, "end": 2}]]},
        {"question": "Who?", "split": "train"},
        {"question": "Who?", "filters": {"speeker": "Ann"}},
        {"question": "Who?", "history": [["only a question"]]},
        "[1, 2]",
        {"id": "2", "question": "Last?"},
    )
    assert [q.id for q in made.questions] == ["1", "2"]
    assert [p.line for p in made.problems] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
    assert "already on line 1" in made.problems[1].message
    assert "'answer'" in made.problems[3].message


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "question", "answers", "history", "filters", "text", "start", "absent"]
                )
                | st.text(max_size=3),
                inner,
            )
        ),
        max_leaves=8,
    )
)
def test_any_json_is_a_question_or_a_problem(value: object) -> None:
    questions, problems = parse_rows([json.dumps(value)])
    assert len(questions) + len(problems) == 1


def test_a_row_survives_writing_and_reading() -> None:
    row = {
        "id": "1",
        "split": "dev",
        "type": "fact",
        "question": "Where?",
        "answerable": True,
        "history": [["Who?", "Ann"]],
        "filters": {"speaker": "Ann", "documents": ["a"]},
        "answers": [[{"document": "a", "start": 35, "end": 41, "text": "Geneva"}]],
        "notes": "n",
    }
    question = parse_row(row)
    assert question.filters == Filters(speaker="Ann", documents=("a",))
    assert question.to_dict() == row


def test_spans_without_offsets_are_found_everywhere_they_stand() -> None:
    located = resolve(rows({"question": "Where?", "answers": [["Geneva"]]}), DOCUMENTS)
    spans = located.questions[0].answers[0]
    assert [(s.document, s.start) for s in spans] == [("a", 35), ("a", 43), ("b", 8)]
    assert all(DOCUMENTS[s.document].text[s.start : s.end] == s.text for s in spans)


@pytest.mark.parametrize("name", ["b", "2018/b.txt", "B.TXT", "closing"])
def test_a_document_has_several_names(name: str) -> None:
    row = {"question": "Where?", "answers": [[{"text": "Geneva", "document": name}]]}
    assert resolve(rows(row), DOCUMENTS).questions[0].documents == ("b",)


def test_spans_that_are_not_verbatim_are_problems() -> None:
    def one(**span: object) -> dict[str, object]:
        return {"question": "Where?", "answers": [[span]]}

    located = resolve(
        rows(
            one(text="Geneva", document="a", start=35),
            one(text="Geneva", document="a", start=34),
            one(text="Zurich"),
            one(text="Geneva", document="c"),
            one(text="Geneva", start=35),
            one(text="Geneva", document="a", start=10_000),
        ),
        DOCUMENTS,
    )
    assert len(located.questions) == 1
    assert [p.line for p in located.problems] == [2, 3, 4, 5, 6]
    assert "is not at 34-40 of a" in located.problems[0].message


def test_typed_quotes_and_spaces_find_the_documents_own_characters() -> None:
    (span,) = occurrences("the migrant's voice was heard in geneva", "a", TEXT)
    assert TEXT[span.start : span.end] == span.text == TEXT[:41]


def test_words_are_found_inside_words_only_where_they_stand_nowhere_else() -> None:
    text = "UNHCR and the UN met; the Network and two others did not."

    def places(words: str) -> list[int]:
        return [place.start for place in occurrences(words, "a", text)]

    assert places("UN") == [14]
    assert places("two") == [text.index("two others")]
    assert places("HCR") == [2]  # better than a row that cannot be used
    assert places("met;") == [17]


@given(st.text("ab. \n’'", min_size=1), st.text("ab. \n’'", min_size=1))
def test_occurrences_are_spans_of_the_text(words: str, text: str) -> None:
    if words.strip():
        for span in occurrences(words, "a", text):
            assert text[span.start : span.end] == span.text != ""


def test_check_compares_absent_words_filters_and_repeats() -> None:
    checked = check(
        rows(
            {"question": "Which town?", "absent": ["Gen"]},
            {"question": "Which town?", "absent": ["eneva", "Zurich"]},
            {"question": "Thanks?", "absent": ["Thanks"], "filters": {"speaker": "Ann"}},
            {"question": "Where?", "answers": [["Thanks"]], "filters": {"speaker": "Ann"}},
        ),
        DOCUMENTS,
    )
    messages = [str(p) for p in checked.problems]
    assert len(messages) == 4
    assert messages[0].startswith("line 1: 'Gen' is not absent from a")
    assert messages[1].startswith("line 1: 'Gen' is not absent from b")
    assert messages[2] == "line 2: the same question is on line 1"
    assert messages[3] == "line 4: the answer is in b, which the filters exclude"


def test_select_takes_one_split_and_spreads_a_limit() -> None:
    made = rows(
        *({"id": str(i), "question": f"{i}?", "split": "dev"} for i in range(10)),
        {"id": "t", "question": "t?", "split": "test"},
        {"id": "n", "question": "n?"},
    )
    assert [q.id for q in made.select("test").questions] == ["t", "n"]
    assert [q.id for q in made.select("dev", 3).questions] == ["0", "3", "7"]
    assert len(made.select("all", 99).questions) == 12
