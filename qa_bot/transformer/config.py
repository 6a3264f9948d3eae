"""What a folder says of its model: whether it is computed here, and in which shapes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open

KINDS = ("bert", "mpnet")
WEIGHTS = "model.safetensors"
HEAD = "qa_outputs"  # the linear layer that scores each token as an answer's first and last


@dataclass(frozen=True)
class Config:
    """Shapes of an encoder.

    Attributes:
        kind: "bert" or "mpnet".
        hidden, heads, layers: size of a token's vector, attention heads, number of layers.
        epsilon: of the layer norms.
        first_position: of a text's first token; MPNet counts on from its padding.
        positions: the longest input, in tokens.
    """

    kind: str
    hidden: int
    heads: int
    layers: int
    epsilon: float
    first_position: int
    positions: int


def read_config(folder: Path) -> Config | None:
    """The configuration of the model in a folder; None for one that is not computed here."""
    try:
        shape: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind = str(shape["model_type"])
        if kind not in KINDS or shape.get("hidden_act") != "gelu":
            return None
        if shape.get("is_decoder") or shape.get("add_cross_attention"):
            return None
        if shape.get("position_embedding_type", "absolute") != "absolute":
            return None
        first = 2 if kind == "mpnet" else 0
        return Config(
            kind,
            int(shape["hidden_size"]),
            int(shape["num_attention_heads"]),
            int(shape["num_hidden_layers"]),
            float(shape["layer_norm_eps"]),
            first,
            int(shape["max_position_embeddings"]) - first,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # the library says what is wrong with it


def is_known(folder: Path, head: bool = False) -> bool:
    """Whether the model in a folder can be computed here, with its answer head if asked for."""
    if read_config(folder) is None or not (folder / WEIGHTS).is_file():
        return False
    try:
        with safe_open(folder / WEIGHTS, "np") as tensors:
            names = set(tensors.keys())
    except Exception:  # safetensors raises its own; the library says what is wrong with the file
        return False
    return not head or {f"{HEAD}.weight", f"{HEAD}.bias"} <= names
