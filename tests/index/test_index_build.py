"""What a build writes, what it takes over from the one before, and how it refuses."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from hash_embedder import HashEmbedder, write_speech

from qa_bot.corpus import load_corpus
from qa_bot.errors import CorpusError, IndexBusyError, SettingsError
from qa_bot.index import build_index, open_index
from qa_bot.index.manifest import FILES, NAME
from qa_bot.settings import Settings, load_settings


def test_round_trip(settings: Settings, embedder: HashEmbedder) -> None:
    report = build_index(settings, embedder=embedder)
    index = open_index(settings, embedder=embedder)

    assert tuple(index.documents.values()) == load_corpus(settings.corpus).documents
    assert [p.ordinal for p in index.passages] == list(range(report.passages))
    for passage in index.passages:
        text = index.documents[passage.document_id].text
        assert passage.text == text[passage.start : passage.end] != ""
    assert np.array_equal(
        index.dense.vectors(), embedder.encode_passages([p.text for p in index.passages])
    )
    assert len(index.sparse) == report.passages == report.embedded > 6
    counts = {"documents": 3, "passages": report.passages, "sentences": len(index.sentences)}
    assert index.manifest["counts"] == counts
    assert index.version == report.version == "v000001"


def test_every_field_of_a_document_is_kept(settings: Settings, embedder: HashEmbedder) -> None:
    (settings.corpus / "catalogue.toml").write_text(
        '["a.txt"]\ntitle = "Wäter “now”"\nspeaker = "Ms. Bralo"\nrole = "Minister"\n'
        'event = "Dialogue"\ndate = "2018-10-09"\nplace = "Geneva"\nlanguage = "en"\n'
        'source = "a book"\ngroups = ["staff", "board"]\n'
    )
    build_index(settings, embedder=embedder)
    document = open_index(settings, embedder=embedder).documents["a"]
    assert document == load_corpus(settings.corpus).documents[0]
    assert (document.groups, document.title) == (("staff", "board"), "Wäter “now”")


def test_nothing_changed_writes_nothing(settings: Settings, embedder: HashEmbedder) -> None:
    first = build_index(settings, embedder=embedder)
    before = _listing(settings.index)
    second = build_index(settings, embedder=HashEmbedder())
    assert (second.changed, second.version, second.embedded) == (False, first.version, 0)
    assert (second.documents, second.passages) == (first.documents, first.passages)
    assert _listing(settings.index) == before


def test_skipped_files_are_reported_again_when_nothing_changed(
    settings: Settings, embedder: HashEmbedder
) -> None:
    (settings.corpus / "empty.txt").write_text("")
    first = build_index(settings, embedder=embedder)
    second = build_index(settings, embedder=embedder)
    assert [skip.path for skip in first.skipped] == ["empty.txt"]
    assert second.skipped == first.skipped


def test_only_what_changed_is_embedded(settings: Settings, embedder: HashEmbedder) -> None:
    build_index(settings, embedder=embedder)
    path = settings.corpus / "b.txt"
    path.write_text(path.read_text().replace("number 29", "number twenty-nine"))
    again = HashEmbedder()
    report = build_index(settings, embedder=again)

    assert report.changed
    assert 0 < report.embedded == len(again.seen) <= 2
    assert all("twenty-nine" in text for text in again.seen)
    index = open_index(settings, embedder=again)
    assert np.array_equal(
        index.dense.vectors(), HashEmbedder().encode_passages([p.text for p in index.passages])
    )


def test_a_new_first_document_moves_the_others_without_embedding_them(
    settings: Settings, embedder: HashEmbedder
) -> None:
    first = build_index(settings, embedder=embedder)
    write_speech(settings.corpus, "0-first", "bridges")
    report = build_index(settings, embedder=embedder)
    assert report.reused == first.passages
    assert list(open_index(settings, embedder=embedder).documents) == ["0-first", "a", "b", "c"]


@pytest.mark.parametrize("reason", ["force", "embedder", "damage"])
def test_what_makes_a_build_start_from_scratch(
    settings: Settings, embedder: HashEmbedder, reason: str
) -> None:
    first = build_index(settings, embedder=embedder)
    if reason == "damage":
        (settings.index / first.version / "vectors.faiss").write_bytes(b"no")
    again = HashEmbedder("hash-2" if reason == "embedder" else "hash-1")
    report = build_index(settings, embedder=again, force=reason == "force")
    assert report.changed
    assert (report.embedded, report.reused) == (first.passages, 0)
    assert open_index(settings, embedder=again).version == "v000002"


def test_equal_passages_are_embedded_once(settings: Settings, embedder: HashEmbedder) -> None:
    text = (settings.corpus / "a.txt").read_text()
    (settings.corpus / "a-copy.txt").write_text(text)
    build_index(settings, embedder=embedder)
    assert len(embedder.seen) == len(set(embedder.seen))


def test_two_builds_give_the_same_files_but_for_the_time(
    settings: Settings, embedder: HashEmbedder, tmp_path: Path
) -> None:
    other = settings.model_copy(update={"index": tmp_path / "other"})
    one, two = (s.index / build_index(s, embedder=embedder).version for s in (settings, other))
    for name in FILES:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    first, second = (json.loads((v / NAME).read_text()) for v in (one, two))
    assert first | {"created": ""} == second | {"created": ""}


def test_one_version_before_is_kept_and_no_more(settings: Settings, embedder: HashEmbedder) -> None:
    for n in range(4):
        write_speech(settings.corpus, f"new-{n}", f"topic{n}")
        build_index(settings, embedder=embedder)
    assert sorted(p.name for p in settings.index.glob("v*")) == ["v000003", "v000004"]


def test_an_opened_index_survives_later_builds(settings: Settings, embedder: HashEmbedder) -> None:
    build_index(settings, embedder=embedder)
    index = open_index(settings, embedder=embedder)
    before = index.sparse.search("water", 3)[0].tolist()
    for n in range(3):
        write_speech(settings.corpus, f"new-{n}", f"topic{n}")
        build_index(settings, embedder=embedder)
    assert not (settings.index / index.version).exists()
    assert index.sparse.search("water", 3)[0].tolist() == before


def test_two_builds_at_once(settings: Settings) -> None:
    inside, go_on = threading.Event(), threading.Event()

    class Slow(HashEmbedder):
        def encode_passages(self, texts, progress=None):  # type: ignore[no-untyped-def]
            inside.set()
            assert go_on.wait(20)
            return super().encode_passages(texts, progress)

    first = threading.Thread(target=build_index, args=(settings,), kwargs={"embedder": Slow()})
    first.start()
    try:
        assert inside.wait(20)
        with pytest.raises(IndexBusyError, match="Another process"):
            build_index(settings, embedder=HashEmbedder())
    finally:
        go_on.set()
        first.join()
    assert not build_index(settings, embedder=HashEmbedder()).changed


def test_a_failed_build_leaves_the_old_index_and_no_rubbish(
    settings: Settings, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(settings, embedder=embedder)
    before = _listing(settings.index)
    write_speech(settings.corpus, "new", "rivers")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    for name in ("describe_files", "versions.scratch_folder"):
        with monkeypatch.context() as patched:
            patched.setattr(f"qa_bot.index.build.{name}", fail)
            with pytest.raises(SettingsError, match="disk full"):
                build_index(settings, embedder=embedder)
        assert _listing(settings.index) == before


def test_an_old_version_that_cannot_be_removed_fails_no_build(
    settings: Settings, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            raise PermissionError("not yours")

    for word in ("rivers", "wells", "lakes"):
        write_speech(settings.corpus, "new", word)
        with monkeypatch.context() as patched:
            patched.setattr("qa_bot.index.versions.shutil.rmtree", fail)
            assert build_index(settings, embedder=embedder).changed


@pytest.mark.parametrize(
    "content", [{}, {"empty.txt": ""}, {"blank.txt": " \n\n "}, {"x.exe": "x"}]
)
def test_no_usable_speech(tmp_path: Path, embedder: HashEmbedder, content: dict[str, str]) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in content.items():
        (corpus / name).write_text(text)
    with pytest.raises(CorpusError) as caught:
        build_index(load_settings(corpus=corpus, index=tmp_path / "i"), embedder=embedder)
    assert caught.value.hint


def test_no_corpus_folder(tmp_path: Path, embedder: HashEmbedder) -> None:
    settings = load_settings(corpus=tmp_path / "nowhere", index=tmp_path / "i")
    with pytest.raises(CorpusError, match="nowhere"):
        build_index(settings, embedder=embedder)


def test_an_index_folder_that_is_a_file(settings: Settings, embedder: HashEmbedder) -> None:
    settings.index.write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        build_index(settings, embedder=embedder)


def test_speeches_without_a_letter(tmp_path: Path, embedder: HashEmbedder) -> None:
    (tmp_path / "marks.txt").write_text("!!! ??? ... \n\n !!! --- !!!\n" * 5)
    settings = load_settings(corpus=tmp_path, index=tmp_path / "i")
    build_index(settings, embedder=embedder)
    index = open_index(settings, embedder=embedder)
    assert index.sparse.search("anything", 5)[0].tolist() == []


def test_progress_names_the_stages_in_order(settings: Settings, embedder: HashEmbedder) -> None:
    calls: list[tuple[str, int, int]] = []
    build_index(settings, embedder=embedder, progress=lambda *call: calls.append(call))
    stages = list(dict.fromkeys(stage for stage, _, _ in calls))
    assert stages == ["read", "split", "embed", "write"]
    assert all(0 <= done <= total for _, done, total in calls)
    last = {stage: (done, total) for stage, done, total in calls}
    assert all(done == total for done, total in last.values())


def _listing(root: Path) -> dict[str, int]:
    return {
        p.relative_to(root).as_posix(): p.stat().st_mtime_ns for p in root.rglob("*") if p.is_file()
    }
