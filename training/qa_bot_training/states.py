"""A teacher's last hidden states as targets: of every word, not only where an answer begins."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class Readout(nn.Module):
    """A linear map from a student's hidden states to its teacher's, trained beside the student.

    The student keeps its own width (Romero et al. 2015, "FitNets"; Jiao et al. 2020, "TinyBERT").
    Once the student is trained the map is thrown away.

    Example:
        >>> own = torch.randn(1, 400, 3)
        >>> wanted = own @ torch.randn(3, 2) + 5.0
        >>> map, allowed = Readout(3, 2), torch.ones(1, 400, dtype=torch.bool)
        >>> map.begin(own, wanted, allowed)
        >>> float(map.loss(own, wanted, allowed)) < 0.01
        True
    """

    def __init__(self, own_width: int, wanted_width: int) -> None:
        super().__init__()
        self.map = nn.Linear(own_width, wanted_width)

    def loss(self, own: torch.Tensor, wanted: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
        """The share of the variance of `wanted` that a look at `own` leaves unexplained (scalar).

        `own` (rows, length, width), `wanted` (rows, length, its width), `allowed` (rows, length)
        bool: the places that count. Every feature of `wanted` is brought to mean 0 and variance 1
        over them first: in some encoders a few features are a hundred times as large as the others.
        """
        return functional.mse_loss(self.map(own[allowed].float()), _standard(wanted[allowed]))

    @torch.no_grad()
    def begin(self, own: torch.Tensor, wanted: torch.Tensor, allowed: torch.Tensor) -> None:
        """Set the map to the best one for these places, so that its first errors are no noise.

        Ridge regression, in 64 bits; `own` counts as three per cent noise.
        """
        x, y = own[allowed].double(), _standard(wanted[allowed]).double()
        middle = x.mean(dim=0)
        x = x - middle
        squares = x.T @ x
        ridge = 0.03 * squares.diagonal().mean() * torch.eye(len(squares), device=x.device)
        weights = torch.linalg.solve(squares + ridge, x.T @ y).T
        self.map.weight.copy_(weights)
        self.map.bias.copy_(y.mean(dim=0) - weights @ middle)


def _standard(states: torch.Tensor) -> torch.Tensor:
    states = states.float()
    return (states - states.mean(dim=0)) / states.std(dim=0, unbiased=False).clamp_min(1e-6)
