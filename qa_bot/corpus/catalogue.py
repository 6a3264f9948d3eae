"""What a maintainer says about the speeches: ``catalogue.toml`` in the corpus folder, or
``catalogue.csv``, whose columns are those of a table of speeches."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qa_bot.corpus.loaders.decoding import unmarked
from qa_bot.corpus.speech_table import match, read_table
from qa_bot.errors import CorpusError, TableError
from qa_bot.schema import valid_date

CATALOGUE = "catalogue.toml"
TABLE = "catalogue.csv"
CATALOGUES = (CATALOGUE, TABLE)
FACTS = ("title", "speaker", "role", "event", "date", "place", "language", "source", "media")
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]{3,2000}", re.IGNORECASE)
KEYS = (*FACTS, "groups", "id", "turns", "turn_names")
SUBTABLES = ("turn_names",)  # values that are tables themselves, not of other files


@dataclass
class Catalogue:
    """Facts, groups and ids by the path of a file; and what in the catalogue made no sense.

    `tables`: the files that have a table, whatever it says.
    `withheld`: why a file may not be shown at all, as who may see it cannot be told.
    `one_speaker`: the files in which no turns shall be looked for.
    `turn_names`: what the labels of speakers mean; "" for one that names no speaker.
    """

    facts: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    one_speaker: set[str] = field(default_factory=set)
    turn_names: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)


def read_catalogue(folder: Path, paths: set[str]) -> Catalogue:
    """Read the catalogue; one that does not exist says nothing. TOML comes before CSV, by field.

    Args:
        paths: the speeches of the folder. A table for any other file becomes a warning.

    Raises:
        CorpusError: the catalogue is not TOML or CSV, or cannot be opened; or it keeps a file to
            groups that is not there: one that was renamed would be open to everybody.
    """
    catalogue = Catalogue()
    for name, table in _tables(_parse(folder / CATALOGUE), (), paths, catalogue.warnings):
        table = {key.lower(): value for key, value in table.items()}
        path = _path(name, paths)
        if path is None:
            if "groups" in table:
                raise CorpusError(
                    f"{CATALOGUE}: [{name!r}] has groups but is no file that can be read here.",
                    "Correct its path, or take the table out: a speech that was only renamed "
                    "would be open to everybody.",
                )
            catalogue.warnings.append(f"[{name!r}] is no file that can be read in this folder")
            continue
        catalogue.tables.add(path)
        for key, value in table.items():
            if problem := _take(catalogue, path, key, value):
                catalogue.warnings.append(f"[{path!r}] {problem}")
                if key == "groups":
                    catalogue.withheld[path] = f"left out, as {CATALOGUE} is wrong: {problem}"
    _add_table(catalogue, folder / TABLE, paths)
    return catalogue


def _add_table(catalogue: Catalogue, file: Path, paths: set[str]) -> None:
    """What the CSV says where the TOML says nothing."""
    if not file.exists():
        return
    try:
        table = read_table(file)
    except TableError as error:
        raise CorpusError(error.message, error.hint) from error
    found = match(table.rows, sorted(paths))
    used = {id(row) for row in found.rows.values()}
    if lost := next((row for row in table.rows if row.groups and id(row) not in used), None):
        raise CorpusError(
            f"{TABLE}, line {lost.line}: {lost.file!r} has groups but is no one file here.",
            "Correct its path, or take the row out: a speech that was only renamed would be open "
            "to everybody.",
        )
    for path, row in found.rows.items():
        known = catalogue.facts.setdefault(path, {})
        known |= {key: value for key, value in row.facts.items() if key not in known}
        if row.groups:
            catalogue.groups.setdefault(path, row.groups)
    problems = [problem for row in found.rows.values() for problem in row.problems]
    catalogue.warnings += [f"{TABLE}, {p}" for p in (*table.problems, *found.problems, *problems)]


def is_web_address(text: str) -> bool:
    """Whether a text may be the address of a page or a file on the web."""
    return WEB_ADDRESS.fullmatch(text) is not None


def _path(name: str, paths: set[str]) -> str | None:
    """The file that a table means, whatever form its letters have in the file system.

    File systems differ in whether "è" is one sign or two and in whether case counts.
    """
    if name in paths:
        return name
    for form in (_composed, lambda text: _composed(text).casefold()):
        alike = [path for path in paths if form(path) == form(name)]
        if len(alike) == 1:
            return alike[0]
    return None


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return parsed(path.name, path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CorpusError(f"{path.name} cannot be opened ({error.strerror}).") from error


def parsed(file: str, raw: bytes) -> dict[str, Any]:
    """The TOML of a catalogue, as the file of that name holds it.

    Raises:
        CorpusError: it is none, with the line that is wrong.
    """
    hint = "Correct that line; docs/corpus.md shows what the catalogue may hold."
    try:
        data, encoding = unmarked(raw)
        text = data.decode(encoding or "utf-8")
        return tomllib.loads(text.replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        kind = error.encoding.upper()
        raise CorpusError(f"{file}, line {line}: not {kind} text.", hint) from error
    except tomllib.TOMLDecodeError as error:
        last = f"line {text.count(chr(10)) + 1}"
        problem = str(error).replace("end of document", last)
        raise CorpusError(f"{file} cannot be read: {problem}.", hint) from error
    except RecursionError as error:
        raise CorpusError(f"{file} cannot be read: nested too deeply.", hint) from error


def _tables(
    node: dict[str, Any], names: tuple[str, ...], paths: set[str], warnings: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tables by file path. ``[a.txt]`` without quotes is TOML for a table in a table: put the
    name together again."""
    path = ".".join(names)
    if path not in paths:
        path = path.replace("\\", "/").removeprefix("./")
    values = {
        key: value
        for key, value in node.items()
        if not isinstance(value, dict) or (names and key.lower() in SUBTABLES)
    }
    if names and (values or len(values) == len(node) or path in paths):
        yield path, values
    else:
        warnings.extend(f"{key!r} stands outside the table of a file" for key in values)
    for key, value in node.items():
        if isinstance(value, dict) and key not in values:
            yield from _tables(value, (*names, key), paths, warnings)


