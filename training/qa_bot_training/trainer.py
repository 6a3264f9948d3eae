"""The training loop: a stable phase that can go on for ever, and a cool-down that finishes it.

Layout of an output folder:
    log.jsonl                          every event
    checkpoints/examples-…             the stable phase, newest few
    cooldown-from-E-over-N/            a cool-down that started at the checkpoint of E examples
    model/                             the exported reader of the last finished cool-down
"""

from __future__ import annotations

import math
import signal
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

import torch

from qa_bot_training import checkpoint as store
from qa_bot_training.adapters import attach, take_up
from qa_bot_training.base import TAKEN
from qa_bot_training.checkpoint import CheckpointError, Progress
from qa_bot_training.data import DataError, Example, find_dataset, load_examples
from qa_bot_training.dev_scores import check_exact, fixed_sample, in_words, score_model
from qa_bot_training.features import to_tensors
from qa_bot_training.identity import differences, identity
from qa_bot_training.journal import Journal, duration
from qa_bot_training.machine import (
    ModelFolderError,
    autocast,
    check_model,
    describe,
    load_model,
    pick_device,
)
from qa_bot_training.mixture import Labelled, Mixture
from qa_bot_training.objective import distilled_loss, span_loss
from qa_bot_training.recipe import Recipe, RecipeError
from qa_bot_training.schedule import Schedule
from qa_bot_training.states import Readout
from qa_bot_training.teacher import Teacher

STABLE = "checkpoints"


def cooldown_folder(begun: int, over: int) -> str:
    """The folder of the cool-down from `begun` examples over so many."""
    return f"cooldown-from-{begun}-over-{over}"


