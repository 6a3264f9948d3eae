from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_builder import column, make_pdf

from qa_bot.corpus import fingerprint, load_corpus
from qa_bot.corpus.corpus import readable_name
from qa_bot.corpus.ids import assign_ids, slug
from qa_bot.errors import CorpusError
from qa_bot.schema import valid_date

SPEECHES = Path(__file__).parents[2] / "corpus"
names = st.from_regex(r"[abé _#日-][abé ._#日-]{0,4}(/[ab日-][a.-]{0,3})?", fullmatch=True)


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def skipped(folder: Path) -> dict[str, str]:
    return {file.path: file.reason for file in load_corpus(folder).skipped}


def test_the_two_speeches() -> None:
    corpus = load_corpus(SPEECHES)
    documents = {document.id: document for document in corpus.documents}
    assert not corpus.skipped
    closing = documents["000_605e54f1ab177411"]
    assert (closing.speaker, closing.date) == ("Laura Thompson", "2018-10-09")
    assert closing.text == (SPEECHES / closing.path).read_text(encoding="utf-8")


def test_documents_are_sorted_and_progress_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"b.txt": "B", "a/z.md": "Z", "a.html": "<p>A</p>", "c.txt": ""})
    told: list[tuple[int, int, str]] = []
    corpus = load_corpus(tmp_path, progress=lambda *step: told.append(step))
    assert [d.path for d in corpus.documents] == ["a.html", "a/z.md", "b.txt"]
    assert told == [(1, 4, "a.html"), (2, 4, "a/z.md"), (3, 4, "b.txt"), (4, 4, "c.txt")]


def test_bad_files_are_skipped_with_a_reason(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.txt": "secret"}) / "secret.txt"
    folder = write(
        tmp_path / "corpus",
        {
            "good.txt": "Good words.",
            "empty.txt": b"",
            "binary.txt": bytes(range(256)),
            "damaged.pdf": b"%PDF-1.7 nothing",
            "large.txt": "x" * 1_000_001,
            "old.doc": b"\xd0\xcf",
            ".hidden.txt": "hidden",
            ".git/config.txt": "hidden",
            "~$lock.docx": "lock",
        },
    )
    (folder / "link.txt").symlink_to(outside)
    (folder / "inside.txt").symlink_to(folder / "good.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "folder").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")
    corpus = load_corpus(folder, max_file_mb=1)
    assert [d.id for d in corpus.documents] == ["good", "inside"]
    reasons = {file.path: file.reason for file in corpus.skipped}
    expected = {
        "empty.txt": "empty", "binary.txt": "binary", "damaged.pdf": "damaged",
        "large.txt": "larger than 1 MB", "old.doc": "save it as .docx",
        "link.txt": "out of the corpus", "loop.txt": "nowhere", "gone.txt": "nowhere",
        "folder": "link to a folder", "pipe.txt": "not a regular file",
    }  # fmt: skip
    assert reasons.keys() == expected.keys()
    for path, reason in expected.items():
        assert reason in reasons[path]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_are_skipped(tmp_path: Path) -> None:
    (write(tmp_path, {"a.txt": "A", "b.txt": "B"}) / "a.txt").chmod(0)
    assert "cannot be opened" in skipped(tmp_path)["a.txt"]


def test_a_file_that_cannot_be_opened_costs_no_other_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a.txt": "A", "b.txt": "B"})
    real = Path.open

    def refuse(path: Path, *args: object, **options: object) -> object:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refuse)
    assert skipped(tmp_path) == {"a.txt": "cannot be opened (Permission denied)"}
    assert [d.path for d in load_corpus(tmp_path).documents] == ["b.txt"]
    assert fingerprint(tmp_path)


