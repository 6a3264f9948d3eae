"""What runs the network: PyTorch, or ONNX Runtime on machines without a fast one."""

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
    from qa_bot.reading.runtimes.torch import TorchRuntime

    return TorchRuntime(source, threads=threads, allow_hub=allow_hub)
