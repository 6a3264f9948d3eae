"""Low-rank adapters: a large encoder trained on two CPU cores, its result a file of a few MB.

Each linear layer y = W x + b of the encoder keeps its published weights and gets a trained addition
of low rank, y = W x + b + (alpha / rank) B A x (Hu et al. 2021, "LoRA: Low-rank adaptation of large
language models"). With `int8`, W is multiplied in 8 bits (int8.py); what is trained stays in 32.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from qa_bot.reading.checksums import sha256
from qa_bot_training import base
from qa_bot_training.int8 import Int8Weights, replace_linear
from qa_bot_training.machine import ModelFolderError
from qa_bot_training.recipe import Adapter

HEAD = "qa_outputs"  # the span head is new: trained whole


class AdaptedLinear(nn.Module):
    """A linear layer whose weights stay, plus a trained addition of low rank that starts at zero.

    Example:
        >>> layer = AdaptedLinear(nn.Linear(8, 4), rank=2, alpha=2, int8=False)
        >>> layer(torch.ones(3, 8)).shape
        torch.Size([3, 4])
    """

    def __init__(self, linear: nn.Linear, rank: int, alpha: float, int8: bool) -> None:
        super().__init__()
        outputs, inputs = linear.weight.shape
        self.weight = nn.Parameter(linear.weight.detach().clone(), requires_grad=False)
        bias = torch.zeros(outputs) if linear.bias is None else linear.bias.detach().clone()
        self.bias = nn.Parameter(bias, requires_grad=False)
        # The names that the peft library gives them.
        self.lora_A = nn.Parameter(torch.randn(rank, inputs) * inputs**-0.5)
        self.lora_B = nn.Parameter(torch.zeros(outputs, rank))
        self.scale = alpha / rank
        self.int8 = Int8Weights(self.weight.detach()) if int8 else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(…, inputs) → (…, outputs)."""
        if self.int8 is None:
            added = functional.linear(functional.linear(x, self.lora_A), self.lora_B)
            return functional.linear(x, self.weight, self.bias) + self.scale * added
        # Autocast knows nothing of these products: 8 bits replace its 16.
        with torch.autocast(x.device.type, enabled=False):
            rows = x.float().reshape(-1, x.shape[-1])
            y: torch.Tensor = _Int8Adapted.apply(rows, self.lora_A, self.lora_B, self)  # type: ignore[no-untyped-call]
        return y.view(*x.shape[:-1], -1)


class _Int8Adapted(torch.autograd.Function):
    """One pass for W and its addition, so that neither's output is held or added again."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, a: torch.Tensor, b: torch.Tensor, layer: Any
    ) -> torch.Tensor:
        reduced = x @ a.t()
        ctx.save_for_backward(x, reduced, a, b)
        ctx.layer = layer
        y: torch.Tensor = layer.int8.onwards(x, layer.bias)
        return y.addmm_(reduced, b.t(), alpha=layer.scale)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:  # type: ignore[override]
        x, reduced, a, b = ctx.saved_tensors
        layer, of_x = ctx.layer, None
        gradient = gradient.contiguous()
        back = (gradient @ b).mul_(layer.scale)
        if ctx.needs_input_grad[0]:
            of_x = layer.int8.backwards(gradient, layer.weight).addmm_(back, a)
        return of_x, back.t() @ x, (gradient.t() @ reduced).mul_(layer.scale), None


def attach(model: Any, rank: int, alpha: float, int8: bool) -> int:
    """Put an addition to every linear layer of the encoder; freeze all but those and the head.

    Returns how many numbers are trained. `int8` is for CPUs.
    """
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    replace_linear(model, HEAD, lambda linear: AdaptedLinear(linear, rank, alpha, int8))
    for parameter in model.get_submodule(HEAD).parameters():
        parameter.requires_grad_(True)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def take_up(model: nn.Module, folder: Path, settings: Adapter, encoder: Path) -> None:
    """Let the additions of an adapted `model` begin as those that an earlier run left in `folder`.

    Raises:
        ModelError: the files of `folder` are missing or damaged.
        ModelFolderError: they are of another rank or alpha, or belong to another encoder.
    """
    about = base.read_about(folder)
    if (about["rank"], about["alpha"]) != (settings.rank, settings.alpha):
        raise ModelFolderError(
            f"{folder}: additions of rank {about['rank']} and alpha {about['alpha']:g}, while the "
            f"recipe's have rank {settings.rank} and alpha {settings.alpha:g}"
        )
    if any(sha256(encoder / name) != about["encoder"][name] for name in base.TAKEN):
        raise ModelFolderError(f"{folder}: additions to another encoder than {encoder}")
    held = load_file(folder / base.WEIGHTS)
    wanted = {name for name, p in model.named_parameters() if p.requires_grad}
    if held.keys() != wanted:
        raise ModelFolderError(f"{folder}: additions to other layers than {encoder} has")
    model.load_state_dict(held, strict=False)


def trained(model: nn.Module) -> dict[str, torch.Tensor]:
    """The additions and the head by name: all that a run changes."""
    return {name: p.detach().cpu() for name, p in model.named_parameters() if p.requires_grad}