def test_the_catalogue_comes_first_then_the_file_then_its_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.txt": "Own title\n\n9 October 2018\n\nWords.",
            "b.txt": "Own title\n\n9 October 2018\n\nWords.",
            "my_first-speech.txt": "It was a fine day for all of us here in town.",
            "catalogue.toml": '["a.txt"]\ntitle = "Given"\ndate = 2018-10\ngroups = ["staff"]\n',
        },
    )
    (tmp_path / "catalogue.toml").write_text(
        '["a.txt"]\ntitle = "Given"\ndate = 2018-10-01\ngroups = ["staff"]\n'
    )
    a, b, c = load_corpus(tmp_path).documents
    assert (a.title, a.date, a.groups) == ("Given", "2018-10-01", ("staff",))
    assert (b.title, b.date, b.speaker) == ("Own title", "2018-10-09", "")
    assert (c.title, c.date) == ("My first speech", "")


@pytest.mark.parametrize(
    ("toml", "warning"),
    [
        ('["b.txt"]\ntitle = "x"', "no file"),
        ('["a.txt"]\nauthor = "x"', "no key"),
        ('["a.txt"]\ndate = "9 Oct"', "no date"),
        ('["a.txt"]\ndate = "2018-02-30"', "no date"),
        ('["a.txt"]\ntitle = 5', "in quotes"),
        ('["a.txt"]\nlanguage = "English"', "two letters"),
        ('["a.txt"]\nid = "../a"', "letters, digits"),
        ('title = "x"', "outside"),
    ],
)
def test_what_makes_no_sense_in_the_catalogue_is_told(
    tmp_path: Path, toml: str, warning: str
) -> None:
    write(tmp_path, {"a.txt": "A short title", "catalogue.toml": toml})
    corpus = load_corpus(tmp_path)
    assert [d.title for d in corpus.documents] == ["A short title"]
    assert [s.path for s in corpus.skipped] == ["catalogue.toml"]
    assert warning in corpus.skipped[0].reason


@pytest.mark.parametrize("groups", ["[1]", "[]", '[" "]', "5"])
def test_a_speech_whose_groups_cannot_be_read_is_left_out(tmp_path: Path, groups: str) -> None:
    write(tmp_path, {"a.txt": "A", "b.txt": "B", "catalogue.toml": f'["a.txt"]\ngroups = {groups}'})
    corpus = load_corpus(tmp_path)
    assert [d.path for d in corpus.documents] == ["b.txt"]
    assert "left out" in {s.path: s.reason for s in corpus.skipped}["a.txt"]


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("secret.txt", '["Secret.txt"]\ngroups = ["board"]'),
        ("secret.txt", '["secret.txt"]\nGroups = ["board"]'),
        ("Gene\u0300ve.txt", '["Gen\u00e8ve.txt"]\ngroups = ["board"]'),
    ],
)
def test_a_slip_of_form_does_not_open_a_speech(tmp_path: Path, file: str, table: str) -> None:
    write(tmp_path, {file: "Secret words", "catalogue.toml": table})
    corpus = load_corpus(tmp_path)
    assert [d.groups for d in corpus.documents] == [("board",)]


def test_groups_of_a_file_that_is_not_there_stop_the_index(tmp_path: Path) -> None:
    write(tmp_path, {"renamed.txt": "Words", "catalogue.toml": '["old.txt"]\ngroups = ["board"]'})
    with pytest.raises(CorpusError, match="has groups"):
        load_corpus(tmp_path)


@pytest.mark.parametrize(
    ("toml", "name"),
    [
        ("[a.txt]\nspeaker = 'S'", "a.txt"),
        ("['./a.txt']\nspeaker = 'S'", "a.txt"),
        ("['x\\\\a.txt']\nspeaker = 'S'", "x/a.txt"),
        ("\ufeff['a.txt']\r\nspeaker = 'S'\r\n", "a.txt"),
        ("['a.txt']\r\nspeaker = 'S'\r\n".encode("utf-16"), "a.txt"),
    ],
)
def test_ways_to_name_a_file(tmp_path: Path, toml: str | bytes, name: str) -> None:
    if isinstance(toml, str) and "\\\\" in toml:
        toml = toml.replace("\\\\", "\\")
    write(tmp_path, {name: "Words", "catalogue.toml": toml})
    corpus = load_corpus(tmp_path)
    assert [(d.speaker, corpus.skipped) for d in corpus.documents] == [("S", ())]


