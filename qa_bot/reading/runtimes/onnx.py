"""ONNX Runtime: the same network as a graph, in fp32; in int8 for the benchmark only.

The graph is exported once into a cache folder and checked there by the checksum of what it came
from; deleting the folder costs one export.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.errors import ModelError, first_line
from qa_bot.reading.checksums import sha256
from qa_bot.settings import cache_folder
from qa_bot.transformer.weights import is_packed, unpack

OPSET = 17
VERSION = "1"  # of this file's export: another number makes the cache start afresh


class OnnxRuntime:
    """Runs a model with ONNX Runtime.

    Args:
        folder: the model's folder (config.json and safetensors).
        threads: model threads; 0 leaves ONNX Runtime's own choice, one per core.
        int8: weights and matrix products in 8 bits, dynamically scaled. No setting of the bot
            asks for it: `benchmarks/reader.py speed` does, to measure its time and how many
            spans come out the same.
        cache: where exported graphs are kept; by default the user's cache folder.

    Raises:
        ModelError: onnxruntime is not installed, or the model cannot be exported.
    """

    def __init__(
        self, folder: str | Path, threads: int = 0, int8: bool = False, cache: Path | None = None
    ) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise ModelError(
                "The runtime 'onnx' needs the package onnxruntime.",
                "Run: pip install onnxruntime onnx, or set the runtime to 'torch'.",
            ) from None
        if not Path(folder).is_dir():
            raise ModelError(
                f"The runtime 'onnx' needs a model folder, and {str(folder)!r} is none.",
                "Set the runtime to 'torch' for a model fetched by its name.",
            )
        graph = exported(Path(folder), cache or cache_folder() / "onnx", int8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Spinning threads starve every other busy process: see runtimes/torch.py.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {node.name for node in self._session.get_inputs()}
        self.name = f"onnx {'int8' if int8 else 'fp32'}"

    def logits(
        self, input_ids: np.ndarray, attention_mask: np.ndarray, token_type_ids: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        given = {
            "input_ids": input_ids,
            "attention_mask": attention_mask,
            "token_type_ids": token_type_ids,
        }
        start, end = self._session.run(
            ["start_logits", "end_logits"], {k: v for k, v in given.items() if k in self._inputs}
        )
        return np.asarray(start, dtype=np.float32), np.asarray(end, dtype=np.float32)


def exported(folder: Path, cache: Path, int8: bool) -> Path:
    """The graph of the model in `folder`, exported into `cache` unless it is there already.

    A graph is written beside its final place and switched in by one rename, with its checksum in
    its name's folder: one half-written by a killed process, or damaged since, is made again.

    Raises:
        ModelError: the export failed.
    """
    key = hashlib.sha256(VERSION.encode())
    for path in sorted([folder / "config.json", *folder.glob("*.safetensors")]):
        key.update(sha256(path).encode())
    place = cache / f"{key.hexdigest()[:24]}-{'int8' if int8 else 'fp32'}"
    graph, checksum = place / "model.onnx", place / "sha256"
    if graph.is_file() and checksum.is_file():
        if checksum.read_text(encoding="utf-8").strip() == sha256(graph):
            return graph
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as working:
            made = Path(working) / "graph"
            made.mkdir()
            readable = unpack(folder, Path(working) / "model") if is_packed(folder) else folder
            _export(readable, made / "model.onnx")
            if int8:
                _quantise(made / "model.onnx")
            (made / "sha256").write_text(sha256(made / "model.onnx"), encoding="utf-8")
            if place.exists():
                place.rename(Path(working) / "old")
            try:
                made.rename(place)
            except OSError:  # another process was faster: its graph is the same
                if not graph.is_file():
                    raise
    except Exception as error:  # torch.onnx and the file system raise many kinds
        raise ModelError(
            f"The reader in {folder} could not be exported to ONNX: {first_line(error)}",
            "Set the runtime to 'torch'.",
        ) from error
    return graph


def _export(folder: Path, target: Path) -> None:
    import torch

    from qa_bot.reading.runtimes.torch import load_model, takes_types

    model = load_model(folder, torch.float32)
    model.config._attn_implementation = "eager"  # a graph of plain matrix products
    names = ["input_ids", "attention_mask"]
    if takes_types(model):
        names.append("token_type_ids")

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: Any) -> tuple[Any, Any]:
            output = self.model(**dict(zip(names, inputs, strict=True)))
            return output.start_logits, output.end_logits

    example = torch.ones((2, 16), dtype=torch.int64)
    axes = {0: "rows", 1: "length"}
    outputs = ["start_logits", "end_logits"]
    with torch.inference_mode():
        torch.onnx.export(
            Logits().eval(),
            (example, example, torch.zeros_like(example))[: len(names)],
            str(target),
            input_names=names,
            output_names=outputs,
            dynamic_axes=dict.fromkeys([*names, *outputs], axes),
            opset_version=OPSET,
            dynamo=False,
        )


def _quantise(graph: Path) -> None:
    """Replace a graph by its dynamically quantised form."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    smaller = graph.with_name("int8.onnx")
    # All 8 bits: on a CPU without VNNI sums of products can overflow, which only 7 would prevent.
    quantize_dynamic(str(graph), str(smaller), weight_type=QuantType.QInt8, per_channel=True)
    smaller.replace(graph)
