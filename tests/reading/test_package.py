import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from qa_bot.errors import ModelError
from qa_bot.reading import checksums
from qa_bot.reading.checksums import COVERED, verify, write_checksums
from qa_bot.reading.package import install, main


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    tensors = {"layer.weight": torch.ones(2, 2), "places": torch.arange(3)}
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text('{"model_type": "bert", "dtype": "float32"}')
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_text("{}")
    return folder


def test_installed_in_16_bits_with_checksums_and_without_old_calibration(
    trained: Path, tmp_path: Path
) -> None:
    target = tmp_path / "small"
    target.mkdir()
    (target / "calibration.json").write_text("{}")
    assert main([str(trained), "--target", str(target)]) == 0
    tensors = load_file(target / "model.safetensors")
    assert tensors["layer.weight"].dtype == torch.float16
    assert tensors["places"].dtype == torch.int64
    assert json.loads((target / "config.json").read_text())["dtype"] == "float16"
    assert not (target / "calibration.json").exists()
    sums = json.loads((target / "checksums.json").read_text())
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        assert sums[name] == hashlib.sha256((target / name).read_bytes()).hexdigest()
    assert verify(target, required=True) != verify(trained, required=False)
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in target.iterdir())


@pytest.mark.parametrize("value", [1e6, float("nan")])
def test_what_16_bits_cannot_hold_is_refused(trained: Path, tmp_path: Path, value: float) -> None:
    save_file({"layer.weight": torch.full((2,), value)}, trained / "model.safetensors")
    with pytest.raises(ModelError, match="16 bits cannot hold"):
        install(trained, tmp_path / "small")


def test_an_incomplete_folder_is_refused(trained: Path, tmp_path: Path) -> None:
    (trained / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"no tokenizer\.json"):
        install(trained, tmp_path / "small")


@pytest.mark.parametrize("name", COVERED)
def test_a_changed_file_is_found(trained: Path, name: str) -> None:
    write_checksums(trained)
    before = verify(trained, required=True)
    with (trained / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match="damaged") as caught:
        verify(trained, required=True)
    assert caught.value.hint
    (trained / "checksums.json").unlink()
    assert verify(trained, required=False) != before
    with pytest.raises(ModelError, match="missing"):
        verify(trained, required=True)


def test_weights_in_several_files_are_all_looked_at(trained: Path) -> None:
    (trained / "model.safetensors").rename(trained / "model-00001-of-00002.safetensors")
    before = verify(trained, required=False)
    with (trained / "model-00001-of-00002.safetensors").open("ab") as file:
        file.write(b" ")
    assert verify(trained, required=False) != before


def test_a_file_that_may_not_be_read_is_a_clear_error(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(checksums, "sha256", refuse)  # root may read everything
    with pytest.raises(ModelError, match="cannot be read: Permission denied"):
        verify(trained, required=False)


@pytest.mark.parametrize("sums", ["[]", "[" * 100_000, "{", '{"../../etc/passwd": "0"}', "{}"])
def test_odd_checksums_are_refused(trained: Path, sums: str) -> None:
    (trained / "checksums.json").write_text(sums)
    with pytest.raises(ModelError):
        verify(trained, required=True)
