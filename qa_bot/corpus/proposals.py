"""What a catalogue might say, for its maintainer to check: ``qa-bot catalogue``.

A field is proposed where the file's name, the file itself or its first lines state it plainly, or
a table that people keep says it. What two of them contradict, or one only hints at, becomes a
comment.
Nothing here is used by the bot before a person has put it into ``catalogue.toml``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa_bot.corpus.catalogue import CATALOGUE, FACTS, read_catalogue
from qa_bot.corpus.corpus import corpus_folder, readable_name
from qa_bot.corpus.file_names import NamedFile, read_name
from qa_bot.corpus.files import SkippedFile, find_files, read_bytes
from qa_bot.corpus.first_lines import Speaker, month_in_lines, names_in_lines, speaker_in_lines
from qa_bot.corpus.isolation import FileParser
from qa_bot.corpus.loaders import SEVERAL, Loaded, UnusableFileError
from qa_bot.corpus.loaders.facts import header_lines
from qa_bot.corpus.name_words import PLACES
from qa_bot.corpus.speech_table import Row, SpeechTable, match
from qa_bot.corpus.toml_writing import comment, quoted
from qa_bot.errors import CorpusError
from qa_bot.schema import valid_date
from qa_bot.text.folding import plain

WANTED = ("title", "speaker", "date")
NAME = "from the file's name"
FILE = "from the file itself"
LINES = "from its first lines"
HEADING = "# A draft by `qa-bot catalogue`: check each line against the speech, then keep it."
ADDED = "# Added by `qa-bot catalogue`: check each line against the speech."
# First lines that are no title: a salutation, a sentence, a note in brackets, words of a page.
NO_TITLE = re.compile(
    r"\W*(?:my )?(?:(?:fellow|dear|gentlemen|members of|to the)\b|(?:jump|skip) to)|[\[(]"
    r"|.*(?:\bmr\.? (?:speaker|president)\b|[-–—.]$)",
    re.IGNORECASE,
)
# Files that are named alike vouch for each other: of this many different names most look like one.
ALIKE = 3
MOST = 0.6

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Field:
    """A proposed value, and where it comes from."""

    value: str
    origin: str


@dataclass
class Entry:
    """What is proposed for one file.

    Attributes:
        fields: by the catalogue's keys, in its order.
        notes: what was not proposed, by key, and why.
        listed: whether the catalogue has a table for the file already, with something missing.
    """

    path: str
    fields: dict[str, Field] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    listed: bool = False


@dataclass(frozen=True)
class Draft:
    """Proposals for a folder, sorted by path.

    Attributes:
        complete: how many speeches need none.
        skipped: files that cannot be read.
        problems: rows of the table that found no file, or hold what makes no sense.
        without_row: files that the table does not name.
    """

    entries: tuple[Entry, ...]
    complete: int = 0
    skipped: tuple[SkippedFile, ...] = ()
    problems: tuple[str, ...] = ()
    without_row: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Read:
    """What one file says: its name, its facts and its first lines."""

    named: NamedFile
    facts: Mapping[str, str]
    speaker: Speaker
    month: str
    whole_name: str  # of whom the file's name names, where a line is nothing else
    doubts: str  # why the name in the file's name may be none


def propose(
    folder: Path,
    *,
    table: SpeechTable | None = None,
    max_file_mb: int = 50,
    progress: Progress | None = None,
) -> Draft:
    """Propose title, speaker and date of every speech for which the catalogue lacks one.

    Raises:
        CorpusError: the folder holds no speech, or its catalogue cannot be read.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "1948-Truman-1.txt").write_text("Mr. Speaker, we are here.")
        >>> {key: f.value for key, f in propose(folder).entries[0].fields.items()}
        {'speaker': 'Truman', 'date': '1948'}
    """
    root = corpus_folder(folder)
    files, skipped = find_files(root)
    if not files:
        raise CorpusError(f"{str(folder)!r} holds no speech.", "Put files in it first.")
    catalogue = read_catalogue(root, {file.path for file in files})
    # A table of speeches says itself who spoke and when.
    files = [file for file in files if not file.path.lower().endswith(SEVERAL)]
    paths = [file.path for file in files]
    matched = match(table.rows, paths) if table else None
    rows = matched.rows if matched else {}
    read: dict[str, _Read] = {}
    missing: dict[str, list[str]] = {}
    with FileParser() as parser:
        for number, file in enumerate(files, start=1):
            known = catalogue.facts.get(file.path, {})
            told = rows[file.path].facts if file.path in rows else {}
            gaps = [key for key in FACTS if key not in known and (key in WANTED or key in told)]
            if gaps:
                try:
                    contents = parser.load(file.path, read_bytes(file, max_file_mb))
                    read[file.path] = _read(file.path, contents.speeches[0])
                    missing[file.path] = gaps
                except UnusableFileError as error:
                    skipped.append(SkippedFile(file.path, error.reason))
            if progress:
                progress(number, len(files), file.path)
    sure = _sure_names(read)
    origin = f"from {table.name}" if table else ""
    entries = []
    for path, gaps in missing.items():
        entry = Entry(path, listed=path in catalogue.tables)
        _from_row(entry, rows.get(path), origin)
        _fill(entry, read[path], name_is_sure=path in sure)
        role_fits = "speaker" in gaps and "role" not in catalogue.facts.get(path, {})
        keys = [*gaps, "role"] if role_fits else gaps
        entry.fields = {
            key: entry.fields[key] for key in FACTS if key in keys and key in entry.fields
        }
        entry.notes = {key: why for key, why in entry.notes.items() if key in gaps}
        entries.append(entry)
    problems = [*table.problems, *matched.problems] if table and matched else []
    problems += [problem for row in rows.values() for problem in row.problems]
    if table and any(row.groups for row in table.rows):
        problems.append(f"{table.name} says who may see speeches: that is not drafted")
    return Draft(
        tuple(entries),
        complete=len(files) - len(missing) - sum(s.path in set(paths) for s in skipped),
        skipped=tuple(skipped),
        problems=tuple(problems),
        without_row=tuple(path for path in paths if path not in rows) if table else (),
    )


def _read(path: str, loaded: Loaded) -> _Read:
    named = read_name(path)
    lines = list(header_lines(loaded.text))
    return _Read(
        named=named,
        facts={key: value for key, value in loaded.facts.items() if value},
        speaker=speaker_in_lines(lines),
        month=month_in_lines(lines),
        whole_name=names_in_lines(lines, named.name) if named.name else "",
        doubts=_doubts(named, loaded.text) if named.name else "",
    )


def _doubts(named: NamedFile, text: str) -> str:
    """Why a capitalised word of a file's name may be no surname; empty when it likely is one."""
    if named.after_by:
        return ""
    name = named.name
    if plain(name) in PLACES:
        return "may be a place"
    if name.count(" ") > 1 or (" " in name and not re.match("[A-Z][a-z]{0,2} [A-Z]", name)):
        return "several words"
    if "D" not in named.shape and not named.title:
        return "the only word of the file's name"
    if re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", text):
        return "also a common word in the speech"
    if re.search(rf"\b(?:in|at|near|across|within|throughout) {re.escape(name)}\b", text):
        return "may be a place"
    return ""