@pytest.mark.parametrize(
    "toml",
    ["['a.txt']\ntitle = 'x'\ntitle", b"a = 1\nb = '\xff'", "#\n\nb".encode("utf-16") + b"\0"],
)
def test_a_broken_catalogue_names_the_line(tmp_path: Path, toml: str | bytes) -> None:
    write(tmp_path, {"a.txt": "A", "catalogue.toml": toml})
    with pytest.raises(CorpusError, match=r"line [23]"):
        load_corpus(tmp_path)


def test_missing_folders_and_files_for_folders(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no folder"):
        load_corpus(tmp_path / "none")
    with pytest.raises(CorpusError, match="is a file"):
        fingerprint(write(tmp_path, {"a.txt": "A"}) / "a.txt")
    assert load_corpus(write(tmp_path / "empty", {".keep": ""})).documents == ()


def test_fingerprint_follows_what_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "A", "catalogue.toml": ""})
    seen = {fingerprint(tmp_path)}
    write(tmp_path, {"image.png": "x", ".hidden.txt": "x"})
    assert fingerprint(tmp_path) in seen
    for name, content in [("a.txt", "B"), ("b.txt", "B"), ("catalogue.toml", "#")]:
        write(tmp_path, {name: content})
        assert fingerprint(tmp_path) not in seen
        seen.add(fingerprint(tmp_path))


def test_pdf_pages_reach_the_document(tmp_path: Path) -> None:
    write(tmp_path, {"a.pdf": make_pdf([column(["First page."]), column(["Second page."])])})
    (document,) = load_corpus(tmp_path).documents
    assert document.page_at(document.text.index("Second")) == 2


@pytest.mark.parametrize(
    ("path", "id"),
    [
        ("2018/Opening remarks (Genève)", "2018/Opening-remarks-Geneve"),
        ("a/../b", ""),
        ("日本", ""),
        ("a..b", "a.b"),
        ("UPPER_case-1.2", "UPPER_case-1.2"),
    ],
)
def test_slugs(path: str, id: str) -> None:
    assert slug(path) == id


def test_ids_of_files_with_the_same_stem() -> None:
    paths = ["a.pdf", "a.txt", "a b.txt", "a-b.txt", "日本.txt"]
    ids, warnings = assign_ids(paths, {})
    assert not warnings
    assert (ids["a.txt"], ids["a.pdf"], ids["a-b.txt"], ids["a b.txt"]) == (
        "a", "a.pdf", "a-b", "a-b.txt"
    )  # fmt: skip
    assert ids["日本.txt"].startswith("speech-")
    assert assign_ids(["a.txt"], {})[0]["a.txt"] == "a"


@given(st.sets(names, max_size=12), st.dictionaries(names, names, max_size=3))
def test_ids_are_unique_and_safe(stems: set[str], wanted: dict[str, str]) -> None:
    paths = [f"{stem}{suffix}" for stem in stems for suffix in (".txt", ".pdf")]
    ids, _ = assign_ids(paths, {f"{k}.txt": v for k, v in wanted.items() if f"{k}.txt" in paths})
    assert len(set(ids.values())) == len(paths)
    for id in ids.values():
        assert slug(id) == id and id and ".." not in id and not id.startswith("/")


@given(st.dates())
def test_dates_of_the_catalogue(day: object) -> None:
    text = str(day)
    assert valid_date(text) and valid_date(text[:7]) and valid_date(text[:4])
    assert not valid_date(text + "T") and not valid_date(text[:6])


def test_readable_names() -> None:
    assert readable_name("x/2018_opening-remarks.pdf") == "2018 opening remarks"
