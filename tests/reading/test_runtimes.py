from pathlib import Path

import numpy as np
import pytest

from qa_bot.errors import ModelError
from qa_bot.reading import Reader
from qa_bot.reading.loading import PACKAGED
from qa_bot.reading.runtimes import Precision, Runtime, load_runtime
from qa_bot.reading.runtimes.onnx import OnnxRuntime, exported

pytestmark = pytest.mark.numeric

# How far logits may lie from the same in fp32, computed otherwise: in parts of their size.
NEAR = {"fp32": 1e-4, "bf16": 0.03}
Logits = tuple[np.ndarray, np.ndarray]


def small(precision: Precision) -> Runtime:
    return load_runtime(
        str(PACKAGED / "small"), "torch", threads=0, allow_hub=False, precision=precision
    )


@pytest.fixture(scope="module")
def plain() -> Runtime:
    return small("fp32")


@pytest.fixture(scope="module", params=["fp32", "bf16"])
def runtime(request: pytest.FixtureRequest) -> Runtime:
    return small(request.param)


def batch(rows: int, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ids = np.random.default_rng(0).integers(1000, 20000, (rows, length))
    return ids, np.ones_like(ids), np.zeros_like(ids)


def distance(found: Logits, wanted: Logits) -> float:
    """Of both kinds of logits, in parts of what they should be."""
    return max(
        float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(found, wanted, strict=True)
    )


def test_onnx_of_something_that_is_no_folder_is_a_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(ModelError, match="needs a model folder"):
        load_runtime(str(tmp_path / "name"), "onnx", threads=1, allow_hub=False)


def test_padding_changes_nothing(runtime: Runtime) -> None:
    """A window's logits must not depend on the longer windows of its batch."""
    ids, mask, types = batch(2, 40)
    ids[1, 25:], mask[1, 25:] = 0, 0
    start, end = runtime.logits(ids, mask, types)
    alone = runtime.logits(ids[1:, :25], mask[1:, :25], types[1:, :25])
    assert distance((start[1:, :25], end[1:, :25]), alone) < NEAR[runtime.name.split()[1]]


def test_every_format_computes_the_same_network(runtime: Runtime, plain: Runtime) -> None:
    made, wanted = (one.logits(*batch(3, 70)) for one in (runtime, plain))
    assert all(part.dtype == np.float32 for part in made)
    assert distance(made, wanted) < NEAR[runtime.name.split()[1]]


def test_the_same_processor_gives_the_same_logits(runtime: Runtime) -> None:
    again = small(runtime.name.split()[1])  # type: ignore[arg-type]
    for a, b in zip(again.logits(*batch(2, 50)), runtime.logits(*batch(2, 50)), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("amx", [False, True])
def test_the_format_is_set_and_never_measured(amx: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cpu._is_amx_tile_supported", lambda: amx, raising=False)
    assert small("auto").name == "torch fp32"
    assert small("bf16").name == "torch bf16"


def test_onnx_computes_in_fp32_only() -> None:
    with pytest.raises(ModelError, match="bf16"):
        load_runtime("small", "onnx", threads=1, allow_hub=False, precision="bf16")


@pytest.mark.slow
def test_onnx_agrees_with_torch(reader: Reader, plain: Runtime, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    assert reader.folder is not None
    runtime = OnnxRuntime(reader.folder, cache=tmp_path)
    for rows, length in ((1, 9), (3, 70)):
        given = batch(rows, length)
        for a, b in zip(plain.logits(*given), runtime.logits(*given), strict=True):
            assert np.allclose(a, b, atol=0.02)
    graph = exported(reader.folder, tmp_path, int8=False)
    whole = graph.read_bytes()
    graph.write_bytes(whole[:1000])
    assert exported(reader.folder, tmp_path, int8=False).read_bytes()[:1000] == whole[:1000]
    assert graph.stat().st_size == len(whole)  # the damaged one was made again