def _take(catalogue: Catalogue, path: str, key: str, value: Any) -> str:
    """Store one value; returns what is wrong with it, or an empty string."""
    if key == "groups":
        groups = [value] if isinstance(value, str) else value
        if not isinstance(groups, list) or not all(isinstance(g, str) for g in groups):
            return "groups: a list of names in quotes is expected"
        named = tuple(dict.fromkeys(g.strip() for g in groups if g.strip()))
        if not named:
            return "groups: names nobody; leave the line out if everybody may see it"
        catalogue.groups[path] = named
        return ""
    if key == "turns":
        if value is False:
            catalogue.one_speaker.add(path)
        return "" if isinstance(value, bool) else "turns: true or false is expected"
    if key == "turn_names":
        return _take_names(catalogue, path, value)
    if key not in KEYS:
        return f"{key!r} is no key of the catalogue ({', '.join(KEYS)})"
    if key == "date" and isinstance(value, date):  # a datetime is a date too
        value = (value.date() if isinstance(value, datetime) else value).isoformat()
    if key == "date" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return f"{key}: a text in quotes is expected"
    value = " ".join(value.split())
    if not value:
        return ""
    if key == "date" and not valid_date(value):
        return f"date {value!r}: no date of the form YYYY-MM-DD, YYYY-MM or YYYY"
    if key == "media" and not is_web_address(value):
        return f"media {value!r}: an address that begins with https:// is expected"
    if key == "language":
        value = value.lower()
        if not re.fullmatch("[a-z]{2}", value):
            return f"language {value!r}: two letters are expected, such as 'en'"
    if key == "id":
        catalogue.ids[path] = value
    else:
        catalogue.facts.setdefault(path, {})[key] = value
    return ""


def _take_names(catalogue: Catalogue, path: str, value: Any) -> str:
    """Store what the labels of speakers mean; returns what is wrong, or an empty string."""
    if not isinstance(value, dict):
        return 'turn_names: a table is expected, such as {"MR. ROY" = "Jean Roy"}'
    wrong = ""
    for label, name in value.items():
        meant = " ".join(name.split()) if isinstance(name, str) else name
        if not label.strip() or not (meant is False or (isinstance(meant, str) and meant)):
            wrong = wrong or f"turn_names: {label!r}: a name in quotes, or false, is expected"
        else:
            catalogue.turn_names.setdefault(path, {})[label.strip(" :")] = meant or ""
    return wrong
