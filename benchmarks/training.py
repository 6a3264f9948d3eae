"""How fast a large encoder trains on this machine: whole, with additions, with 8-bit weights.

    python -m qa_bot_training fetch-base runs/mpnet
    python benchmarks/training.py runs/mpnet

They take turns, step by step, on random tokens: batches of 16 windows of 176, about the length of
real ones. What is timed is a whole step: forward, backward, AdamW, in the format that a run here
would train in.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from qa_bot_training.adapters import attach
from qa_bot_training.machine import autocast, describe, load_model, precision

CPU = torch.device("cpu")
ADDITIONS = {"rank": 16, "alpha": 16, "int8": False}
KINDS = {
    "whole": None,
    "additions": ADDITIONS,
    "additions, int8": ADDITIONS | {"int8": True},
}


def stepper(folder: Path, kind: str, rows: int, tokens: int) -> Callable[[], None]:
    """One training step of the kind, over random tokens."""
    model, _ = load_model(folder, dropout=0.0)
    if (adapter := KINDS[kind]) is not None:
        attach(model, **adapter)  # type: ignore[arg-type]
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=1e-5, fused=True)
    ids = torch.randint(1000, 20_000, (rows, tokens))
    mask = torch.ones_like(ids)

    def step() -> None:
        with autocast(CPU):
            output = model(input_ids=ids, attention_mask=mask)
        logits = output.start_logits.float(), output.end_logits.float()
        loss = logits[0].logsumexp(1).mean() + logits[1].logsumexp(1).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    return step


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("encoder", type=Path, help="encoder folder")
    parser.add_argument("--steps", type=int, default=7, help="timed steps of each kind")
    parser.add_argument("--rows", type=int, default=16, help="windows in a batch")
    parser.add_argument("--tokens", type=int, default=176, help="tokens in a window")
    given = parser.parse_args()
    torch.set_flush_denormal(True)
    steps = {kind: stepper(given.encoder, kind, given.rows, given.tokens) for kind in KINDS}
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(given.steps + 1):
        for kind, step in steps.items():
            begun = time.perf_counter()
            step()
            if number:  # the first one compiles
                taken[kind].append(time.perf_counter() - begun)
    print(f"{describe(CPU)}; what is not int8 is {precision(CPU)}")
    print(f"{'':18}{'median step':>12}{'slowest':>9}{'examples/s':>12}{'x whole':>9}")
    whole = statistics.median(taken["whole"])
    for kind, seconds in taken.items():
        middle = statistics.median(seconds)
        print(
            f"{kind:18}{middle:>10.2f} s{max(seconds):>7.2f} s{given.rows / middle:>12.1f}"
            f"{whole / middle:>9.2f}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
