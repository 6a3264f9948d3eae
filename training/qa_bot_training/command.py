"""qa-bot train: fine-tune a reader by a recipe."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_bot.errors import QABotError

EPILOG = """\
examples:
  qa-bot train --recipe small --data ../shared/data --output runs/small --init ENCODER_FOLDER
  qa-bot train --recipe small --data ../shared/data --output runs/small --init ENCODER_FOLDER \\
      --cooldown 6000                        finish from the newest checkpoint now
  qa-bot train --recipe small --data ../shared/data --output runs/again --init ENCODER_FOLDER \\
      --until 27389 --cooldown 10000         repeat a run from the numbers in its card

A killed run goes on where it stopped when the same command is given again.
Scores of a model folder:
python -m qa_bot_training score runs/small/model --data ../shared/data
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--recipe", default="small", help="a recipe's name, or a .toml file")
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and dev/")
    parser.add_argument("--output", type=Path, required=True, help="folder of this run")
    parser.add_argument("--init", help="encoder or reader folder to start from")
    parser.add_argument(
        "--examples",
        type=int,
        metavar="N",
        help="examples in all, cool-down included in the recipe's proportion (recipe's otherwise)",
    )
    parser.add_argument(
        "--until",
        type=int,
        metavar="N",
        help="stop the stable phase, with a checkpoint, at the first whole batch that reaches N "
        "examples; with --cooldown, cool down from there",
    )
    parser.add_argument(
        "--cooldown",
        type=int,
        metavar="N",
        help="train no further at full rate: cool down from the newest checkpoint over N examples",
    )
    parser.add_argument(
        "--final-limit",
        type=int,
        default=0,
        metavar="N",
        help="score only N questions of each dev file at the end (0: all)",
    )


class TrainingError(QABotError):
    """The recipe, the data, the model to start from or a checkpoint cannot be used."""

    exit_code = 2


@contextmanager
def problems_as_errors() -> Iterator[None]:
    """What the user can mend becomes a :class:`TrainingError`."""
    from safetensors import SafetensorError

    from qa_bot_training.checkpoint import CheckpointError
    from qa_bot_training.data import DataError
    from qa_bot_training.machine import ModelFolderError
    from qa_bot_training.recipe import RecipeError
    from qa_bot_training.teacher import TeacherError
    from qa_bot_training.trainer import DivergedError

    ours = (DataError, RecipeError, ModelFolderError, CheckpointError, TeacherError, DivergedError)
    try:
        yield
    except ours as problem:
        raise TrainingError(str(problem)) from problem
    except (OSError, SafetensorError) as problem:  # a full disk, a folder that may not be written
        raise TrainingError(
            f"A file cannot be read or written: {problem}.",
            "Once that is mended, the same command goes on from the newest checkpoint.",
        ) from problem


def run(args: argparse.Namespace) -> int:
    """Train; 0 when done, 128 plus the signal's number when stopped by one."""
    with problems_as_errors():
        return _train(args)


def _train(arguments: argparse.Namespace) -> int:
    from qa_bot_training.checkpoint import CheckpointError
    from qa_bot_training.recipe import RecipeError, load_recipe
    from qa_bot_training.run import finish
    from qa_bot_training.trainer import Stopped, Trainer

    recipe = load_recipe(arguments.recipe)
    if arguments.until is not None and (arguments.until <= 0 or arguments.examples is not None):
        raise RecipeError("--until needs a number above 0, and no --examples beside it")
    if arguments.examples is not None and arguments.cooldown is not None:
        raise RecipeError("--cooldown begins at the newest checkpoint: give no --examples")
    for name in ("examples", "cooldown"):
        if getattr(arguments, name) is not None and getattr(arguments, name) <= 0:
            raise RecipeError(f"--{name} needs a number above 0")
    if not (arguments.init or recipe.init):
        raise RecipeError("give --init FOLDER: the recipe names no model to start from")
    trainer = Trainer(recipe, arguments.data, arguments.output, arguments.init)
    try:
        cooldown = arguments.cooldown
        until = arguments.until
        if cooldown is None and until is None:
            total = arguments.examples or recipe.examples
            cooldown = recipe.cooldown_examples * total // recipe.examples
            until = total - cooldown
        if until is not None:
            trainer.stable(until, cooldown or 0)
            if trainer.progress.examples >= until + recipe.batch:
                raise CheckpointError(
                    f"{arguments.output}: has seen {trainer.progress.examples:,} examples at full "
                    f"rate, more than {until:,}; use a new --output, or --cooldown to finish this"
                )
            if not cooldown and arguments.until is not None:
                return 0
        if cooldown:
            trainer.cooldown(cooldown)
    except Stopped as stopped:
        return 128 + stopped.signal
    finish(trainer, arguments.final_limit)
    return 0
