"""`python -m qa_bot.training`: train a reader, score a reader."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from qa_bot.errors import QABotError
from qa_bot.training.command import add_arguments, problems_as_errors, run

EXAMPLES = """examples:
  python -m qa_bot.training train --recipe small --data ../shared/data --output runs/small \\
      --init FOLDER                          start, or go on where a killed run stopped
  python -m qa_bot.training train --recipe small --data ../shared/data --output runs/small \\
      --init FOLDER --cooldown 6000          finish from the newest checkpoint now
  python -m qa_bot.training fetch-base runs/mpnet          the encoder of the base recipes
  python -m qa_bot.training train --recipe base_cpu --data ../shared/data --output runs/base \\
      --init runs/mpnet                      its additions, on CPU cores (base: whole, on a GPU)
  python -m qa_bot.training average runs/a/model=0.6 runs/b/model=0.4 --output runs/both
  python -m qa_bot.training score runs/small/model --data ../shared/data --limit 300
"""


def build_parser() -> argparse.ArgumentParser:
    """The command line; every option has its help text here."""
    parser = argparse.ArgumentParser(
        prog="python -m qa_bot.training",
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
    score.add_argument("--window", type=int, default=256, help="tokens in one input")
    score.add_argument("--json", action="store_true", help="print JSON instead of words")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status (0 done, 2 cannot)."""
    arguments = build_parser().parse_args(argv)
    try:
        if arguments.command == "fetch-base":
            from qa_bot.reading.encoders import fetch_base

            print(fetch_base(arguments.folder))
            return 0
        if arguments.command == "average":
            from qa_bot.training.average import average, shares

            print(average(shares(arguments.models), arguments.output))
            return 0
        return run(arguments) if arguments.command == "train" else _score(arguments)
    except QABotError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def _score(arguments: argparse.Namespace) -> int:
    from qa_bot.training.data import find_dataset
    from qa_bot.training.dev_scores import in_words
    from qa_bot.training.machine import check_model, load_model, pick_device
    from qa_bot.training.run import score_file

    with problems_as_errors():
        for name in arguments.files:  # before minutes are spent on the first ones
            find_dataset(arguments.data, name, "dev")
        model, tokenizer = load_model(arguments.model)
        check_model(model, tokenizer, arguments.model, arguments.window)
        model.to(pick_device())
        for name in arguments.files:
            values = score_file(
                model,
                tokenizer,
                arguments.data,
                name,
                arguments.limit,
                arguments.window,
                arguments.skip,
                arguments.reworded,
            )
            print(
                json.dumps({"file": name, **values}, allow_nan=False)
                if arguments.json
                else f"{name}: {in_words(values)}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
