"""Tables with a speech in each row, as data sets come: CSV with commas, semicolons or tabs."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from qa_bot.corpus.loaders.base import Contents, Loaded, UnusableFileError
from qa_bot.corpus.loaders.decoding import decode
from qa_bot.corpus.table_columns import COLUMNS, columns_of, facts_of, said_in, says_nothing
from qa_bot.corpus.tables import rows
from qa_bot.schema import Omission

TEXT = (
    *("text", "speech", "content", "speech text", "speechtext", "transcript", "full text"),
    *("fulltext", "body", "speech content", "statement", "remarks", "utterance"),
    *("texte", "discours", "texto", "discurso", "testo", "rede"),
)
# Besides those of a table of files.
MORE = {
    "text": TEXT,
    "id": ("id", "doc id", "document id", "speech id", "speechid", "row id", "key", "uid"),
    "speaker": (
        *("speaker", "speaker name", "speakername", "name", "full name", "president", "author"),
        *("member", "member name", "mp", "politician", "orateur", "orador", "redner"),
    ),
    "country": ("country", "country name", "state", "delegation", "organization", "organisation"),
    "party": ("party", "party name", "affiliation"),
    "session": ("session", "term", "legislature"),
    "event": (*COLUMNS["event"], "agenda", "agenda item", "debate", "debate title", "topic"),
    "title": (*COLUMNS["title"], "headline", "heading", "subject"),
}
KNOWN = {key: names for key, names in {**COLUMNS, **MORE}.items() if key != "file"}
MOST_ROWS = 200_000
MOST_CHARACTERS = 200_000_000
LONGEST_CELL = 20_000_000  # characters
LONGEST_NAME = 80
LONGEST_FACT = 300
MOST_PROBLEMS = 20
WITHOUT_TEXT = "rows without text"


def load_all(data: bytes) -> Contents:
    """A speech for each row; its other cells say who spoke, when and where.

    A row is named by its column ``id``, or where that is missing or not the row's alone, by its
    text, so that the name stays when rows come and go.

    Raises:
        UnusableFileError: it is no table, or none of its columns holds speeches.
    """
    csv.field_size_limit(LONGEST_CELL)
    columns: dict[str, int] = {}
    width = 0
    found: list[tuple[str, str, dict[str, str]]] = []
    problems: list[str] = []
    empty = 0
    characters = 0
    try:
        for line, cells in rows(decode(data)):
            if not columns:
                columns, width = _columns(cells), len(cells)
                continue
            at = columns["text"]
            text = cells[at] if at < len(cells) else ""
            characters += len(text)
            if len(found) >= MOST_ROWS or characters > MOST_CHARACTERS:
                problems.insert(0, f"only the first {len(found):,} rows are read: split the file")
                break
            if any(cells[width:]):
                problems.append(f"line {line}: more cells than column titles; quote the commas")
            elif says_nothing(text):
                empty += 1
            else:
                said = said_in(cells, {k: n for k, n in columns.items() if k != "text"})
                facts, wrong = facts_of(said)
                problems += [f"line {line}: {problem}" for problem in wrong]
                found.append((facts.pop("id", ""), text, facts))
    except csv.Error as error:
        raise UnusableFileError(f"no table that can be read ({error})") from error
    if not columns:
        raise UnusableFileError("the table is empty")
    if not found:
        raise UnusableFileError("the table has no row with a speech in it")
    if len(problems) > MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = [f"and {len(problems) - MOST_PROBLEMS:,} more such rows"]
    omissions = (Omission(WITHOUT_TEXT, empty),) if empty else ()
    return Contents(_named(found, omissions), tuple(problems))


def _columns(titles: Sequence[str]) -> dict[str, int]:
    columns = columns_of(titles, KNOWN)
    if "text" not in columns:
        shown = ", ".join(titles)[:200]
        if "file" in columns_of(titles):
            raise UnusableFileError(
                "a table about speeches, not of them; to use it, name it catalogue.csv at the top "
                "of the folder"
            )
        raise UnusableFileError(
            f"no column holds speeches: title one 'text' (the first row is: {shown})"
        )
    if "groups" in columns:
        raise UnusableFileError(
            "a table of speeches cannot say who may see each: keep those of one group in a file of "
            "their own, with groups in catalogue.toml"
        )
    return columns


def _named(
    found: Sequence[tuple[str, str, dict[str, str]]], omissions: tuple[Omission, ...]
) -> tuple[Loaded, ...]:
    ids = Counter(id for id, _, _ in found)
    made = []
    taken: Counter[str] = Counter()
    for id, text, said in found:
        name = id if id and ids[id] == 1 and len(id) <= LONGEST_NAME else ""
        if not name:
            name = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]
        taken[name] += 1
        if taken[name] > 1:
            name = f"{name}-{taken[name]}"
        made.append(Loaded(text, facts=_facts(said), name=name))
    made[0] = Loaded(made[0].text, facts=made[0].facts, name=made[0].name, omissions=omissions)
    return tuple(made)


def _facts(said: Mapping[str, str]) -> dict[str, str]:
    """What a row says, by the catalogue's keys.

    A country without a speaker is the speaker, as in the debates of the United Nations; beside
    one it is a part of the role, as a party is.
    """
    facts = {k: v for k, v in said.items() if k not in ("country", "party", "session")}
    country, party, session = (said.get(key, "") for key in ("country", "party", "session"))
    if session and "event" not in facts:
        facts["event"] = f"Session {session}" if session.isdecimal() else session
    if "speaker" not in facts and country:
        facts["speaker"] = country
        country = ""
    role = ", ".join(part for part in (facts.get("role", ""), party, country) if part)
    if role:
        facts["role"] = role
    if "title" not in facts:
        parts = (facts.get(key, "") for key in ("speaker", "event", "date"))
        facts["title"] = ", ".join(part for part in parts if part)
    return {key: value[:LONGEST_FACT] for key, value in facts.items()}
