"""PyTorch on the CPU: BERT and MPNet by our own forward pass, other models by transformers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.errors import ModelError, first_line
from qa_bot.reading.runtimes.base import Precision
from qa_bot.transformer.config import is_known

# One forward pass at a time already uses every core; two at once, of whichever model, only slow
# each other down.
_one_pass = threading.Lock()

Logits = tuple[np.ndarray, np.ndarray]  # start and end, (rows, length)
Network = Callable[[np.ndarray, np.ndarray, np.ndarray], Logits]

PRECISIONS = {"fp32": "float32", "bf16": "bfloat16"}


class TorchRuntime:
    """Runs a model with PyTorch.

    Args:
        source: a folder, or a hub name when `allow_hub`.
        threads: model threads; 0 leaves torch's own choice, one per core.
        allow_hub: whether the model may be fetched by name.
        precision: the number format; auto is fp32, on every processor.

    Raises:
        ModelError: the model cannot be loaded, or is none for question answering.
    """

    def __init__(
        self,
        source: str | Path,
        threads: int = 0,
        allow_hub: bool = False,
        precision: Precision = "auto",
    ) -> None:
        # Waiting OpenMP threads that spin starve every other busy process (and are starved by it):
        # tens of times slower on a shared machine. Only read before torch is first imported.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        import torch

        if threads:
            torch.set_num_threads(threads)
        precision = "fp32" if precision == "auto" else precision
        self._network = _network(source, PRECISIONS[precision], allow_hub)
        self.name = f"torch {precision}"

    def logits(
        self, input_ids: np.ndarray, attention_mask: np.ndarray, token_type_ids: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        with _one_pass:
            return self._network(input_ids, attention_mask, token_type_ids)


def _network(source: str | Path, dtype: str, allow_hub: bool) -> Network:
    """What computes this model, from arrays (rows, length) to start and end logits.

    Raises:
        ModelError: it cannot be loaded, or its answer head is not among the weights.
    """
    if is_known(Path(source), head=True):
        return _own(Path(source), dtype)
    return _library(load_model(source, dtype, allow_hub))


def _own(folder: Path, dtype: str) -> Network:
    import torch

    from qa_bot.transformer.model import Transformer

    try:
        model = Transformer(folder, getattr(torch, dtype))
    except Exception as error:  # safetensors and torch raise many kinds
        raise ModelError(
            f"The reader {str(folder)!r} cannot be loaded: {first_line(error)}",
            "It must be a question-answering model in the transformers format with safetensors.",
        ) from error

    def network(ids: np.ndarray, mask: np.ndarray, types: np.ndarray) -> Logits:
        lengths = mask.sum(axis=1).tolist()
        rows = [row[:length] for row, length in zip(ids, lengths, strict=True)]
        kinds = [row[:length] for row, length in zip(types, lengths, strict=True)]
        start, end = (np.zeros(ids.shape, dtype=np.float32) for _ in range(2))
        for at, found in enumerate(model.answers(rows, kinds if model.takes_types else None)):
            start[at, : len(found)], end[at, : len(found)] = found.T
        return start, end

    return network


def _library(model: Any) -> Network:
    import torch

    typed = takes_types(model)

    def network(ids: np.ndarray, mask: np.ndarray, types: np.ndarray) -> Logits:
        inputs = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        if typed:
            inputs["token_type_ids"] = torch.from_numpy(types)
        with torch.inference_mode():
            output = model(**inputs)
        return output.start_logits.float().numpy(), output.end_logits.float().numpy()

    return network


def load_model(source: str | Path, dtype: Any, allow_hub: bool = False) -> Any:
    """The model in evaluation mode: safetensors only, no code from the model's folder.

    Raises:
        ModelError: it cannot be loaded, or its answer head is not among the weights.
    """
    from transformers import AutoModelForQuestionAnswering
    from transformers.utils import logging

    bars, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        model, info = AutoModelForQuestionAnswering.from_pretrained(
            str(source),
            dtype=dtype,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=not allow_hub,
            output_loading_info=True,
        )
    except Exception as error:  # transformers raises many kinds
        raise ModelError(
            f"The reader {str(source)!r} cannot be loaded: {first_line(error)}",
            "It must be a question-answering model in the transformers format with safetensors.",
        ) from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
    if info["missing_keys"]:
        raise ModelError(
            f"The model {str(source)!r} is not trained for question answering: its weights lack "
            f"{', '.join(sorted(info['missing_keys'])[:3])}.",
            "Choose a model fine-tuned for extractive question answering (SQuAD), or train one.",
        )
    return model.eval()


def takes_types(model: Any) -> bool:
    """Whether the model's forward pass has token type ids among its inputs."""
    return "token_type_ids" in signature(model.forward).parameters


def multiplies_bfloat16() -> bool:
    """Whether this processor has AMX tiles: there bf16 takes a third of fp32's time.

    What the processor is, never a measurement, so that it is the same after every start.
    AVX512_BF16 alone does not count: it takes from half to nearly twice fp32's time.
    """
    import torch

    # A private name of torch: absent in some versions, so ask for it carefully.
    try:
        return bool(getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)())
    except RuntimeError:
        return False
