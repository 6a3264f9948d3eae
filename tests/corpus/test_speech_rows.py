from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.corpus import fingerprint, load_corpus
from qa_bot.corpus.ids import row_ids
from qa_bot.corpus.loaders import UnusableFileError, load_all
from qa_bot.corpus.proposals import propose
from qa_bot.errors import CorpusError
from qa_bot.schema import Omission

LONG = "We thank the Assembly. " * 9000  # longer than a cell of Python's csv may be


def table(*rows: list[str], delimiter: str = ",") -> bytes:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows(rows)
    return made.getvalue().encode()


def write(folder: Path, **files: bytes) -> Path:
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def test_a_speech_a_row_as_the_general_debates_come(tmp_path: Path) -> None:
    data = table(
        ["doc_id", "session", "year", "country", "text"],
        ["NOR_72_2017", "72", "2017", "NOR", "The sea, our friend,\r\nis rising."],
        ["MDV_72_2017", "72", "2017", "MDV", LONG],
    )
    corpus = load_corpus(write(tmp_path, un__csv=data))
    first, second = corpus.documents
    assert (first.id, second.id) == ("un/NOR_72_2017", "un/MDV_72_2017")
    assert first.text == "The sea, our friend,\nis rising."
    assert (first.speaker, first.event, first.date) == ("NOR", "Session 72", "2017")
    assert first.title == "NOR, Session 72, 2017"
    assert second.text == LONG.strip()
    assert {d.path for d in corpus.documents} == {"un.csv"}


def test_other_columns_and_tabs(tmp_path: Path) -> None:
    data = table(
        ["Date", "Agenda", "Speaker", "Party", "Text", "Language", "Video"],
        ["2019-03-12", "Fisheries", "Ada Berg", "Left", "Fish.", "English", "https://v.example/1"],
        ["12/03/2019", "Fisheries", "Bo Lund", "", "More fish.", "Klingon", "javascript:x"],
        ["2019-03-13", "", "", "", " ", "", ""],
        delimiter="\t",
    )
    corpus = load_corpus(write(tmp_path, debates__tsv=data))
    first, second = corpus.documents
    assert (first.speaker, first.role, first.event) == ("Ada Berg", "Left", "Fisheries")
    assert (first.language, first.media) == ("en", "https://v.example/1")
    assert first.omissions == (Omission("rows without text"),)
    assert (second.language, second.media) == ("", "")
    assert {s.reason.split(":")[0] for s in corpus.skipped} == {"line 3"}


def test_names_stay_when_rows_come_and_go(tmp_path: Path) -> None:
    rows = [["text"], ["One."], ["Two."], ["Two."]]
    names = [s.name for s in load_all("a.csv", table(*rows)).speeches]
    assert len(set(names)) == 3
    fewer = [s.name for s in load_all("a.csv", table(rows[0], *rows[2:])).speeches]
    assert fewer == names[1:]
    twice = load_all("a.csv", table(["id", "text"], ["7", "One."], ["7", "Two."])).speeches
    assert twice[0].name == names[0]


def test_ids_of_rows_are_their_own() -> None:
    taken = {"a", "a/1"}
    ids = row_ids("a", ["1", "x/y", "!", ""], taken)
    assert ids[1] == "a/x-y"
    assert len({*ids, "a/1"}) == 5
    assert ids[3] == "a"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (table(["file", "speaker"], ["a.txt", "Ann"]), "catalogue.csv"),
        (table(["name", "age"], ["Ann", "5"]), "title one 'text'"),
        (table(["text", "groups"], ["Words", "staff"]), "groups"),
        (table(["text", "id"], ["n/a", "5"]), "no row"),
        (b"\n\n", "empty"),
        (b"text\n" + b'"' * 3 + b"\x00" * 50, "binary"),
    ],
)
def test_tables_that_hold_no_speeches_are_told_apart(data: bytes, reason: str) -> None:
    with pytest.raises(UnusableFileError, match=reason):
        load_all("a.csv", data)


def test_rows_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_bot.corpus.loaders.speech_rows.MOST_ROWS", 2)
    monkeypatch.setattr("qa_bot.corpus.loaders.speech_rows.MOST_PROBLEMS", 1)
    contents = load_all("a.csv", table(["text", "date"], *[[f"Row {n}.", "?x"] for n in range(5)]))
    assert len(contents.speeches) == 2
    assert contents.problems == (
        "only the first 2 rows are read: split the file",
        "and 2 more such rows",
    )


def test_catalogue_csv_beside_toml(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__txt=b"Words of a.",
        b__txt=b"Words of b.",
        catalogue__csv=table(
            ["file", "speaker", "title", "groups"],
            ["a.txt", "Ann", "A", ""],
            ["b", "Bo", "", "x;y"],
        ),
        catalogue__toml=b'["a.txt"]\nspeaker = "Anna"\n',
    )
    first, second = load_corpus(tmp_path).documents
    assert (first.speaker, first.title, first.groups) == ("Anna", "A", ())
    assert (second.speaker, second.groups) == ("Bo", ("x", "y"))
    before = fingerprint(tmp_path)
    write(tmp_path, catalogue__csv=b"file,speaker\nc.txt,Cy\n")
    assert fingerprint(tmp_path) != before
    corpus = load_corpus(tmp_path)
    assert [s.reason for s in corpus.skipped] == ["catalogue.csv, line 2: no file is named 'c.txt'"]


@pytest.mark.parametrize("data", [b"speaker\nAnn\n", b"file,groups\nmissing.txt,staff\n"])
def test_a_wrong_catalogue_csv_stops_the_index(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, a__txt=b"Words.", catalogue__csv=data)
    with pytest.raises(CorpusError):
        load_corpus(tmp_path)


def test_drafts_leave_tables_of_speeches_alone(tmp_path: Path) -> None:
    write(tmp_path, a__txt=b"Words.", b__csv=table(["text"], ["Row."]))
    assert [entry.path for entry in propose(tmp_path).entries] == ["a.txt"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["text", "id", "date", "1", '"', "\n", "a;b", "n/a", "Ω"]), max_size=4
        ),
        max_size=6,
    )
)
def test_any_table_is_speeches_or_a_reason(rows: list[list[str]]) -> None:
    data = "\n".join(",".join(row) for row in [["text", "id"], *rows]).encode()
    try:
        contents = load_all("a.csv", data)
    except UnusableFileError as error:
        assert "damaged" not in error.reason
    else:
        names = [speech.name for speech in contents.speeches]
        assert len(set(names)) == len(names)
