"""Opening: whole and up to date, or an error that names what is wrong and what mends it."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import threading
from pathlib import Path

import pytest
from hash_embedder import HashEmbedder, make_settings, write_speech

from qa_bot.errors import IndexDamagedError, IndexMissingError, IndexStaleError
from qa_bot.index import build_index, open_index, versions
from qa_bot.index.manifest import FILES, NAME, Manifest
from qa_bot.index.open import open_whole
from qa_bot.settings import Settings

ALL = ("CURRENT", NAME, *FILES)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the speeches that the fixture ``settings`` writes too; only to be copied."""
    made = make_settings(tmp_path_factory.mktemp("built"))
    build_index(made, embedder=HashEmbedder())
    return made.index


@pytest.fixture
def version(settings: Settings, built: Path) -> Path:
    """The folder of a built index, to be damaged."""
    shutil.copytree(built, settings.index)
    return settings.index / "v000001"


def _place(version: Path, name: str) -> Path:
    return version.parent / name if name == "CURRENT" else version / name


@pytest.mark.parametrize("name", ALL)
def test_any_flipped_bit_is_found(version: Path, name: str) -> None:
    path = _place(version, name)
    whole = path.read_bytes()
    chance = random.Random(name)
    places = {0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(6))}
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(IndexDamagedError) as caught:
            open_whole(version.parent)
        assert "qa-bot index --force" in caught.value.hint
    path.write_bytes(whole)
    open_whole(version.parent)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("damage", ["missing", "empty", "shorter", "longer"])
def test_missing_and_cut_files_are_found(version: Path, name: str, damage: str) -> None:
    path = _place(version, name)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "shorter": whole[:-1], "longer": whole + b"\n"}[damage])
    wanted = IndexMissingError if (name, damage) == ("CURRENT", "missing") else IndexDamagedError
    with pytest.raises(wanted) as caught:
        open_whole(version.parent)
    if name in FILES:
        assert name in caught.value.message


@pytest.mark.parametrize(
    "pointer",
    [
        "../../x {sha}\n",
        "v000001/../../x {sha}\n",
        "/etc {sha}\n",
        "v000001 {sha}",
        "v000001 {sha}\n\n",
        "v000001\n",
        "v٠٠٠٠٠١ {sha}\n",
        "v000009 {sha}\n",
        "",
    ],
)
def test_current_cannot_name_another_place(version: Path, pointer: str) -> None:
    raw = (version / NAME).read_bytes()
    (version.parent / "x").mkdir()
    shutil.copy(version / NAME, version.parent / "x" / NAME)
    text = pointer.format(sha=hashlib.sha256(raw).hexdigest())
    (version.parent / "CURRENT").write_text(text)
    with pytest.raises(IndexDamagedError):
        open_whole(version.parent)


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"../../secret": [1, "00"]}},
        {"files": []},
        {"format": 99},
        {"format": None},
        {"unknown": 1},
        {"skipped": [1]},
    ],
)
def test_a_doctored_manifest_is_refused(version: Path, change: dict[str, object]) -> None:
    raw = json.dumps(json.loads((version / NAME).read_text()) | change).encode()
    (version / NAME).write_bytes(raw)
    digest = hashlib.sha256(raw).hexdigest()
    (version.parent / "CURRENT").write_text(f"{version.name} {digest}\n")
    with pytest.raises(IndexDamagedError):
        open_whole(version.parent)


def test_no_index(settings: Settings, embedder: HashEmbedder) -> None:
    with pytest.raises(IndexMissingError) as caught:
        open_index(settings, embedder=embedder)
    assert "qa-bot index" in caught.value.hint


