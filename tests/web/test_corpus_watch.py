"""A server notices that files of its corpus changed, and indexes them if it is to."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qa_bot.errors import CorpusError, QABotError
from qa_bot.index import apart
from qa_bot.index.fingerprints import corpus_files
from qa_bot.settings import Settings
from qa_bot.web.corpus_watch import CorpusWatch


def index_of(folder: Path, version: str = "v000001") -> Any:
    """What the watch asks of an index that is built now."""
    record = SimpleNamespace(corpus_files=corpus_files(folder))
    return SimpleNamespace(version=version, record=record)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.txt").write_text("Two.")
    return tmp_path


def test_changes_are_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    index = index_of(folder)
    watch = CorpusWatch(Settings(corpus=folder), build=lambda settings: pytest.fail("not set"))
    watch.look(index)
    assert (watch.state, watch.changes) == ("current", "")
    (folder / "a.txt").write_text("Three.")
    (folder / "b.txt").unlink()
    (folder / "notes.xyz").write_text("no speech")
    for _ in range(3):
        watch.look(index)
    assert watch.state == "changed"
    assert watch.changes == "1 removed (b.txt), 1 changed (a.txt)"
    assert caplog.text.count("have changed") == 1
    watch.look(index_of(folder, "v000002"))
    assert (watch.state, watch.changes) == ("current", "")


def test_a_file_that_only_has_another_time_is_no_change(folder: Path) -> None:
    index = index_of(folder)
    watch = CorpusWatch(Settings(corpus=folder))
    watch.look(index)
    (folder / "a.txt").touch()
    watch.look(index)
    assert watch.state == "current"


def test_a_folder_that_is_not_there_is_no_change(folder: Path, tmp_path: Path) -> None:
    watch = CorpusWatch(Settings(corpus=tmp_path / "none", watch=True))
    watch.look(index_of(folder))
    assert watch.state == "current"


def test_changes_are_indexed_when_nothing_moves_any_more(folder: Path) -> None:
    built: list[str] = []

    def build(settings: Settings) -> None:
        assert watch.state == "indexing"
        built.append(watch.changes)

    index = index_of(folder)
    watch = CorpusWatch(Settings(corpus=folder, watch=True), build)
    watch.look(index)
    (folder / "c.txt").write_text("Thr")
    watch.look(index)
    (folder / "c.txt").write_text("Three.")  # still being copied
    watch.look(index)
    assert not built
    watch.look(index)
    assert built == ["1 added (c.txt)"]
    assert watch.state == "indexing"  # until the new index is in use
    watch.look(index_of(folder, "v000002"))
    assert watch.state == "current"
    watch.look(index_of(folder, "v000002"))
    assert len(built) == 1


def test_what_cannot_be_indexed_is_tried_again_after_the_next_change(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tries = 0

    def build(settings: Settings) -> None:
        nonlocal tries
        tries += 1
        raise CorpusError("There is no speech.", "Add one.")

    index = index_of(folder)
    watch = CorpusWatch(Settings(corpus=folder, watch=True), build)
    (folder / "a.txt").unlink()
    for _ in range(5):
        watch.look(index)
    assert (tries, watch.state) == (1, "changed")
    assert "There is no speech." in caplog.text
    (folder / "b.txt").unlink()
    for _ in range(5):
        watch.look(index)
    assert tries == 2


def test_a_build_apart_gets_the_settings_and_says_what_was_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []

    def run(command: list[str], *, input: bytes, **more: Any) -> Any:
        sent.append(json.loads(input))
        return SimpleNamespace(returncode=1, stdout=b"noise\nNo speech. Add one.\n")

    monkeypatch.setattr(apart.subprocess, "run", run)
    settings = Settings(corpus=folder, max_file_mb=7, session_key="x" * 40)
    with pytest.raises(QABotError, match="No speech"):
        apart.build_apart(settings)
    assert sent[0]["max_file_mb"] == 7
    assert sent[0]["corpus"] == str(folder)
    assert "session_key" not in sent[0]


@pytest.mark.slow
def test_a_process_of_its_own_builds_the_index(folder: Path, tmp_path: Path) -> None:
    settings = Settings(corpus=folder, index=tmp_path / "index")
    apart.build_apart(settings)
    assert (settings.index / "CURRENT").exists()
    for path in folder.glob("*.txt"):
        path.unlink()
    with pytest.raises(QABotError, match="no speech to index"):
        apart.build_apart(settings)
