"""The training loss: cross-entropy of start and end, optionally mixed with a teacher's opinion."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from qa_bot_training.recipe import Distillation

UNKNOWN = -100  # the place of an answer that nobody has marked


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
    """Cross-entropy mixed with KL(teacher || student) of both distributions at a temperature.

    A row whose `start` is UNKNOWN has the second term alone, at its full weight. Mean over rows.
    """
    t, known = settings.temperature, start != UNKNOWN
    mine, taught = _masked(output, allowed), _masked(teacher_output, allowed)
    hard = torch.zeros(len(start), device=start.device)
    soft = torch.zeros_like(hard)
    for own, wanted, place in zip(mine, taught, (start, end), strict=True):
        hard = hard + functional.cross_entropy(own, place, ignore_index=UNKNOWN, reduction="none")
        soft = soft + functional.kl_div(
            functional.log_softmax(own / t, dim=1),
            functional.log_softmax(wanted / t, dim=1),
            reduction="none",
            log_target=True,
        ).sum(dim=1)
    weight = torch.where(known, settings.weight, 1.0)
    return ((1 - weight) * hard + weight * t * t * soft).mean() / 2


def _masked(output: Any, allowed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    # A large finite number instead of -inf: 0 x inf inside the KL term would be nan.
    first = output.start_logits.float().masked_fill(~allowed, -1e4)
    return first, output.end_logits.float().masked_fill(~allowed, -1e4)
