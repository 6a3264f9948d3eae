"""The training loss: cross-entropy of start and end, optionally mixed with a teacher's opinion."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from qa_bot.training.recipe import Distillation


def span_loss(
    output: Any, allowed: torch.Tensor, start: torch.Tensor, end: torch.Tensor
) -> torch.Tensor:
    """Mean of start and end cross-entropy over the allowed places (nats, scalar).

    `output`: a model output with start_logits and end_logits (rows, length); `allowed` bool of the
    same shape; `start`, `end` (rows,) token places. Question and padding places are left out of
    the softmax because no decoder may choose them: nothing need be learnt about them.
    """
    first, last = _masked(output, allowed)
    loss = functional.cross_entropy(first, start) + functional.cross_entropy(last, end)
    return loss / 2


def distilled_loss(
    output: Any,
    teacher_output: Any,
    allowed: torch.Tensor,
    start: torch.Tensor,
    end: torch.Tensor,
    settings: Distillation,
) -> torch.Tensor:
    """Cross-entropy mixed with KL(teacher || student) of both distributions at a temperature."""
    hard = span_loss(output, allowed, start, end)
    t = settings.temperature
    soft = torch.zeros((), device=start.device)
    for mine, taught in zip(
        _masked(output, allowed), _masked(teacher_output, allowed), strict=True
    ):
        soft = soft + functional.kl_div(
            functional.log_softmax(mine / t, dim=1),
            functional.log_softmax(taught / t, dim=1),
            reduction="batchmean",
            log_target=True,
        )
    return (1 - settings.weight) * hard + settings.weight * t * t * soft / 2


def _masked(output: Any, allowed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    # A large finite number instead of -inf: 0 x inf inside the KL term would be nan.
    first = output.start_logits.float().masked_fill(~allowed, -1e4)
    return first, output.end_logits.float().masked_fill(~allowed, -1e4)
