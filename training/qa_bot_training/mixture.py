"""The order of training examples: a pure function of recipe, data and position.

A pass is one shuffled plan over all data sets. It is cut into pools of `pool_batches` batches;
inside a pool, examples are sorted by length, so a batch pads little, and the batches are shuffled.
Nothing is remembered between pools: a resumed run asks for the pool it was in and skips into it.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot_training.data import DataError, Example, find_dataset, load_examples, speech_passages
from qa_bot_training.decontamination import Decontamination, dev_rows
from qa_bot_training.distractors import Distractors
from qa_bot_training.features import TrainingWindow, asking, make_windows, masked, training_window
from qa_bot_training.negatives import JUDGED, KINDS, REWORDED, UNLABELLED, NegativeMaker
from qa_bot_training.objective import UNKNOWN
from qa_bot_training.recipe import Recipe
from qa_bot_training.reworded import reworded

Labelled = tuple[
    TrainingWindow, int, int
]  # window, first and last token of the answer, or UNKNOWN twice


@dataclass(frozen=True, order=True)
class Position:
    """A place in the order: pass, pool within the pass, batches of the pool already taken."""

    passes: int = 0
    pool: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Draw:
    """One planned example: the row of a data set, as it is or made into a negative of `kind`."""

    dataset: int
    row: int
    kind: str = "as it is"


class Mixture:
    """The data sets of a recipe, mixed."""

    def __init__(
        self,
        recipe: Recipe,
        datasets: list[list[Example]],
        speeches: Sequence[str] = (),
        left_out: Sequence[int] = (),
    ) -> None:
        """`datasets` in the order of `recipe.datasets`; `speeches`: passages without questions.

        `left_out`: how many rows of each data set are not in it, because a dev file has them.
        """
        self.recipe = recipe
        self.datasets = datasets
        self.speeches = speeches
        self.left_out = {
            data.name: rows for data, rows in zip(recipe.datasets, left_out, strict=False) if rows
        }
        self.negatives = NegativeMaker(datasets, speeches=speeches)
        self.crowds = [Distractors(rows) for rows in datasets]
        self.pool_size = recipe.batch * recipe.pool_batches
        self._plan: tuple[int, list[Draw]] | None = None

    @classmethod
    def load(cls, recipe: Recipe, folder: Path, tokenizer: Any = None) -> Mixture:
        """Read the recipe's data sets from `folder/train`.

        The speeches of its distillation, if it names any, are cut by `tokenizer`; else none is
        needed.

        Rows whose passage or question also occurs in a dev file, named by the recipe or not, are
        left out, so that dev scores stay honest whatever is put into train/.

        Raises DataError when a file is missing or bad, or nothing of it is left.
        """
        kept_out = Decontamination(
            dev_rows(folder, {*recipe.dev_files, recipe.dev_sample_of} - {""})
        )
        datasets, left_out = [], []
        for data in recipe.datasets:
            path = find_dataset(folder, data.name)
            rows = load_examples(path)
            if data.repeat and not recipe.distillation and not all(row.exact for row in rows):
                why = "marks whole sentences, not the words that answer: it needs a [distillation]"
                raise DataError(f"{path}: {why}")
            datasets.append(kept_out.without(rows))
            left_out.append(len(rows) - len(datasets[-1]))
            if data.repeat and not datasets[-1]:
                why = "the passage or the question of every row is in a dev file, too"
                raise DataError(f"{path}: {why if rows else 'holds no row'}: nothing to train on")
        place = recipe.distillation.speeches if recipe.distillation else ""
        speeches = speech_passages(Path(place), tokenizer) if place else ()
        return cls(recipe, datasets, speeches, left_out)

    def fingerprint(self) -> str:
        """Changes when any row that is trained on changes."""
        digest = hashlib.sha256()
        for rows in self.datasets:
            for row in rows:
                text = f"{row.id}\0{row.question}\0{row.context}\0{row.answers}\0{row.title}\n"
                text += "" if row.exact else "sentences\n"
                digest.update(text.encode())
            digest.update(b"\n")
        for text in self.speeches:
            digest.update(text.encode() + b"\n")
        return digest.hexdigest()[:16]

    def plan(self, passes: int) -> list[Draw]:
        """The draws of one pass, in order."""
        if self._plan is not None and self._plan[0] == passes:
            return self._plan[1]
        rng = self._rng("plan", passes)
        draws: list[Draw] = []
        for d, (data, rows) in enumerate(zip(self.recipe.datasets, self.datasets, strict=True)):
            whole, part = divmod(data.repeat, 1)
            taken = list(range(len(rows))) * int(whole)
            taken += rng.sample(range(len(rows)), round(part * len(rows)))
            for row in taken:
                draws.append(Draw(d, row))
                # No random number for what the recipe does not ask for: a kind that is added later
                # leaves the order of older recipes alone.
                kinds = (*(() if rows[row].is_impossible else KINDS), *JUDGED, REWORDED)
                wanted = [(kind, share) for kind in kinds if (share := getattr(data, kind))]
                draws += [Draw(d, row, kind) for kind, share in wanted if rng.random() < share]
        if not draws:
            raise DataError(f"recipe {self.recipe.name}: its data sets give no example")
        rng.shuffle(draws)
        self._plan = (passes, draws)
        return draws

    def realise(self, draw: Draw, rng: random.Random) -> tuple[Example, str] | None:
        """The example of a draw and the kind it became; None when no negative can be made.

        A reworded one still asks what its row asks: `pool` rewords the windows.
        A row without siblings or swappable names becomes a BM25 negative instead.
        """
        row = self.datasets[draw.dataset][draw.row]
        if draw.kind in JUDGED:
            how = self.negatives.unlabelled if draw.kind == UNLABELLED else self.negatives.altered
            made = how(row, draw.dataset, rng)
            return (made, draw.kind) if made else None
        as_it_is = draw.kind in ("as it is", REWORDED)
        found = (row, draw.kind) if as_it_is else self._negative(draw, row, rng)
        if found is None:
            return None
        example, became = found
        most = self.recipe.datasets[draw.dataset].crowd
        # Another question may be answered by the company: its answers are not known.
        if most and example.question == row.question and row.answers:
            example = self.crowds[draw.dataset].surround(example, row, most, rng)
        if draw.kind == "as it is" and not row.exact:
            became = UNLABELLED
        return example, became

    def _reworded(
        self, chosen: Labelled, example: Example, tokenizer: Any, rng: random.Random
    ) -> Labelled | None:
        """A labelled window under its question in other words; None when there are none."""
        question = reworded(example.question, rng, wider=not example.is_impossible)
        if question is None:
            return None
        window, first, last = chosen
        r = self.recipe
        made = asking(window, question, tokenizer, r.max_question_tokens, r.window)
        if first == window.cls:
            return made, made.cls, made.cls
        moved = made.first - window.first
        return made, first + moved, last + moved

    def _negative(self, draw: Draw, row: Example, rng: random.Random) -> tuple[Example, str] | None:
        for kind in dict.fromkeys((draw.kind, "bm25")):
            made = self.negatives.make(kind, row, draw.dataset, rng)
            if made is not None:
                return made, kind
        return None

    def pool(self, tokenizer: Any, passes: int, pool: int) -> list[list[Labelled]]:
        """The batches of one pool: labelled windows of similar length together."""
        rng = self._rng("pool", passes, pool)
        draws = self.plan(passes)[pool * self.pool_size : (pool + 1) * self.pool_size]
        made = [pair for draw in draws if (pair := self.realise(draw, rng)) is not None]
        r, examples = self.recipe, [example for example, _ in made]
        windows = make_windows(tokenizer, examples, r.window, r.overlap, r.max_question_tokens)
        labelled: list[Labelled] = []
        for (example, kind), own in zip(made, windows, strict=True):
            chosen = training_window(own, example, r.other_window, rng)
            if chosen is not None and kind == REWORDED:
                chosen = self._reworded(chosen, example, tokenizer, rng)
            if chosen is not None:
                known = kind not in JUDGED and (example.exact or not example.answers)
                labelled.append(chosen if known else (chosen[0], UNKNOWN, UNKNOWN))
        if r.mask:
            labelled = [
                (
                    masked(
                        window,
                        r.mask,
                        tokenizer.mask_token_id,
                        (window.cls, window.cls) if first == UNKNOWN else (first, last),
                        rng.getrandbits(64),
                    ),
                    first,
                    last,
                )
                for window, first, last in labelled
            ]
        labelled.sort(key=lambda item: len(item[0].ids))  # stable: equal lengths keep their order
        batches = [labelled[i : i + r.batch] for i in range(0, len(labelled), r.batch)]
        rng.shuffle(batches)
        return batches

    def batches(
        self, tokenizer: Any, start: Position = Position()
    ) -> Iterator[tuple[Position, list[Labelled]]]:
        """Endless (position after this batch, batch), from `start` on."""
        passes, pool, skip = start.passes, start.pool, start.batch
        while True:
            pools = -(-len(self.plan(passes)) // self.pool_size)
            trainable = pool > 0
            while pool < pools:
                for i, batch in enumerate(self.pool(tokenizer, passes, pool)):
                    trainable = True
                    if i >= skip:
                        yield Position(passes, pool, i + 1), batch
                pool, skip = pool + 1, 0
            if not trainable:
                raise DataError(f"recipe {self.recipe.name}: no example fits a window of its size")
            passes, pool = passes + 1, 0

    def counts(self, passes: int = 0) -> dict[str, Counter[str]]:
        """Planned examples of a pass per data set: answerable, unanswerable, and each made kind.

        "reworded" are those with an answer.
        """
        table: dict[str, Counter[str]] = {}
        for draw in self.plan(passes):
            kind, row = draw.kind, self.datasets[draw.dataset][draw.row]
            if kind in ("as it is", REWORDED):
                asked = "answerable" if kind == "as it is" else kind
                known = "unanswerable" if row.is_impossible else asked
                kind = known if row.exact else UNLABELLED
            table.setdefault(self.recipe.datasets[draw.dataset].name, Counter())[kind] += 1
        return table

    def _rng(self, *purpose: object) -> random.Random:
        # Seeding by text goes through SHA-512: the same in every process and Python version.
        return random.Random("/".join(map(str, (self.recipe.seed, *purpose))))
