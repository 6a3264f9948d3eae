"""Products with frozen weights in 8 bits, forwards and backwards: for large encoders on CPUs.

Every row of a product has its own scale, so that one large activation does not blur the others
(Wortsman et al. 2023, "Stable and low-precision training for large-scale vision-language models").
On CPUs with VNNI a step of training is twice as fast so (benchmarks/training.py); a relative error
of one per cent stays.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import nn


class Int8Weights:
    """The weights of a linear layer, (outputs, inputs), in 8 bits.

    Example:
        >>> weights = Int8Weights(torch.eye(8))
        >>> weights.onwards(torch.ones(1, 8), torch.zeros(8)).round().tolist()
        [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]
    """

    def __init__(self, weight: torch.Tensor) -> None:
        numbers, factor = to_int8(weight)
        self._onwards = numbers.t(), factor.t()
        self._backwards: tuple[torch.Tensor, torch.Tensor] | None = None

    def onwards(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """x W^T + b: (rows, inputs) → (rows, outputs)."""
        return _product(x, *self._onwards, bias)

    def backwards(self, gradient: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """gradient W: (rows, outputs) → (rows, inputs). `weight` is the W of the constructor."""
        if self._backwards is None:  # another copy, with one scale for each of its own rows
            numbers, factor = to_int8(weight.detach().t())
            self._backwards = numbers.t(), factor.t()
        return _product(gradient, *self._backwards, gradient.new_zeros(1))


class Int8Linear(nn.Module):
    """A linear layer that only reads: no gradient passes it."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        outputs = linear.out_features
        bias = torch.zeros(outputs) if linear.bias is None else linear.bias.detach()
        self._bias = bias
        self._weights = Int8Weights(linear.weight.detach())

    @torch.no_grad()
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(…, inputs) → (…, outputs)."""
        y = self._weights.onwards(x.reshape(-1, x.shape[-1]), self._bias)
        return y.view(*x.shape[:-1], -1)


def quantise(model: nn.Module, keep: str) -> None:
    """Put an `Int8Linear` in the place of every linear layer but the one named `keep`."""
    replace_linear(model, keep, Int8Linear)


def replace_linear(model: nn.Module, keep: str, make: Callable[[nn.Linear], nn.Module]) -> None:
    """Put `make(layer)` in the place of every linear layer but the one named `keep`."""
    layers = [(n, m) for n, m in model.named_modules() if isinstance(m, nn.Linear) and n != keep]
    for name, linear in layers:
        place, _, own = name.rpartition(".")
        setattr(model.get_submodule(place), own, make(linear))


def to_int8(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(whole numbers from -127 to 127, the factor of each row): x ~ numbers * factor."""
    factor = x.abs().amax(1, keepdim=True).clamp_min(1e-20) / 127
    return (x / factor).round().to(torch.int8), factor


def _product(
    x: torch.Tensor, numbers: torch.Tensor, columns: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    small, rows = _fused(to_int8)(x)
    restored: torch.Tensor = _fused(_restore)(torch._int_mm(small, numbers), rows, columns, bias)
    return restored


def _restore(
    product: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    return product * (rows * columns) + bias


@functools.cache
def _fused(function: Callable[..., Any]) -> Callable[..., Any]:
    """One pass over memory in place of five, where the machine can compile it."""
    return torch.compile(function, dynamic=True) if _can_compile() else function


@functools.cache
def _can_compile() -> bool:
    try:  # a compiler alone is not enough: Python's headers may be missing
        torch.compile(to_int8, dynamic=True)(torch.ones(4, 8))
    except Exception:
        return False
    return True
