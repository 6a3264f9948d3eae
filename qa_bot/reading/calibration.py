"""How sure the bot may be of a span: a probability from reader and retriever features."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_bot.schema import Hit, Span

# Without a fitted file: a span-minus-null score of 0 logits counts as even odds, and 4 logits as a
# factor of e. Extractive readers are over-sure; most of their scores lie within ±15.
DEFAULT_SCALE = 4.0


@dataclass(frozen=True)
class Calibration:
    """Turns spans into probabilities."""

    @classmethod
    def load(cls, folder: Path) -> Calibration:
        return cls()

    def confidence(self, spans: Sequence[Span], hits: Sequence[Hit]) -> list[float]:
        """One probability (0..1) per span."""
        return [1.0 / (1.0 + math.exp(-max(-60.0, s.score) / DEFAULT_SCALE)) for s in spans]