def _sure_names(read: Mapping[str, _Read]) -> set[str]:
    """The files whose names name their speakers: no doubt about them, or about most of those that
    are named alike ("1790-Washington-1", "1869-Grant-1", "1948-Truman-1")."""
    alike: dict[str, list[str]] = defaultdict(list)
    for path, file in read.items():
        if file.named.name:
            alike[file.named.shape].append(path)
    sure = set()
    for shape, paths in alike.items():
        good: dict[str, bool] = {}
        for path in paths:
            name = read[path].named.name
            good[name] = good.get(name, True) and not read[path].doubts
        regular = (
            "D" in shape and sum(good.values()) >= ALIKE and sum(good.values()) >= MOST * len(good)
        )
        sure |= {path for path in paths if regular or not read[path].doubts}
    return sure


def _from_row(entry: Entry, row: Row | None, origin: str) -> None:
    if row:
        where = f"{origin}, line {row.line}"
        entry.fields |= {key: Field(value, where) for key, value in row.facts.items()}
        for problem in row.problems:
            key = "language" if ": language " in problem else "date"
            entry.notes[key] = f"{origin}, {problem}"


def _fill(entry: Entry, file: _Read, *, name_is_sure: bool) -> None:
    """What the table did not say."""
    for key in FACTS:
        if key not in (*WANTED, "role") and key in file.facts:
            entry.fields.setdefault(key, Field(file.facts[key], FILE))
    if "speaker" not in entry.fields:
        _speaker(entry, file, name_is_sure)
    if "date" not in entry.fields and "date" not in entry.notes:
        _date(entry, file)
    if "title" not in entry.fields:
        _title(entry, file)


