"""Reading the small models that tell what a question asks, each two files beside this one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from qa_bot.errors import ModelError

Model = TypeVar("Model")
HINT = "Install the package again."


def read_weights(
    weights: Path,
    about: Path,
    what: str,
    make: Callable[[Mapping[str, Any], Mapping[str, NDArray[Any]]], Model],
) -> Model:
    """A model made of its description and its tensors, once the checksum is right.

    Args:
        weights: a safetensors file.
        about: JSON with its ``sha256``.
        what: the model tells, for the message.
        make: the model from both.

    Raises:
        ModelError: a file is missing or damaged.
    """
    try:
        described = json.loads(about.read_text(encoding="utf-8"))
        content = weights.read_bytes()
        if hashlib.sha256(content).hexdigest() != described["sha256"]:
            raise ModelError(f"{weights} is damaged: its checksum differs.", HINT)
        return make(described, load(content))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"What tells {what} cannot be read: {error}.", HINT) from None
