"""The columns of tables about speeches, and what their cells say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qa_bot.corpus.file_dates import stated_date
from qa_bot.schema import valid_date
from qa_bot.text.folding import plain

# Column titles that are understood, in lower case; the first that is there counts.
COLUMNS = {
    "file": (
        "filename",
        "file name",
        "file",
        "path",
        "file path",
        "document",
        "fichier",
        "archivo",
    ),
    "title": ("title", "titre", "título", "titulo"),
    "speaker": ("speaker", "name", "president", "author", "orateur", "orador"),
    "date": ("date", "day", "fecha"),
    "year": ("year", "année", "annee", "año"),
    "event": ("event", "occasion", "meeting"),
    "place": ("place", "location", "venue", "city", "lieu", "lugar"),
    "role": ("role", "position", "office", "function"),
    "language": ("language", "lang", "langue", "idioma"),
    "source": ("source", "url", "link", "address"),
    "media": ("media", "video", "audio", "recording"),
    "groups": ("groups", "group", "access"),
}
LANGUAGES = {
    name: code
    for code, names in {
        "en": "english eng anglais inglés ingles",
        "fr": "french fra fre français francais francés",
        "es": "spanish spa español espanol espagnol castellano",
        "de": "german deu ger deutsch allemand alemán",
        "pt": "portuguese por português portugues",
        "it": "italian ita italiano",
        "ar": "arabic ara",
        "ru": "russian rus",
        "zh": "chinese zho chi",
    }.items()
    for name in names.split()
}
NOTHING = frozenset(["", "-", "–", "—", "?", "n/a", "na", "none", "null", "unknown", "tbd"])
LONGEST_DATE = 60
# A spreadsheet's day, with its midnight.
ISO_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d.*")
WEB = re.compile(r"https?://\S+", re.IGNORECASE)


def columns_of(
    titles: Sequence[str], known: Mapping[str, Sequence[str]] = COLUMNS
) -> dict[str, int]:
    """Where each known column stands, by its key.

    >>> columns_of(["File_Name", "President"])
    {'file': 0, 'speaker': 1}
    """
    lowered = [" ".join(title.lower().replace("_", " ").split()) for title in titles]
    found = {}
    for key, names in known.items():
        at = next((lowered.index(title) for title in names if title in lowered), None)
        if at is not None:
            found[key] = at
    return found


def said_in(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """The cells of a row by their column, each on one line; none of those that say nothing."""
    return {
        key: " ".join(cells[at].split())
        for key, at in columns.items()
        if at < len(cells) and not says_nothing(cells[at])
    }


def says_nothing(cell: str) -> bool:
    """Whether a cell is empty, or as good as that ("n/a")."""
    return cell[:20].strip().lower() in NOTHING and len(cell.strip()) < 20


def facts_of(said: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What a row says in the catalogue's form, and which cells made no sense and are left out."""
    said = dict(said)
    problems = []
    days = [said.pop(key) for key in ("date", "year") if key in said]
    if days:
        dates = [told for day in days if (told := _date(day))]
        if dates:
            said["date"] = dates[0]
        if not _date(days[0]):
            problems.append(f"date {days[0]!r} is not one day, month or year")
        elif len(days) == 2 and not dates[0].startswith(dates[-1][:4]):
            problems.append(f"the date is {days[0]!r}, the year {days[1]!r}")
            del said["date"]
    if language := said.pop("language", ""):
        code = LANGUAGES.get(plain(language), LANGUAGES.get(language.lower(), language.lower()))
        if re.fullmatch("[a-z]{2}", code):
            said["language"] = code
        else:
            problems.append(f"language {language!r}: two letters, such as 'en'")
    if "media" in said and not WEB.fullmatch(said["media"]):
        problems.append(f"media {said.pop('media')!r}: an address that begins with https://")
    return said, problems


def _date(cell: str) -> str:
    """The date in the catalogue's form, unless the cell may mean two."""
    cell = ISO_MOMENT.sub(r"\1", cell)
    if valid_date(cell):
        return cell
    if len(cell) > LONGEST_DATE:
        return ""
    stated = stated_date(cell, latest=9999)
    return "" if stated.note else stated.date
