"""What a runtime is: the part that runs the network, behind one method."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np

Precision = Literal["auto", "fp32", "bf16"]


class Runtime(Protocol):
    """Runs a question-answering network.

    Implementations are safe from many threads.

    Attributes:
        name: what runs it and in which precision, such as ``torch fp32``.
    """

    name: str

    def logits(
        self, input_ids: np.ndarray, attention_mask: np.ndarray, token_type_ids: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Start and end logits, float32 (rows, length), for int64 inputs (rows, length)."""
        ...
