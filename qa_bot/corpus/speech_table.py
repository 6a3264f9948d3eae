"""A table of who spoke and when, as people keep it: one row a speech, columns in any order."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa_bot.corpus.loaders import SUFFIXES
from qa_bot.corpus.table_columns import columns_of, facts_of, said_in
from qa_bot.corpus.tables import rows, table_text
from qa_bot.errors import TableError, first_line

GROUPS = re.compile(r"[,;|\n]")
OTHER_SUFFIXES = (*SUFFIXES, ".doc", ".rtf", ".odt")


@dataclass(frozen=True)
class Row:
    """One speech of the table.

    Attributes:
        line: where it begins.
        file: what the table calls the file.
        facts: what it says, by the catalogue's keys.
        problems: cells that made no sense and are left out.
        groups: who may see it; empty means everybody.
    """

    line: int
    file: str
    facts: Mapping[str, str]
    problems: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpeechTable:
    """A table that was read: its name, its rows, and why others cannot be used."""

    name: str
    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()


@dataclass
class Matches:
    """Which row tells about which file, and what found no partner."""

    rows: dict[str, Row] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_table(path: Path) -> SpeechTable:
    """Read a CSV file: commas, semicolons or tabs; UTF-8, UTF-16 or Western European.

    Raises:
        TableError: it cannot be read, is empty, or no column names the file.
    """
    try:
        text = table_text(path.read_bytes())
    except OSError as error:
        raise TableError(f"The table {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TableError(f"The table {path} is not text.", 'Save it as "CSV UTF-8".') from error
    columns: dict[str, int] = {}
    found: list[Row] = []
    problems: list[str] = []
    width = 0
    try:
        for line, cells in rows(text):
            if not columns:
                columns, width = _columns(path, cells), len(cells)
            elif any(cells[width:]):
                problems.append(f"line {line}: more cells than column titles; quote the commas")
            elif row := _row(line, cells, columns):
                found.append(row)
            else:
                problems.append(f"line {line}: names no file")
    except csv.Error as error:
        raise TableError(f"The table {path} is not CSV: {first_line(error)}.") from error
    if not columns:
        raise TableError(f"The table {path} is empty.")
    return SpeechTable(path.name, tuple(found), tuple(problems))


def match(table: Iterable[Row], paths: Sequence[str]) -> Matches:
    """Rows by the path of their file, which the table may shorten to its name, without its suffix
    or with another, and lengthen by the folders it lies in somewhere.

    Example:
        >>> rows = [Row(2, "C:\\\\talks\\\\Closing.doc", {}), Row(3, "missing.pdf", {})]
        >>> found = match(rows, ["2018/closing.txt"])
        >>> list(found.rows), found.problems
        (['2018/closing.txt'], ["line 3: no file is named 'missing.pdf'"])
    """
    whole: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for path in paths:
        for tail in _tails(_folded(path)):
            whole.setdefault(tail, set()).add(path)
            stems.setdefault(_stem(tail), set()).add(path)
    found = Matches()
    for row in table:
        alike = _alike(row.file, whole, stems)
        if len(alike) != 1:
            what = f"may mean {len(alike)} files" if alike else ""
            shown = repr(row.file)
            found.problems.append(
                f"line {row.line}: {shown} {what}" if what else
                f"line {row.line}: no file is named {shown}"
            )  # fmt: skip
        elif (first := found.rows.setdefault(alike[0], row)) is not row:
            found.problems.append(f"line {row.line}: {alike[0]!r} is already on line {first.line}")
    return found


def _alike(cell: str, whole: dict[str, set[str]], stems: dict[str, set[str]]) -> list[str]:
    name = cell.replace("\\", "/")
    exact = [path for path in whole.get(_folded(name), ()) if path == name]
    if exact:
        return exact
    folded = _folded(name)
    for index, form in ((whole, str), (stems, str), (stems, _stem)):
        for tail in _tails(folded):
            if paths := index.get(form(tail)):
                return sorted(paths)
    return []


def _tails(path: str) -> list[str]:
    """The path, then without its first folder, and so on to the name alone."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return ["/".join(parts[at:]) for at in range(len(parts))]


def _stem(path: str) -> str:
    return next((path[: -len(s)] for s in OTHER_SUFFIXES if path.endswith(s)), path)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _columns(path: Path, titles: Sequence[str]) -> dict[str, int]:
    found = columns_of(titles)
    if "file" not in found:
        raise TableError(
            f"{path} has no column titled 'filename'; its first row is: {', '.join(titles)[:200]}.",
            "The first row names the columns: filename, title, speaker, date, event, place, role.",
        )
    return found


def _row(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> Row | None:
    said = said_in(cells, columns)
    file = said.pop("file", "")
    if not file:
        return None
    groups = tuple(name for part in GROUPS.split(said.pop("groups", "")) if (name := part.strip()))
    facts, problems = facts_of(said)
    return Row(line, file, facts, tuple(f"line {line}: {problem}" for problem in problems), groups)
