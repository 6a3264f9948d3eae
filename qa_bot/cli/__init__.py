"""The ``qa-bot`` command."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from qa_bot.errors import QABotError
from qa_bot.version import __version__

# Command → its module, which has add_arguments(parser) and run(args) -> exit code. Modules are
# imported only for the command at hand: `qa-bot --help` must not load torch.
COMMANDS = {
    "index": ("qa_bot.cli.index", "build or update the search index from the corpus folder"),
    "catalogue": ("qa_bot.cli.catalogue", "a draft of who spoke and when, to be edited"),
    "ask": ("qa_bot.cli.ask", "ask one question, or many at a prompt"),
    "search": ("qa_bot.cli.search", "find passages without reading an answer out of them"),
    "serve": ("qa_bot.cli.serve", "open the chat page on this machine"),
    "keys": ("qa_bot.cli.keys", "API keys: add, list, revoke"),
    "users": ("qa_bot.cli.users", "people who sign in by name and password: add, list, remove"),
    "evaluate": ("qa_bot.cli.evaluate", "measure accuracy and speed on a test set"),
    "feedback": ("qa_bot.cli.feedback", "questions asked in vain: list, keep, drop"),
    "train": ("qa_bot_training.command", "train the reader from the recipe"),
    "settings": ("qa_bot.cli.settings", "every setting, what it means and what it is here"),
    "doctor": ("qa_bot.cli.doctor", "check the installation and say what is wrong"),
}

# Package → the extra that brings it: what only some commands need is not installed by default.
EXTRAS = (
    dict.fromkeys(
        (
            "fastapi",
            "gradio",
            "itsdangerous",
            "jinja2",
            "markupsafe",
            "prometheus_client",
            "starlette",
            "uvicorn",
        ),
        "web",
    )
    | dict.fromkeys(("argon2", "authlib", "httpx2", "joserfc"), "auth")
    | {"mcp": "mcp", "onnx": "onnx", "onnxruntime": "onnx", "qa_bot_training": "train"}
)

EPILOG = """\
examples:
  qa-bot index                                   build the index from corpus/
  qa-bot ask "Where was the dialogue held?"      one question
  qa-bot serve                                   the chat page
  qa-bot COMMAND --help                          more about a command

exit codes:
  0 done, 1 no answer in the speeches, 2 bad input or setting, 3 corpus, 4 index, 5 model,
  6 no such document, 7 test set, 8 quality gate, 9 anything else, 130 interrupted

Settings come from flags, QA_BOT_* variables and qa_bot.toml, strongest first.
"""


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole parser; with ``only``, arguments of that command alone (quick to make)."""
    parser = argparse.ArgumentParser(
        prog="qa-bot",
        description="Ask a collection of speeches; get the exact words that answer.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"qa-bot {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if only is None or only == name:
            importlib.import_module(module).add_arguments(command)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. A user's error never shows a traceback."""
    argv = list(sys.argv[1:] if argv is None else argv)
    named = next((word for word in argv if not word.startswith("-")), None)
    try:
        args = build_parser(only=named if named in COMMANDS else "").parse_args(argv)
        return int(importlib.import_module(COMMANDS[args.command][0]).run(args))
    except QABotError as error:
        print(f"qa-bot: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        print(f"qa-bot: this needs {error.name}, which is not installed.", file=sys.stderr)
        print(f'  Run: pip install "qa-bot[{extra}]"', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:  # `qa-bot search … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
