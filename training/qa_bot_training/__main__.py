"""`python -m qa_bot_training`: train a reader, score a reader."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qa_bot.errors import QABotError, SettingsError
from qa_bot.reading import load_reader
from qa_bot.settings import load_settings
from qa_bot_training.command import add_arguments, problems_as_errors, run
from qa_bot_training.encoders import fetch_base

if TYPE_CHECKING:
    from qa_bot_training.data import Example

EXAMPLES = """examples:
  python -m qa_bot_training train --recipe small --data ../shared/data --output runs/small \\
      --init FOLDER                          start, or go on where a killed run stopped
  python -m qa_bot_training train --recipe small --data ../shared/data --output runs/small \\
      --init FOLDER --cooldown 6000          finish from the newest checkpoint now
  python -m qa_bot_training fetch-base runs/mpnet          the encoder of the base recipes
  python -m qa_bot_training train --recipe base_cpu --data ../shared/data --output runs/base \\
      --init runs/mpnet                      its additions, on CPU cores (base: whole, on a GPU)
  python -m qa_bot_training average runs/a/model=0.6 runs/b/model=0.4 --output runs/both
  python -m qa_bot_training score runs/small/model --data ../shared/data --limit 300
"""


def build_parser() -> argparse.ArgumentParser:
    """The command line; every option has its help text here."""
    parser = argparse.ArgumentParser(
        prog="python -m qa_bot_training",
        description="Fine-tune an extractive reader, or score one on dev files.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser(
        "train",
        help="train by a recipe; resumes by itself when the output folder holds a checkpoint",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(train)
    fetch = commands.add_parser(
        "fetch-base", help="put the base recipe's encoder, all-mpnet-base-v2, into a folder"
    )
    fetch.add_argument("folder", type=Path)
    mix = commands.add_parser("average", help="the average of trained readers as one reader")
    mix.add_argument("models", nargs="+", metavar="FOLDER[=SHARE]")
    mix.add_argument("--output", type=Path, required=True, metavar="FOLDER")
    score = commands.add_parser(
        "score",
        help="EM and F1 of a model folder",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    score.add_argument("model", type=Path, help="model folder")
    score.add_argument("--data", type=Path, required=True, help="folder with dev/")
    score.add_argument(
        "--files",
        nargs="+",
        default=["squad2", "squadshifts_newwiki", "fairytaleqa", "squad_addsent"],
        help="dev files by name (default: %(default)s)",
    )
    score.add_argument("--limit", type=int, default=0, help="a fixed sample of so many questions")
    score.add_argument(
        "--skip",
        type=int,
        default=0,
        metavar="N",
        help="leave out the fixed sample of N questions, on which something was chosen",
    )
    score.add_argument(
        "--reworded",
        action="store_true",
        help="with synonyms in the questions; those without a word to replace are left out",
    )
    score.add_argument(
        "--as-read",
        action="store_true",
        help="with the bot's own decoder and windows, instead of the plain best span",
    )
    score.add_argument("--window", type=int, help="tokens in one input (256)")
    score.add_argument("--json", action="store_true", help="print JSON instead of words")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status (0 done, 2 cannot)."""
    arguments = build_parser().parse_args(argv)
    try:
        if arguments.command == "fetch-base":
            print(fetch_base(arguments.folder))
            return 0
        if arguments.command == "average":
            from qa_bot_training.average import average, shares

            print(average(shares(arguments.models), arguments.output))
            return 0
        return run(arguments) if arguments.command == "train" else _score(arguments)
    except QABotError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def _score(arguments: argparse.Namespace) -> int:
    from qa_bot_training.data import find_dataset
    from qa_bot_training.dev_scores import in_words
    from qa_bot_training.run import rows_to_score

    with problems_as_errors():
        for name in arguments.files:  # before minutes are spent on the first ones
            find_dataset(arguments.data, name, "dev")
        score = _scorer(arguments)
        for name in arguments.files:
            rows = rows_to_score(
                arguments.data, name, arguments.limit, arguments.skip, arguments.reworded
            )
            values = score(rows)
            print(
                json.dumps({"file": name, **values}, allow_nan=False)
                if arguments.json
                else f"{name}: {in_words(values)}",
                flush=True,
            )
    return 0


def _scorer(arguments: argparse.Namespace) -> Callable[[Sequence[Example]], dict[str, float]]:
    """What scores rows: the bot's reader, or the model's plain best span."""
    from qa_bot_training.dev_scores import score_model, score_reader
    from qa_bot_training.machine import check_model, load_model, pick_device

    if arguments.as_read:
        if arguments.window is not None:
            raise SettingsError(
                "The bot chooses its windows itself.", "Give no --window with --as-read."
            )
        folder = str(arguments.model.resolve())  # "small" would be the packaged one
        alone = load_settings(reader=folder, second_reader="", calibration="")
        return partial(score_reader, load_reader(alone))
    window = 256 if arguments.window is None else arguments.window
    model, tokenizer = load_model(arguments.model, trained=True)
    check_model(model, tokenizer, arguments.model, window)
    model.to(pick_device())
    return partial(score_model, model, tokenizer, window=window, overlap=window // 2)


if __name__ == "__main__":
    sys.exit(main())
