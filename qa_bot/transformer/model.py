"""The encoder: texts as token ids in, one vector a token out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor
from torch.nn import functional as F

from qa_bot.transformer.config import HEAD, WEIGHTS, Config, read_config

PACKED = 1024  # tokens computed together: more do not fit the processor's cache

# Names of a layer's linear parts in the files, by kind of model.
_ATTENTION = {
    "bert": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "mpnet": ("attention.attn.q", "attention.attn.k", "attention.attn.v"),
}
_AFTER = {
    "bert": ("attention.output.dense", "attention.output.LayerNorm"),
    "mpnet": ("attention.attn.o", "attention.LayerNorm"),
}
Pair = tuple[Tensor, Tensor]  # weight and bias


@dataclass(frozen=True)
class _Layer:
    """Weights of one layer; query, key and value are one matrix."""

    attention: Pair
    out: Pair
    out_norm: Pair
    inner: Pair
    outer: Pair
    outer_norm: Pair


class Transformer:
    """A BERT or MPNet encoder in evaluation mode. Safe to use from many threads.

    Texts are laid end to end and computed without padding: a token's vector depends on its own
    text only.

    Args:
        folder: of a transformers model with safetensors (see `config.is_known`).
        dtype: what to compute in.

    Raises:
        KeyError, ValueError: the weights are not those of such a model.

    Example:
        >>> encoder = Transformer(folder)                              # doctest: +SKIP
        >>> [states.shape for states in encoder.states([[101, 2054, 102]])]   # doctest: +SKIP
        [torch.Size([3, 384])]
    """

    def __init__(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        config = read_config(folder)
        if config is None:
            raise ValueError(f"{folder} is no BERT or MPNet encoder")
        self.config: Config = config
        self.dtype = dtype
        with safe_open(folder / WEIGHTS, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        tensors = {
            name.removeprefix(f"{config.kind}."): tensor.to(dtype) if _real(tensor) else tensor
            for name, tensor in tensors.items()
        }
        self._words = tensors["embeddings.word_embeddings.weight"]
        places = tensors["embeddings.position_embeddings.weight"][config.first_position :]
        types = tensors.get("embeddings.token_type_embeddings.weight")
        self._places = places
        self._types = types
        self._norm = _pair(tensors, "embeddings.LayerNorm")
        self._layers = [_layer(tensors, config, number) for number in range(config.layers)]
        self.head = _pair(tensors, HEAD) if f"{HEAD}.weight" in tensors else None
        bias = tensors.get("encoder.relative_attention_bias.weight")
        self._bias = None if bias is None else _relative(bias, config.positions)

    @property
    def takes_types(self) -> bool:
        """Whether the model tells question and passage apart by token types."""
        return self._types is not None

    def states(
        self,
        ids: Sequence[Sequence[int] | NDArray[np.int64]],
        types: Sequence[Sequence[int] | NDArray[np.int64]] | None = None,
    ) -> list[Tensor]:
        """The last layer's vectors of each text, (tokens, hidden), in the order given.

        Args:
            ids: token ids of each text, special tokens included; at most ``config.positions``.
            types: token types of each, 0 when left out.
        """
        found: list[Tensor] = []
        with torch.inference_mode():
            for first, last in _packs([len(line) for line in ids]):
                part = None if types is None else types[first:last]
                found += self._pack(ids[first:last], part)
        return found

    def answers(
        self,
        ids: Sequence[Sequence[int] | NDArray[np.int64]],
        types: Sequence[Sequence[int] | NDArray[np.int64]] | None = None,
    ) -> list[NDArray[np.float32]]:
        """The answer head's start and end logits of each text's tokens, (tokens, 2).

        Raises:
            ValueError: the model has no answer head.
        """
        if self.head is None:
            raise ValueError("the model is not trained for question answering")
        with torch.inference_mode():
            return [F.linear(x, *self.head).float().numpy() for x in self.states(ids, types)]

    def _pack(
        self,
        ids: Sequence[Sequence[int] | NDArray[np.int64]],
        types: Sequence[Sequence[int] | NDArray[np.int64]] | None,
    ) -> list[Tensor]:
        lengths = [len(line) for line in ids]
        bounds = list(pairwise(np.cumsum([0, *lengths]).tolist()))
        x = F.embedding(_joined(ids), self._words)
        if self._types is not None:
            x = x + (self._types[0] if types is None else F.embedding(_joined(types), self._types))
        x = x + torch.cat([self._places[:length] for length in lengths])
        x = self._normed(x, self._norm)
        for layer in self._layers:
            x = self._step(layer, x, bounds)
        return [x[first:last] for first, last in bounds]

    def _step(self, layer: _Layer, x: Tensor, bounds: Sequence[tuple[int, int]]) -> Tensor:
        config = self.config
        heads, size = config.heads, config.hidden // config.heads
        mixed = F.linear(x, *layer.attention).view(len(x), 3, heads, size)
        query, key, value = mixed.permute(1, 2, 0, 3)  # each (heads, tokens, size)
        seen = torch.empty(len(x), heads, size, dtype=x.dtype)
        for first, last in bounds:
            own = slice(first, last)
            bias = None if self._bias is None else _between(self._bias, last - first)
            out = F.scaled_dot_product_attention(
                query[None, :, own], key[None, :, own], value[None, :, own], attn_mask=bias
            )
            seen[own] = out[0].transpose(0, 1)
        x = self._normed(x + F.linear(seen.view(len(x), -1), *layer.out), layer.out_norm)
        inner = F.gelu(F.linear(x, *layer.inner))
        return self._normed(x + F.linear(inner, *layer.outer), layer.outer_norm)

    def _normed(self, x: Tensor, pair: Pair) -> Tensor:
        return F.layer_norm(x, (self.config.hidden,), *pair, self.config.epsilon)


def _between(bias: Tensor, length: int) -> Tensor:
    """What MPNet adds to the attention of a text's tokens: (1, heads, length, length).

    Args:
        bias: by distance, as `_relative` gives it: row i of the result begins at distance -i.
    """
    middle = bias.shape[1] // 2
    return bias[:, middle - length + 1 : middle + length].unfold(1, length, 1).flip(1)[None]


def _relative(table: Tensor, positions: int) -> Tensor:
    """MPNet's bias of every distance from -(positions - 1) to positions - 1, (heads, distances).

    The buckets are those of T5 (Raffel et al. 2020, section 2.1), both directions: exact for near
    tokens, logarithmic up to a distance of 128.
    """
    buckets = len(table) // 2
    distance = torch.arange(-(positions - 1), positions)
    far = distance.abs()
    exact = buckets // 2
    log = torch.log(far.float().clamp(min=1) / exact) / math.log(128 / exact) * (buckets - exact)
    near = torch.where(far < exact, far, (exact + log.long()).clamp(max=buckets - 1))
    return table[near + torch.where(distance > 0, buckets, 0)].T.contiguous()


def _packs(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """From and up to which text each run of at most `PACKED` tokens goes; one text at least."""
    packs: list[tuple[int, int]] = []
    first = total = 0
    for number, length in enumerate(lengths):
        if total and total + length > PACKED:
            packs.append((first, number))
            first, total = number, 0
        total += length
    return [*packs, (first, len(lengths))] if lengths else []


def _joined(lines: Sequence[Sequence[int] | NDArray[np.int64]]) -> Tensor:
    return torch.from_numpy(np.concatenate([np.asarray(line, dtype=np.int64) for line in lines]))


def _layer(tensors: Mapping[str, Tensor], config: Config, number: int) -> _Layer:
    at = f"encoder.layer.{number}."
    parts = [_pair(tensors, at + name) for name in _ATTENTION[config.kind]]
    out, norm = _AFTER[config.kind]
    return _Layer(
        (torch.cat([weight for weight, _ in parts]), torch.cat([bias for _, bias in parts])),
        _pair(tensors, at + out),
        _pair(tensors, at + norm),
        _pair(tensors, f"{at}intermediate.dense"),
        _pair(tensors, f"{at}output.dense"),
        _pair(tensors, f"{at}output.LayerNorm"),
    )


def _pair(tensors: Mapping[str, Tensor], name: str) -> Pair:
    return tensors[f"{name}.weight"], tensors[f"{name}.bias"]


def _real(tensor: Tensor) -> bool:
    return tensor.is_floating_point()
