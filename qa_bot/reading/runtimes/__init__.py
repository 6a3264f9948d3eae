"""What runs the network: PyTorch, or ONNX Runtime."""

from __future__ import annotations

from typing import Literal

from qa_bot.errors import ModelError
from qa_bot.reading.runtimes.base import Precision, Runtime

__all__ = ["Precision", "Runtime", "load_runtime"]


def load_runtime(
    source: str,
    name: Literal["auto", "torch", "onnx"],
    *,
    threads: int,
    allow_hub: bool,
    precision: Precision = "auto",
) -> Runtime:
    """The runtime called `name` with the model at `source` (a folder, or a hub name).

    Raises:
        ModelError: the model cannot be loaded, the runtime is not installed, or it does not compute
            in this `precision`.
    """
    if name == "onnx":
        if precision == "bf16":
            raise ModelError(
                "The runtime 'onnx' computes in fp32, and the setting precision asks for bf16.",
                "Set the runtime to 'torch', or leave precision out.",
            )
        from qa_bot.reading.runtimes.onnx import OnnxRuntime

        return OnnxRuntime(source, threads=threads)
    from qa_bot.reading.runtimes.torch import TorchRuntime

    return TorchRuntime(source, threads=threads, allow_hub=allow_hub, precision=precision)