def _speaker(entry: Entry, file: _Read, name_is_sure: bool) -> None:
    named = file.named.name
    if told := file.facts.get("speaker", ""):
        entry.fields["speaker"] = Field(told, FILE)
        if role := file.facts.get("role", ""):
            entry.fields.setdefault("role", Field(role, FILE))
    elif name := file.speaker.name:
        if named and name_is_sure and not _same_person(name, named):
            entry.notes["speaker"] = f'its first lines say "{name}", the file\'s name "{named}"'
            return
        entry.fields["speaker"] = Field(name, LINES)
        if file.speaker.role:
            entry.fields.setdefault("role", Field(file.speaker.role, LINES))
    elif file.whole_name:
        entry.fields["speaker"] = Field(file.whole_name, f"{NAME} and a line of its own")
    elif named and name_is_sure:
        entry.fields["speaker"] = Field(named, NAME)
    elif named:
        entry.notes["speaker"] = f'perhaps "{named}", {NAME}, but: {file.doubts}'
    else:
        entry.notes["speaker"] = "stated nowhere plainly"


def _date(entry: Entry, file: _Read) -> None:
    stated = file.named.date
    told = file.facts.get("date", "") or file.month
    told = told if valid_date(told) else ""
    if told and stated.date and not (told.startswith(stated.date) or stated.date.startswith(told)):
        entry.notes["date"] = f'the file says "{told}", its name "{stated.date}"'
    elif told and len(told) >= len(stated.date):
        entry.fields["date"] = Field(told, FILE if file.facts.get("date") else LINES)
    elif stated.date:
        entry.fields["date"] = Field(
            stated.date, NAME + (f"; {stated.note}" if stated.note else "")
        )
    else:
        entry.notes["date"] = f"{NAME}, {stated.note}" if stated.note else "stated nowhere plainly"


def _title(entry: Entry, file: _Read) -> None:
    told = file.facts.get("title", "")
    speaker = entry.fields.get("speaker")
    is_speaker = speaker is not None and plain(told) == plain(speaker.value)
    words = file.named.title
    if "speaker" not in entry.fields and file.named.name:
        words = ""  # the name is a part of it, or is not: a person must say
    if told and not is_speaker and not NO_TITLE.match(told):
        entry.fields["title"] = Field(told, FILE)
    elif words:
        entry.fields["title"] = Field(words, NAME)
    else:
        entry.notes["title"] = (
            f'stated nowhere plainly; shown as "{told or readable_name(entry.path)}"'
        )


def _same_person(whole: str, surname: str) -> bool:
    return set(re.findall(r"\w+", plain(surname))) <= set(re.findall(r"\w+", plain(whole)))


def toml_draft(entries: Iterable[Entry], *, heading: str = HEADING, inside: bool = False) -> str:
    """The proposals as a catalogue.

    Args:
        inside: they are to stand in the catalogue that has tables for some of the files: as TOML
            knows no table twice, what those lack becomes comments.
    """
    blocks = [heading, *(toml_table(entry, inside=inside) for entry in entries)]
    return "\n\n".join(blocks) + "\n"


def toml_table(entry: Entry, *, inside: bool = False) -> str:
    """The table of one file, each line with where it comes from."""
    hidden = "# " if inside and entry.listed else ""
    lines = [f"{hidden}[{quoted(entry.path)}]"]
    if entry.listed:
        lines.append(comment(f"it has a table in {CATALOGUE}: move the lines there"))
    for key in FACTS:
        if key in entry.fields:
            proposed = entry.fields[key]
            value = " ".join(proposed.value.split())
            lines.append(f"{hidden}{key} = {quoted(value)}  {comment(proposed.origin)}")
        elif key in entry.notes:
            lines.append(comment(f"{key}: {entry.notes[key]}"))
    return "\n".join(lines)
