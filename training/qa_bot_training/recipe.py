"""The recipe: every choice of a training run, read from one TOML file a person can follow."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

RECIPES = Path(__file__).parent / "recipes"


# Numbers of a recipe that make no sense otherwise.
ABOVE_ZERO = (
    *("window", "max_question_tokens", "batch", "learning_rate", "clip", "examples"),
    *("pool_batches", "log_every", "checkpoint_every", "keep_checkpoints"),
)


NAMES = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


class RecipeError(ValueError):
    """A recipe file is missing or says something that cannot be followed."""


@dataclass(frozen=True)
class DataSource:
    """One data set of the mixture.

    A pass takes `repeat` x its rows (0.5: a random half, 2: each twice). For every answerable row
    taken, a made unanswerable example is added with the probabilities `sibling`, `bm25`, `swap`,
    `opposite`, `cut` (negatives.py). For every row, what only a teacher judges is added with the
    probabilities `unlabelled` (its question with another passage) and `altered` (words of its
    question left out or replaced); `reworded` adds it with synonyms in its question, labelled as it
    is. With `crowd` above 0 a passage gets up to so many others of the
    set around it (distractors.py), except under a question that was changed.
    """

    name: str
    licence: str
    repeat: float = 1.0
    sibling: float = 0.0
    bm25: float = 0.0
    swap: float = 0.0
    opposite: float = 0.0
    cut: float = 0.0
    unlabelled: float = 0.0
    altered: float = 0.0
    reworded: float = 0.0
    crowd: int = 0


@dataclass(frozen=True)
class Distillation:
    """Soft targets from a teacher folder that cuts text into the student's word pieces.

    loss = (1 - weight) x cross-entropy + weight x temperature^2 x KL(teacher || student); for an
    unlabelled example the second term alone. `speeches`, a folder, adds its passages to those that
    unlabelled examples are made of. What the teacher said is kept in the folder `kept`, if one is
    named, for the next run. `int8` lets it read in 8 bits: for CPUs. `states` adds so many times
    what the student's last hidden states leave unexplained of the teacher's (states.py).
    """

    teacher: str
    weight: float = 0.5
    temperature: float = 2.0
    speeches: str = ""
    kept: str = ""
    int8: bool = False
    states: float = 0.0


@dataclass(frozen=True)
class Adapter:
    """Train low-rank additions to the encoder's weights, not the weights (adapters.py).

    `int8` multiplies the encoder's own weights in 8 bits: for CPUs, where a large encoder is slow.
    With `start`, a folder of additions that an earlier run left, they begin as those, not at zero.
    """

    rank: int = 16
    alpha: float = 16.0
    int8: bool = False
    start: str = ""


@dataclass(frozen=True)
class Recipe:
    """All settings of a run; counts are in examples (one example is one window), not steps.

    `dropout` is the encoder's, `mask` the share of passage tokens hidden behind the mask token.
    """

    name: str
    description: str
    datasets: tuple[DataSource, ...]
    init: str = ""
    seed: int = 0
    window: int = 256
    overlap: int = 96
    max_question_tokens: int = 64
    other_window: float = 0.15
    dropout: float = 0.0
    mask: float = 0.0
    batch: int = 32
    learning_rate: float = 1e-4
    weight_decay: float = 0.01
    clip: float = 1.0
    examples: int = 60_000
    warmup_examples: int = 500
    cooldown_examples: int = 6_000
    pool_batches: int = 50
    checkpoint_every: int = 1_500
    keep_checkpoints: int = 3
    log_every: int = 320
    dev_sample_of: str = "squad2"
    dev_sample: int = 300
    dev_every: int = 6_000
    dev_files: tuple[str, ...] = ()
    adapter: Adapter | None = None
    distillation: Distillation | None = None

    def check(self) -> None:
        """Raise RecipeError when a number is out of range."""
        if not self.datasets:
            raise RecipeError(f"recipe {self.name}: no [[dataset]]")
        for key in ABOVE_ZERO:
            if getattr(self, key) <= 0:
                raise RecipeError(f"recipe {self.name}: {key} must be above 0")
        for key in ("overlap", "weight_decay", "warmup_examples", "dev_every", "dev_sample"):
            if getattr(self, key) < 0:
                raise RecipeError(f"recipe {self.name}: {key} cannot be below 0")
        if not 0 <= self.cooldown_examples < self.examples:
            raise RecipeError(f"recipe {self.name}: cooldown_examples must be below examples")
        for key in ("mask", "dropout", "other_window"):
            if not 0 <= getattr(self, key) < 1:
                raise RecipeError(f"recipe {self.name}: {key} is a share, from 0 to below 1")
        taught = self.distillation
        if taught and not (0 <= taught.weight <= 1 and taught.temperature > 0):
            raise RecipeError(
                f"recipe {self.name}: [distillation] needs a weight from 0 to 1 and a temperature "
                "above 0"
            )
        if taught and taught.states < 0:
            raise RecipeError(f"recipe {self.name}: states cannot be below 0")
        if taught and taught.states and taught.kept:
            raise RecipeError(
                f"recipe {self.name}: hidden states are too large to be kept; leave out kept or "
                "states"
            )
        if self.adapter and self.adapter.rank < 1:
            raise RecipeError(f"recipe {self.name}: an adapter's rank must be above 0")
        if self.overlap >= self.window - self.max_question_tokens - 8:
            raise RecipeError(f"recipe {self.name}: overlap leaves no room to move the window")
        for data in self.datasets:
            judged = [data.unlabelled, data.altered]
            made = [data.sibling, data.bm25, data.swap, data.opposite, data.cut, data.reworded]
            shares = [*made, *judged]
            if data.repeat < 0 or data.crowd < 0 or not all(0 <= share <= 1 for share in shares):
                raise RecipeError(f"recipe {self.name}: {data.name} has a share out of range")
            if any(judged) and not self.distillation:
                raise RecipeError(
                    f"recipe {self.name}: unlabelled and altered rows need a [distillation]"
                )


def load_recipe(name_or_path: str) -> Recipe:
    """A recipe shipped in `recipes/` by name ("small"), or any TOML file by path.

    Raises RecipeError for a missing file, broken TOML, an unknown key or a number out of range.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = RECIPES / f"{name_or_path}.toml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in RECIPES.glob("*.toml")))
        raise RecipeError(f"no recipe {name_or_path!r}: give a .toml file or one of {known}")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise RecipeError(f"{path}: {problem}") from problem
    table.setdefault("name", path.stem)
    table.setdefault("description", "")
    table["datasets"] = tuple(
        _build(DataSource, row, f"{path}: [[dataset]]") for row in table.pop("dataset", [])
    )
    for key, kind in (("adapter", Adapter), ("distillation", Distillation)):
        if key in table:
            table[key] = _build(kind, table[key], f"{path}: [{key}]")
    files = table.get("dev_files", [])
    if not isinstance(files, list) or not all(isinstance(name, str) for name in files):
        raise RecipeError(f"{path}: dev_files is a list of names, not {files!r}")
    table["dev_files"] = tuple(files)
    recipe: Recipe = _build(Recipe, table, str(path))
    recipe.check()
    return recipe


def as_dict(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain JSON-ready values."""
    return dataclasses.asdict(recipe)


def _build(kind: Any, table: dict[str, Any], where: str) -> Any:
    known = {field.name for field in dataclasses.fields(kind)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise RecipeError(f"{where}: unknown key {', '.join(unknown)}; known: {sorted(known)}")
    hints = get_type_hints(kind)
    for key, value in table.items():
        wanted = hints[key]
        # A whole number does as one with a fraction; True is a whole number to Python alone.
        allowed = (int, float) if wanted is float else (wanted,)
        if wanted in NAMES and type(value) not in allowed:
            raise RecipeError(f"{where}: {key} is {value!r}, where {NAMES[wanted]} belongs")
    try:
        return kind(**table)
    except TypeError as problem:
        raise RecipeError(f"{where}: {problem}") from problem