def test_changed_speeches_are_named(
    settings: Settings, version: Path, embedder: HashEmbedder
) -> None:
    write_speech(settings.corpus, "d", "bridges")
    (settings.corpus / "a.txt").unlink()
    (settings.corpus / "b.txt").write_text("Something else.")
    with pytest.raises(IndexStaleError) as caught:
        open_index(settings, embedder=embedder)
    for part in ("1 added (d.txt)", "1 removed (a.txt)", "1 changed (b.txt)"):
        assert part in caught.value.message
    assert caught.value.hint == "Run: qa-bot index"
    assert len(open_index(settings, embedder=embedder, check_corpus=False).documents) == 3


def test_a_changed_catalogue_is_named(
    settings: Settings, version: Path, embedder: HashEmbedder
) -> None:
    (settings.corpus / "catalogue.toml").write_text('["a.txt"]\ntitle = "New"\n')
    with pytest.raises(IndexStaleError, match=r"1 added \(catalogue.toml\)"):
        open_index(settings, embedder=embedder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"passage_tokens": 80}, "passage settings"),
        ({"passage_overlap": 0}, "passage settings"),
        ({"max_file_mb": 7}, "which files are read"),
    ],
)
def test_changed_settings_are_named(
    settings: Settings, version: Path, embedder: HashEmbedder, change: dict[str, int], message: str
) -> None:
    with pytest.raises(IndexStaleError, match=message):
        open_index(settings.model_copy(update=change), embedder=embedder)


def test_another_embedder_is_named(settings: Settings, version: Path) -> None:
    with pytest.raises(IndexStaleError, match="another embedder"):
        open_index(settings, embedder=HashEmbedder("hash-2"))
    with pytest.raises(IndexStaleError, match=r"\(hash\).*\(packaged\)"):
        open_index(settings)  # compared without loading a model


def test_an_upgrade_builds_anew_without_embedding_again(
    settings: Settings,
    version: Path,
    embedder: HashEmbedder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("qa_bot.index.fingerprints.__version__", "9.9.9")
    monkeypatch.setattr("qa_bot.index.open.__version__", "9.9.9")
    assert open_index(settings, embedder=embedder).documents  # an upgrade stops no server
    assert "another version of qa-bot" in caplog.text
    report = build_index(settings, embedder=embedder)
    assert report.changed
    assert report.embedded == 0
    caplog.clear()
    open_index(settings, embedder=embedder)
    assert not caplog.text


def test_an_index_can_be_deployed_without_its_corpus(
    settings: Settings, version: Path, embedder: HashEmbedder
) -> None:
    shutil.rmtree(settings.corpus)
    assert len(open_index(settings, embedder=embedder).documents) == 3


def test_opening_while_builds_go_on(
    settings: Settings, version: Path, embedder: HashEmbedder
) -> None:
    done = threading.Event()
    failures: list[BaseException] = []

    def build_again_and_again() -> None:
        try:
            for n in range(6):
                write_speech(settings.corpus, f"more-{n}", f"topic{n}", sentences=4)
                build_index(settings, embedder=HashEmbedder())
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    builder = threading.Thread(target=build_again_and_again)
    builder.start()
    opened = []
    while not done.is_set():
        index = open_whole(settings.index)
        assert len(index.passages) == index.manifest["counts"]["passages"]
        opened.append(len(index.documents))
    builder.join()
    assert failures == []
    assert opened == sorted(opened)
    assert len(open_whole(settings.index).documents) == 9


def test_a_version_removed_while_it_is_read(
    settings: Settings, version: Path, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two builds that finish between reading CURRENT and reading the files."""
    real = versions.read_current
    builds = [1, 2]

    def slow(root: Path) -> tuple[str, Manifest]:
        found = real(root)
        monkeypatch.setattr(versions, "read_current", real)
        for n in builds:
            write_speech(settings.corpus, f"more-{n}", f"topic{n}", sentences=4)
            build_index(settings, embedder=embedder)
        return found

    monkeypatch.setattr(versions, "read_current", slow)
    index = open_whole(settings.index)
    assert not version.exists()
    assert (index.version, len(index.documents)) == ("v000003", 5)
