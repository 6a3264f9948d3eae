"""The learning rate: warm-up, stable, and a cool-down that can start at any checkpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """Learning rate by examples seen.

    Rises in a straight line to `peak` over `warmup` examples and stays there; with a cool-down it
    falls in a straight line from `peak` at `cooldown_from` to 0 at `cooldown_from +
    cooldown_over`. A stable phase can therefore be continued for as long as one likes, and its
    every checkpoint can be made into a finished model.

    >>> schedule = Schedule(peak=1.0, warmup=100, cooldown_from=1000, cooldown_over=200)
    >>> [schedule.rate(seen) for seen in (0, 50, 100, 1000, 1100, 1200)]
    [0.0, 0.5, 1.0, 1.0, 0.5, 0.0]
    """

    peak: float
    warmup: int = 0
    cooldown_from: int | None = None
    cooldown_over: int = 0

    def rate(self, seen: int) -> float:
        """Learning rate after `seen` examples."""
        rising = min(1.0, seen / self.warmup) if self.warmup else 1.0
        falling = 1.0
        if self.cooldown_from is not None:
            gone = max(0, seen - self.cooldown_from)
            falling = max(0.0, 1.0 - gone / max(1, self.cooldown_over))
        return self.peak * rising * falling
