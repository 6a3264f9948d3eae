from pathlib import Path

import numpy as np
import pytest

from qa_bot.errors import ModelError
from qa_bot.reading import Reader
from qa_bot.reading.runtimes import load_runtime
from qa_bot.reading.runtimes.onnx import OnnxRuntime, exported


def test_onnx_of_something_that_is_no_folder_is_a_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(ModelError, match="needs a model folder"):
        load_runtime(str(tmp_path / "name"), "onnx", threads=1, allow_hub=False)


def test_padding_changes_nothing(reader: Reader) -> None:
    """A window's logits must not depend on the longer windows of its batch."""
    rng = np.random.default_rng(0)
    ids = rng.integers(1000, 20000, (2, 40))
    mask = np.ones_like(ids)
    ids[1, 25:], mask[1, 25:] = 0, 0
    types = np.zeros_like(ids)
    start, _ = reader.runtime.logits(ids, mask, types)
    alone, _ = reader.runtime.logits(ids[1:, :25], mask[1:, :25], types[1:, :25])
    assert np.allclose(start[1, :25], alone[0], atol=1e-3)


@pytest.mark.slow
def test_onnx_agrees_with_torch(reader: Reader, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    assert reader.folder is not None
    runtime = OnnxRuntime(reader.folder, cache=tmp_path)
    rng = np.random.default_rng(0)
    for rows, length in ((1, 9), (3, 70)):
        ids = rng.integers(1000, 20000, (rows, length))
        mask, types = np.ones_like(ids), np.zeros_like(ids)
        for a, b in zip(
            reader.runtime.logits(ids, mask, types), runtime.logits(ids, mask, types), strict=True
        ):
            assert np.allclose(a, b, atol=0.02 if reader.runtime.name == "torch fp32" else 0.5)
    graph = exported(reader.folder, tmp_path, int8=False)
    whole = graph.read_bytes()
    graph.write_bytes(whole[:1000])
    assert exported(reader.folder, tmp_path, int8=False).read_bytes()[:1000] == whole[:1000]
    assert graph.stat().st_size == len(whole)  # the damaged one was made again