class Stopped(Exception):
    """SIGTERM or SIGINT came; a checkpoint has been written. `signal` is its number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by signal {number}")
        self.signal = number


class DivergedError(RuntimeError):
    """The loss is no number any more; the checkpoints are from before."""


class Trainer:
    """One run: its recipe, data, model, optimiser and output folder."""

    def __init__(
        self,
        recipe: Recipe,
        data: Path,
        output: Path,
        init: str | None = None,
        device: torch.device | None = None,
    ) -> None:
        """Load everything. `init` (a folder) replaces the recipe's own.

        Raises DataError, ModelFolderError, RecipeError; by then only the folder has been written.
        What would only be missed at the end, after hours, is looked for here.
        """
        self.recipe, self.data, self.output = recipe, data, output
        self.init = init or recipe.init
        self.device = device or pick_device()
        torch.manual_seed(recipe.seed)  # a plain encoder's new span head is drawn from this
        self.model, self.tokenizer = load_model(self.init, recipe.dropout)
        check_model(self.model, self.tokenizer, self.init, recipe.window)
        if recipe.mask and self.tokenizer.mask_token_id is None:
            raise RecipeError(f"recipe {recipe.name}: mask needs a tokenizer with a mask token")
        self._dev_sample: list[Example] = []
        if recipe.dev_every:
            rows = load_examples(find_dataset(data, recipe.dev_sample_of, "dev"))
            check_exact(rows)
            self._dev_sample = fixed_sample(rows, recipe.dev_sample)
        if recipe.adapter:
            for name in TAKEN:
                if not (Path(self.init) / name).is_file():
                    raise ModelFolderError(
                        f"{self.init}: additions are merged into {name}, which is missing there"
                    )
            int8 = recipe.adapter.int8 and self.device.type == "cpu"
            attach(self.model, recipe.adapter.rank, recipe.adapter.alpha, int8)
            if recipe.adapter.start:
                take_up(self.model, Path(recipe.adapter.start), recipe.adapter, Path(self.init))
        self.model.to(self.device).train()
        self.journal = Journal(output / "log.jsonl")
        self.teacher: Teacher | None = None
        if recipe.distillation:
            self.teacher = Teacher(recipe.distillation, self.tokenizer, self.device)
        # What is trained: the model, and beside it what helps to train it.
        self.learning: torch.nn.Module = self.model
        self.readout: Readout | None = None
        if self.teacher and self.teacher.tells_states:
            widths = self.model.config.hidden_size, self.teacher.model.config.hidden_size
            self.readout = Readout(*widths).to(self.device)
            self.learning = torch.nn.ModuleDict({"model": self.model, "readout": self.readout})
        self.mixture = Mixture.load(recipe, data, self.tokenizer)
        self.identity = identity(self.mixture, self.init)
        self.progress = Progress(identity=self.identity)
        self.optimiser = self._new_optimiser()
        self._stop = 0  # the signal that came
        self.cooled: tuple[int, int] | None = None  # the cool-down's first example, and its length

    # -- phases -----------------------------------------------------------------------------------

    def stable(self, examples: int, then: int = 0) -> None:
        """Warm-up and stable phase until `examples` are seen; resumes from the newest checkpoint.

        `then`: how many of a cool-down will follow, for the time left that is told.

        Raises:
            Stopped: after SIGTERM or SIGINT; a checkpoint is written.
            CheckpointError: the output folder belongs to another recipe, other data or another
                model, or another process trains there.
            DivergedError: the loss is no number any more.
        """
        schedule = Schedule(self.recipe.learning_rate, self.recipe.warmup_examples)
        folder = self.output / STABLE
        with store.alone(self.output):
            if held := store.checkpoints(folder):
                self._resume(held[-1])
            else:
                machine = describe(self.device)
                self.journal.note("started", f"started on {machine}", machine=machine)
                self._tell_what_is_missing()
            self._run(schedule, examples, folder, then)

    def cooldown(self, over: int) -> None:
        """Learning rate to zero over `over` examples from the newest stable checkpoint.

        The stable checkpoints stay as they are, so the stable phase can go on afterwards. A
        cool-down that was killed resumes. Raises like `stable`.
        """
        with store.alone(self.output):
            held = store.checkpoints(self.output / STABLE)
            if not held:
                raise CheckpointError(f"{self.output}: no checkpoint to cool down from")
            begun = store.read_progress(held[-1]).examples
            folder = self.output / cooldown_folder(begun, over)
            own = store.checkpoints(folder)
            self._resume(own[-1] if own else held[-1])
            self.cooled = begun, over
            schedule = Schedule(self.recipe.learning_rate, self.recipe.warmup_examples, begun, over)
            self._run(schedule, begun + over, folder)

    # -- the loop ---------------------------------------------------------------------------------

    def _run(self, schedule: Schedule, until: int, folder: Path, then: int = 0) -> None:
        r, p = self.recipe, self.progress
        self._stop = 0
        previous = [(s, signal.signal(s, self._on_signal)) for s in (signal.SIGTERM, signal.SIGINT)]
        losses: list[float] = []
        logged = seen = p.examples
        clock = mark = time.monotonic()  # start of the phase, moment of the last log line
        spent = p.seconds
        next_save = (seen // r.checkpoint_every + 1) * r.checkpoint_every
        next_dev = (seen // r.dev_every + 1) * r.dev_every if r.dev_every else None
        # Weights near zero make denormal numbers, which CPUs multiply a hundred times slower.
        torch.set_flush_denormal(True)
        try:
            if seen >= until:
                return
            for position, batch in self.mixture.batches(self.tokenizer, p.position):
                if seen == p.examples:
                    mark = time.monotonic()  # putting the first batch together is no speed
                losses.append(self._step(batch, schedule.rate(seen), self.progress.steps))
                seen += len(batch)
                now = time.monotonic()
                self.progress = Progress(
                    self.progress.steps + 1, seen, position, spent + now - clock, self.identity
                )
                if seen - logged >= r.log_every:
                    self._log(schedule, until + then, losses, (seen - logged) / (now - mark))
                    logged, losses, mark = seen, [], now
                if self._stop:
                    self._leave(folder)
                if seen >= until or seen >= next_save:
                    self._save(folder)
                    next_save = (seen // r.checkpoint_every + 1) * r.checkpoint_every
                if next_dev is not None and (seen >= next_dev or seen >= until):
                    paused = time.monotonic()
                    self.score_sample(folder.name)
                    clock += time.monotonic() - paused  # dev scoring is not training time
                    mark += time.monotonic() - paused
                    next_dev = (seen // r.dev_every + 1) * r.dev_every
                    if self._stop:  # a signal came while it scored
                        self._leave(folder)
                if seen >= until:
                    return
        finally:
            torch.set_flush_denormal(False)  # holds for the whole process: others may need them
            for number, handler in previous:
                signal.signal(number, handler)

    def _step(self, batch: list[Labelled], rate: float, step: int) -> float:
        """One optimiser step on a batch; returns its loss."""
        if self.recipe.dropout:
            # A pure function of seed and step, so that a resumed run draws the same dropout.
            torch.manual_seed(self.recipe.seed * 1_000_003 + step)
        windows = [window for window, _, _ in batch]
        inputs, allowed = to_tensors(
            windows, self.tokenizer.pad_token_id, self.tokenizer.model_input_names, self.device
        )
        start = torch.tensor([first for _, first, _ in batch], device=self.device)
        end = torch.tensor([last for _, _, last in batch], device=self.device)
        with autocast(self.device):
            output = self.model(**inputs, output_hidden_states=self.readout is not None)
        if self.teacher is not None and self.recipe.distillation is not None:
            taught = self.teacher(windows, allowed.shape[1])
            loss = distilled_loss(output, taught, allowed, start, end, self.recipe.distillation)
            if self.readout is not None:
                own = output.hidden_states[-1]
                if step == 0:
                    self.readout.begin(own, taught.states, allowed)
                unexplained = self.readout.loss(own, taught.states, allowed)
                loss = loss + self.recipe.distillation.states * unexplained
        else:
            loss = span_loss(output, allowed, start, end)
        told = float(loss.detach())
        if not math.isfinite(told):
            # One more step would put it into every weight, and soon into every checkpoint.
            raise DivergedError(
                f"the loss is {told} after {self.progress.examples:,} examples: begin again with a "
                "lower learning_rate"
            )
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.learning.parameters(), self.recipe.clip)
        self.optimiser.step()
        return told

    # -- helpers ----------------------------------------------------------------------------------

    def _save(self, folder: Path) -> None:
        store.save(
            folder, self.learning, self.optimiser, self.progress, self.recipe.keep_checkpoints
        )

    def _tell_what_is_missing(self) -> None:
        """What a person would else learn at the end: rows not trained on, files not scored."""
        for name, rows in self.mixture.left_out.items():
            line = f"{name}: {rows:,} rows left out, as a dev file has their passage or question"
            self.journal.note("left out", line, dataset=name, rows=rows)
        for name in self.recipe.dev_files:
            try:
                find_dataset(self.data, name, "dev")
            except DataError as problem:
                self.journal.note("missing", f"will not be scored: {problem}", file=name)

    def _leave(self, folder: Path) -> NoReturn:
        """Write a checkpoint, say so, and raise Stopped."""
        self._save(folder)
        seen = self.progress.examples
        self.journal.note(
            "stopped", f"stopped at {seen:,} examples; checkpoint written", examples=seen
        )
        raise Stopped(self._stop)

    def score_sample(self, phase: str) -> dict[str, float]:
        """Score the fixed dev sample and log it, with the folder of the phase it belongs to."""
        r = self.recipe
        scores = score_model(self.model, self.tokenizer, self._dev_sample, r.window, r.window // 2)
        self.journal.note(
            "dev",
            f"dev sample of {r.dev_sample_of}: {in_words(scores)}",
            examples=self.progress.examples,
            phase=phase,
            **scores,
        )
        return scores

    def _log(self, schedule: Schedule, until: int, losses: list[float], speed: float) -> None:
        seen, loss = self.progress.examples, sum(losses) / len(losses)
        rate, left = schedule.rate(seen), (until - seen) / max(speed, 1e-9)
        self.journal.note(
            "train",
            f"{seen:,} of {until:,} examples, loss {loss:.3f}, {speed:.1f} examples/s, "
            f"lr {rate:.2e}, {duration(max(0, left))} left",
            examples=seen,
            loss=round(loss, 4),
            speed=round(speed, 2),
            lr=rate,
            seconds_left=round(left),
        )

    def _resume(self, checkpoint: Path) -> None:
        if other := differences(store.read_progress(checkpoint).identity, self.identity):
            raise CheckpointError(
                f"{checkpoint}: made with another recipe, other data or another --init, so it "
                f"cannot go on here. What differs: {', '.join(other)}. Use a new --output."
            )
        self.progress = store.load(checkpoint, self.learning, self.optimiser)
        machine = describe(self.device)
        self.journal.note(
            "resumed",
            f"resumed from {checkpoint} on {machine}",
            examples=self.progress.examples,
            machine=machine,
        )

    def _new_optimiser(self) -> torch.optim.Optimizer:
        decayed: list[torch.nn.Parameter] = []
        plain: list[torch.nn.Parameter] = []
        for name, parameter in self.learning.named_parameters():
            if not parameter.requires_grad:
                continue
            # Biases and normalisation gains are one number a feature: decay only hurts them.
            (plain if parameter.ndim < 2 or "LayerNorm" in name else decayed).append(parameter)
        groups = [
            {"params": decayed, "weight_decay": self.recipe.weight_decay},
            {"params": plain, "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=self.recipe.learning_rate, fused=True)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop = number  # the loop writes a checkpoint after the step it is in
