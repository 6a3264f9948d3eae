"""Drafts of the catalogue: what is proposed, what is left to a person, and that TOML holds it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.corpus import load_corpus
from qa_bot.corpus.catalogue import CATALOGUE, FACTS, read_catalogue
from qa_bot.corpus.draft_files import append, write_new
from qa_bot.corpus.file_dates import stated_date
from qa_bot.corpus.file_names import read_name
from qa_bot.corpus.first_lines import month_in_lines, speaker_in_lines
from qa_bot.corpus.proposals import Draft, Entry, Field, propose, toml_draft
from qa_bot.corpus.speech_table import Row, match, read_table
from qa_bot.errors import CorpusError, SettingsError, TableError
from qa_bot.schema import valid_date

SPEECH = "Mr. Speaker, we are here to consider the state of things.\n"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def proposed(draft: Draft) -> dict[str, dict[str, str]]:
    return {e.path: {key: f.value for key, f in e.fields.items()} for e in draft.entries}


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("2018-10-09 closing", "2018-10-09"),
        ("2018_10_09", "2018-10-09"),
        ("20181009-closing", "2018-10-09"),
        ("9.10.2018", "2018-10-09"),
        ("13-10-2018", "2018-10-13"),
        ("10-13-2018", "2018-10-13"),
        ("closing, 9 October 2018", "2018-10-09"),
        ("9-october-2018", "2018-10-09"),
        ("closing_October_2018", "2018-10"),
        ("1948-Truman-1", "1948"),
        ("closing (1948)", "1948"),
        ("09-10-2018", "2018"),  # two days
        ("2018-10 closing", "2018"),  # or the tenth
        ("8-9 October 2018", "2018"),
        ("8-9-october-2018", "2018"),
        ("2018-2019", ""),
        ("2018-10-08 2018-10-09", ""),
        ("2018-13-45", "2018"),
        ("Agenda 2030", ""),
        ("Vision 2020", ""),
        ("Resolution 1325", ""),
        ("605e54f1ab1774", ""),
        ("speech1948", ""),
        ("May 2018", "2018"),  # Theresa May
        ("0018", ""),
    ],
)
def test_dates_in_names(name: str, date: str) -> None:
    assert stated_date(name, latest=2026).date == date


@given(st.text(max_size=60))
def test_a_date_is_one_that_exists(text: str) -> None:
    stated = stated_date(text)
    assert not stated.date or valid_date(stated.date)
    assert all(0 <= start < end <= len(text) for start, end in stated.spans)


@pytest.mark.parametrize(
    ("path", "name", "title"),
    [
        ("1948-Truman-1.txt", "Truman", ""),
        ("1837-VanBuren-1.txt", "Van Buren", ""),
        ("1897-McKinley-1.txt", "McKinley", ""),
        ("2018-10-09 Thompson closing.pdf", "Thompson", "Closing"),
        ("9.10.2018 Gomez-Camacho on youth v2.txt", "Gomez-Camacho", "On youth"),
        ("speech by Kofi Annan 1998.txt", "Kofi Annan", ""),
        ("2021 Ursula von der Leyen, State of the Union.txt", "Ursula von der Leyen",
         "State of the Union"),
        ("Closing Remarks 2018.docx", "", "Closing Remarks"),
        ("Climate Change 2018.txt", "", "Climate Change"),
        ("Truman and Churchill 1946.txt", "", "Truman and Churchill"),
        ("2018/closing.pdf", "", "Closing"),
        ("605e54f1ab177411.txt", "", ""),
        ("IMG_1234.txt", "", ""),
        ("speech12.txt", "", ""),
        ("Agenda 2030.txt", "", "Agenda 2030"),
    ],
)  # fmt: skip
def test_words_of_names(path: str, name: str, title: str) -> None:
    named = read_name(path, latest=2026)
    assert (named.name, named.title) == (name, title)


@given(st.text(max_size=80))
def test_any_name_can_be_taken_to_pieces(path: str) -> None:
    named = read_name(path)
    assert "\0" not in named.name + named.title or "\0" in path


@pytest.mark.parametrize(
    ("lines", "name", "role"),
    [
        (["Remarks by President Harry S. Truman"], "Harry S. Truman", "President"),
        (["Speech of Winston Churchill, Prime Minister, to the House"], "Winston Churchill",
         "Prime Minister"),
        (["REMARKS BY LAURA THOMPSON"], "Laura Thompson", ""),
        (["By Kofi Annan"], "Kofi Annan", ""),
        (["Speaker: Ana Silva"], "Ana Silva", ""),
        (["Discours de M. Jacques Chirac, Président de la République"], "Jacques Chirac",
         "Président de la République"),
        (["Statement by H.E. Ms. Ana Silva, Minister of Health of Peru"], "Ana Silva",
         "Minister of Health of Peru"),
        (["CLOSING REMARKS", "Laura Thompson", "Deputy Director General, IOM"], "Laura Thompson",
         "Deputy Director General, IOM"),
        (["Address of Welcome"], "", ""),
        (["Statement of Policy Coherence"], "", ""),
        (["Statement by the Secretary-General"], "", ""),
        (["Remarks by Laura Thompson and Kofi Annan"], "", ""),
        (["Remarks by Laura Thompson", "Translated remarks by Kofi Annan"], "", ""),
        (["Climate Change", "Minister of State"], "", ""),
    ],
)  # fmt: skip
def test_speakers_in_first_lines(lines: list[str], name: str, role: str) -> None:
    speaker = speaker_in_lines(lines)
    assert (speaker.name, speaker.role) == (name, role)


@given(st.lists(st.text(max_size=100), max_size=5))
def test_any_first_lines_can_be_read(lines: list[str]) -> None:
    speaker_in_lines(lines)
    month_in_lines(lines)


def test_what_is_stated_is_proposed_with_its_origin(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "1948-Truman-1.txt": SPEECH,
            "2018/x.txt": "OPENING\n\nRemarks by Ana Silva, Minister of Health\n"
            "Lima, 9 October 2018\n\nExcellencies,\n",
            "a.md": "---\nspeaker: Kofi Annan\ndate: 1999-01-02\n---\n# We the peoples\n\nHello.\n",
            "nothing.txt": SPEECH,
        },
    )
    draft = propose(tmp_path)
    assert proposed(draft) == {
        "1948-Truman-1.txt": {"speaker": "Truman", "date": "1948"},
        "2018/x.txt": {
            "title": "OPENING",
            "speaker": "Ana Silva",
            "role": "Minister of Health",
            "date": "2018-10-09",
        },
        "a.md": {"title": "We the peoples", "speaker": "Kofi Annan", "date": "1999-01-02"},
        "nothing.txt": {"title": "Nothing"},
    }
    text = toml_draft(draft.entries)
    assert 'speaker = "Truman"  # from the file\'s name' in text
    assert 'speaker = "Ana Silva"  # from its first lines' in text
    assert "# speaker: stated nowhere plainly" in text
    # a draft that was accepted says what it said
    (tmp_path / CATALOGUE).write_text(text)
    assert not load_corpus(tmp_path).skipped
    assert [e.path for e in propose(tmp_path).entries] == ["1948-Truman-1.txt", "nothing.txt"]


def test_a_doubtful_name_is_left_to_a_person(tmp_path: Path) -> None:
    files = {
        "2018-Ruritania-1.txt": "I was in Ruritania last year.",
        "2019-Kindness.txt": "It takes kindness.",
        "2020-Geneva.txt": SPEECH,
        "Doctrine.txt": SPEECH,
        "Laura Thompson 2018.txt": SPEECH,
    }
    for entry in propose(write(tmp_path, files)).entries:
        assert "speaker" not in entry.fields
        assert "speaker" in entry.notes


def test_a_whole_name_needs_a_line_of_its_own(tmp_path: Path) -> None:
    text = f"Closing remarks\n\nLaura Thompson\n\n{SPEECH}"
    write(tmp_path, {"Thompson 2018.txt": text})
    assert proposed(propose(tmp_path))["Thompson 2018.txt"]["speaker"] == "Laura Thompson"


def test_files_named_alike_vouch_for_each_other(tmp_path: Path) -> None:
    alone = {"1869-Grant-1.txt": "Congress may grant this in Washington."}
    assert proposed(propose(write(tmp_path, alone))) == {"1869-Grant-1.txt": {"date": "1869"}}
    write(tmp_path, {f"19{n}-{name}-1.txt": SPEECH for n, name in
                     ((48, "Truman"), (55, "Eisenhower"), (61, "Kennedy"))})  # fmt: skip
    assert proposed(propose(tmp_path))["1869-Grant-1.txt"]["speaker"] == "Grant"


def test_contradictions_become_comments(tmp_path: Path) -> None:
    text = "Opening\n\nRemarks by Ana Silva, Minister\n9 October 2018\n\nExcellencies,\n"
    write(tmp_path, {"2017 Thompson opening.txt": text, "2018 Silva opening.txt": text})
    first, second = propose(tmp_path).entries
    assert set(first.notes) == {"speaker", "date"}
    assert {"speaker", "date", "role"}.isdisjoint(first.fields)
    assert (second.fields["speaker"].value, second.fields["date"].value) == (
        "Ana Silva",
        "2018-10-09",
    )


def test_nothing_is_proposed_for_what_the_catalogue_tells(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "1948-Truman-1.txt": SPEECH,
            "1955-Eisenhower-1.txt": SPEECH,
            CATALOGUE: '["1948-Truman-1.txt"]\ntitle = "T"\nspeaker = "Harry"\ndate = 1948\n'
            '["1955-EISENHOWER-1.txt"]\nspeaker = "Ike"\n',
        },
    )
    draft = propose(tmp_path)
    assert draft.complete == 1
    assert proposed(draft) == {"1955-Eisenhower-1.txt": {"date": "1955"}}
    assert draft.entries[0].listed


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    draft = propose(write(tmp_path, {"a.txt": SPEECH, "b.txt": "", "c.pdf": "no PDF"}))
    assert [entry.path for entry in draft.entries] == ["a.txt"]
    assert {s.path for s in draft.skipped} == {"b.txt", "c.pdf"}
    assert draft.complete == 0
    for folder in (tmp_path / "none", write(tmp_path / "empty", {"x.zip": "x"})):
        with pytest.raises(CorpusError):
            propose(folder)


paths = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).map(
    lambda text: text + ".txt"
)
values = st.text(max_size=60)
entries = st.builds(
    Entry,
    path=paths,
    fields=st.dictionaries(
        st.sampled_from([key for key in FACTS if key not in ("date", "language", "media")]),
        st.builds(Field, values, values),
    ),
    notes=st.dictionaries(st.sampled_from(FACTS), values),
)


@given(st.lists(entries, max_size=4, unique_by=lambda e: e.path))
def test_the_reader_of_the_catalogue_takes_any_draft(
    tmp_path_factory: pytest.TempPathFactory, drafted: list[Entry]
) -> None:
    folder = tmp_path_factory.mktemp("draft")
    (folder / CATALOGUE).write_text(toml_draft(drafted), encoding="utf-8", newline="")
    catalogue = read_catalogue(folder, {entry.path for entry in drafted})
    assert not catalogue.warnings
    assert catalogue.tables == {entry.path for entry in drafted}
    for entry in drafted:
        said = {
            key: told
            for key, f in entry.fields.items()
            if (told := " ".join(f.value.split()).encode("utf-16", "surrogatepass"))
            and (told := told.decode("utf-16", "replace"))
        }
        kept = catalogue.facts.get(entry.path, {})
        assert kept.keys() == said.keys()
        assert all(len(kept[key]) and "\n" not in kept[key] for key in kept)
        assert all(kept[key] == said[key] for key in kept if "\ufffd" not in said[key])


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", ""])
def test_what_is_appended_leaves_the_rest_as_it_is(tmp_path: Path, mark: str, ends: str) -> None:
    held = f'# é, kept{ends or chr(10)}["a.txt"]{ends or chr(10)}title = "A"{ends}'.encode(mark)
    write(tmp_path, {CATALOGUE: held, "a.txt": SPEECH, "1948-Truman-1.txt": SPEECH,
                     "1949 Truman, by hand.txt": SPEECH})  # fmt: skip
    (tmp_path / CATALOGUE).chmod(0o640)
    table = [Field("Ana", "from a table")]
    draft = list(propose(tmp_path).entries)
    next(e for e in draft if e.path == "a.txt").fields["speaker"] = table[0]
    assert append(tmp_path, draft) == 3
    now = (tmp_path / CATALOGUE).read_bytes()
    assert now.startswith(held)
    assert (tmp_path / CATALOGUE).stat().st_mode & 0o777 == 0o640
    catalogue = read_catalogue(tmp_path, {"a.txt", "1948-Truman-1.txt", "1949 Truman, by hand.txt"})
    assert catalogue.facts["1948-Truman-1.txt"] == {"speaker": "Truman", "date": "1948"}
    assert catalogue.facts["a.txt"] == {"title": "A"}
    again = [e for e in draft if e.path == "a.txt"]  # its table is there: a comment, and only once
    assert append(tmp_path, again) == 0
    assert (tmp_path / CATALOGUE).read_bytes() == now
    assert not list(tmp_path.glob(".catalogue*"))


def test_a_catalogue_that_would_break_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {CATALOGUE: '"a.txt" = "x"\n', "a.txt": SPEECH})
    with pytest.raises(CorpusError):
        append(tmp_path, propose(tmp_path).entries)
    assert (tmp_path / CATALOGUE).read_text() == '"a.txt" = "x"\n'


def test_a_draft_overwrites_nothing(tmp_path: Path) -> None:
    write_new(tmp_path / "draft.toml", "x = 1\n")
    for path in (tmp_path / "draft.toml", tmp_path / "none" / "draft.toml"):
        with pytest.raises(SettingsError):
            write_new(path, "x = 2\n")
    assert (tmp_path / "draft.toml").read_text() == "x = 1\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("by", [",", ";", "\t"])
def test_tables(tmp_path: Path, encoding: str, by: str) -> None:
    lines = [
        ("File Name", "President", "Year", "Location", "Position", "Language", "URL"),
        ("a", "José Martí", "1891", "Tampa", "-", "Spanish", "https://x.example"),
        ("", "nobody", "", "", "", "", ""),
    ]
    text = "\r\n".join(by.join(cells) for cells in lines)
    write(tmp_path, {"t.csv": text.encode(encoding)})
    table = read_table(tmp_path / "t.csv")
    assert table.rows == (
        Row(2, "a", {"speaker": "José Martí", "date": "1891", "place": "Tampa",
                     "language": "es", "source": "https://x.example"}),
    )  # fmt: skip
    assert table.problems == ("line 3: names no file",)


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("2018-10-09", "2018-10-09"),
        ("2018-10-09 00:00:00", "2018-10-09"),
        ("9 October 2018", "2018-10-09"),
        ("October 9, 2018", "2018-10-09"),
        ("9.10.2018", "2018-10-09"),
        ("31/12/2018", "2018-12-31"),
        ("Oct 2018", "2018-10"),
        ("2018", "2018"),
        ("09/10/2018", None),
        ("8-9 October", None),
        ("soon", None),
    ],
)
def test_days_of_tables(tmp_path: Path, cell: str, date: str | None) -> None:
    write(tmp_path, {"t.csv": f'file;date\na;"{cell}"\n'})
    row = read_table(tmp_path / "t.csv").rows[0]
    assert row.facts.get("date") == date
    assert bool(row.problems) == (date is None)


def test_tables_that_cannot_be_used(tmp_path: Path) -> None:
    write(tmp_path, {"t.csv": "speaker,date\nAna,2018\n", "e.csv": "", "b.csv": b"\xff\xfea"})
    for name in ("t.csv", "e.csv", "b.csv", "none.csv"):
        with pytest.raises(TableError):
            read_table(tmp_path / name)


def test_rows_find_their_files() -> None:
    cells = {
        "2018/closing.txt": "closing",
        "a/same.txt": "a/same",
        "Café.txt": "CAFE\u0301.TXT",
        "talk.docx": "C:\\old\\talk.doc",
        "x.y.txt": "./x.y",
    }
    paths = [*cells, "b/same.txt", "unnamed.txt"]
    rows = [Row(n, cell, {}) for n, cell in enumerate([*cells.values(), "same", "no", "closing"])]
    found = match(rows, paths)
    assert {path: row.file for path, row in found.rows.items()} == cells
    assert [problem.partition(":")[0] for problem in found.problems] == [
        "line 5",
        "line 6",
        "line 7",
    ]


def test_a_table_comes_before_what_files_say(tmp_path: Path) -> None:
    write(
        tmp_path / "s",
        {"1948-Truman-1.txt": SPEECH, "b.txt": SPEECH, "c.txt": SPEECH,
         CATALOGUE: '["c.txt"]\ntitle = "C"\nspeaker = "C"\ndate = 1900\n'},
    )  # fmt: skip
    write(
        tmp_path,
        {"t.csv": "filename,speaker,date,event\n1948-Truman-1,Harry S. Truman,1948-01-07,SOTU\n"
         "b.txt,Ana,09/10/2018,\nc,Not me,1901,Farewell\nz,,,\n"},
    )  # fmt: skip
    draft = propose(tmp_path / "s", table=read_table(tmp_path / "t.csv"))
    assert proposed(draft) == {
        "1948-Truman-1.txt": {"speaker": "Harry S. Truman", "event": "SOTU", "date": "1948-01-07"},
        "b.txt": {"speaker": "Ana"},
        "c.txt": {"event": "Farewell"},
    }
    assert len(draft.problems) == 2
    text = toml_draft(draft.entries)
    assert 'date = "1948-01-07"  # from t.csv, line 2' in text
    assert "# date: from t.csv, line 3: date '09/10/2018'" in text
    tomllib.loads(text)
