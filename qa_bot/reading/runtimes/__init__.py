"""What runs the network: PyTorch, or ONNX Runtime."""

from __future__ import annotations

from typing import Literal

from qa_bot.reading.runtimes.base import Runtime

__all__ = ["Runtime", "load_runtime"]


def load_runtime(
    source: str, name: Literal["auto", "torch", "onnx"], *, threads: int, allow_hub: bool
) -> Runtime:
    """The runtime called `name` with the model at `source` (a folder, or a hub name).

    Raises:
        ModelError: the model cannot be loaded or the runtime is not installed.
    """
    if name == "onnx":
        from qa_bot.reading.runtimes.onnx import OnnxRuntime

        return OnnxRuntime(source, threads=threads)
    from qa_bot.reading.runtimes.torch import TorchRuntime

    return TorchRuntime(source, threads=threads, allow_hub=allow_hub)
