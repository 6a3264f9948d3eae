"""Makes one classic script of the widget's modules, its style sheet and its words.

One file without imports loads under any content-security policy that allows its origin, and a
classic script knows the address it came from, so the widget finds its server without being told.
The modules keep to what this joins safely, and anything else is an error: imports of names from
neighbours at the top of a file, exports in front of declarations, no name declared twice.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from qa_bot.version import __version__
from qa_bot.web.i18n import LANGUAGES, words_for

SOURCES = Path(__file__).parent / "src"
START = "main.js"
WORDS = "words.json"  # no file: the widget's section of the TOML files, and `_SHARED`

# Texts of the pages that the widget says too, beside its own.
_SHARED = re.compile("colon|at_least|closest|folded|further|note_.*")

_IMPORT = re.compile(r'^import (\w+|\{[^}]*\}) from "\./([\w.-]+)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?function |class |const )", re.M)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*|\bimport\(.*", re.M)
_DECLARED = re.compile(r"^(?:(?:async )?function\*?|class|const|let|var) +(\w+)", re.M)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*?(?:[^*]|\*(?!/))*\*/)[ \t]*\n", re.M)


@lru_cache
def bundle() -> str:
    """The whole widget as one script.

    Raises:
        ValueError: a module does what cannot be joined; the message names it.

    Example:
        >>> bundle().startswith("/* qa-bot widget")
        True
    """
    parts: dict[str, str] = {}
    _add(START, parts)
    body = "".join(parts.values())
    _check_names(body)
    licence = "/* qa-bot widget " + __version__ + ", Apache-2.0 */\n"
    return f'{licence}(() => {{\n"use strict";\n{body}}})();\n'


def _add(name: str, parts: dict[str, str]) -> None:
    """Puts a module behind those it imports from."""
    if name in parts:
        return
    source = (SOURCES / name).read_text(encoding="utf-8")
    parts[name] = ""  # it is on its way: two modules may not need each other
    for names, other in _IMPORT.findall(source):
        if other.endswith(".js"):
            _add(other, parts)
            if not parts[other]:
                raise ValueError(f"{name} and {other} import each other")
            exported = set(_DECLARED.findall(parts[other]))
            if missing := set(re.findall(r"\w+", names)) - exported:
                raise ValueError(f"{name} imports {sorted(missing)}, which {other} has not")
        else:
            parts.setdefault(other, _constant(names, other))
    body = _EXPORT.sub("", _IMPORT.sub("", source))
    if left := _LEFT_OVER.search(body):
        raise ValueError(f"{name}: cannot be joined: {left.group()}")
    del parts[name]  # and back in at its place in the order
    parts[name] = _COMMENT.sub("", body).lstrip("\n")


def _constant(name: str, file: str) -> str:
    value = _words() if file == WORDS else _style((SOURCES / file).read_text(encoding="utf-8"))
    # "<" could end a script element if somebody puts the script into a page.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"const {name} = {text};\n"


def _words() -> dict[str, dict[str, object]]:
    """What the widget says, by language."""
    said: dict[str, dict[str, object]] = {}
    for language in LANGUAGES:
        w = words_for(language)
        shared = {name: text for name, text in w.texts.items() if _SHARED.fullmatch(name)}
        said[language] = {**w.scripts["widget"], **shared}
    return said


def _style(sheet: str) -> str:
    """A style sheet without comments and indentation."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    return re.sub(r"\s*\n\s*", "\n", bare).strip()


def _check_names(body: str) -> None:
    seen: set[str] = set()
    for name in _DECLARED.findall(body):
        if name in seen:
            raise ValueError(f"{name} is declared twice in the widget")
        seen.add(name)
