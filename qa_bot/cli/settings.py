"""qa-bot settings: every setting, what it means and what it is here."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from qa_bot.cli.common import print_json
from qa_bot.settings import Settings, config_file, load_settings

EPILOG = """\
examples:
  qa-bot settings                      all of them; a star marks what is not the default
  qa-bot settings proxy                those with "proxy" in name or meaning
  QA_BOT_TOP_K=9 qa-bot settings top_k
  qa-bot settings --json

A value comes from a command's flag, the environment (QA_BOT_NAME), or qa_bot.toml in the current
folder (or the file named by QA_BOT_CONFIG), strongest first. Lists are JSON in the environment:
QA_BOT_ALLOWED_HOSTS='["intranet.example"]'.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("word", nargs="?", default="", help="only settings that mention this word")
    parser.add_argument("--json", action="store_true", help="print them as JSON")


def run(args: argparse.Namespace) -> int:
    settings = load_settings()
    wanted = args.word.casefold().replace("-", "_")
    shown = []
    for name, field in Settings.model_fields.items():
        meaning = field.description or ""
        if wanted in name or args.word.casefold() in meaning.casefold():
            shown.append(
                {
                    "name": name,
                    "value": plain(getattr(settings, name)),
                    "set": name in settings.model_fields_set,
                    "kind": kind(field),
                    "meaning": meaning,
                }
            )
    if args.json:
        print_json(shown)
        return 0
    file = config_file()
    print(f"settings file: {file.resolve()} ({'read' if file.is_file() else 'not there'})\n")
    for one in shown:
        print(f"{'*' if one['set'] else ' '} {one['name']} = {_shown(one['value'])}")
        print(f"      {one['meaning']}")
    return 0


def plain(value: Any) -> Any:
    """A value as JSON holds it. A secret is never shown."""
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, (bool, int, float, str, type(None))) else str(value)


def kind(field: FieldInfo) -> str:
    """The type of a setting in plain words."""
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return " | ".join(str(choice) for choice in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "list"
    names: dict[Any, str] = {
        bool: "true or false",
        int: "whole number",
        float: "number",
        float | None: "number",
        SecretStr: "secret",
        Path: "folder",
    }
    return names.get(annotation, "text")


def _shown(value: Any) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(f'"{one}"' for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
