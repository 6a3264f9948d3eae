"""What the name of a file states: a day, a surname, a title. Nothing is decided about the surname
here: :mod:`qa_bot.corpus.proposals` compares it with the speech and with the other names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from qa_bot.corpus.file_dates import YEAR, Stated, stated_date
from qa_bot.corpus.name_words import EMPTY, PLACES, is_capitalised, is_surname
from qa_bot.text.folding import plain
from qa_bot.text.names import PARTICLES

BREAK = "\0"  # where a date stood
SERIAL = re.compile(r"(?:v|no|nr|rev|#)?\.?\d{1,3}[a-z]?", re.IGNORECASE)
CODE = re.compile(r"(?=.*\d)(?:[0-9a-f]{6,}|\w{14,})", re.IGNORECASE)  # 605e54f1ab177411
WORD_AND_SERIAL = re.compile(r"(?P<word>[^\W\d_]{3,})(?P<number>\d{1,3})")
MOST_WORDS = 4  # of a name
LETTERS = 3  # of the longest word of a title, at least


@dataclass(frozen=True)
class NamedFile:
    """The parts of a file's name.

    Attributes:
        date: the day or year in it.
        name: the one capitalised name in it, or empty: none, or several.
        after_by: whether the name stands behind "by".
        shape: the kinds of its parts in order, to find out which files are named alike.
        title: the words left, or empty.
    """

    date: Stated
    name: str = ""
    after_by: bool = False
    shape: str = ""
    title: str = ""


def read_name(path: str, *, latest: int | None = None) -> NamedFile:
    """Take the name of a file to pieces.

    Example:
        >>> named = read_name("2018-10-09 Thompson closing.pdf")
        >>> named.date.date, named.name, named.title
        ('2018-10-09', 'Thompson', 'Closing')
        >>> read_name("1837-VanBuren-1.txt").name
        'Van Buren'
    """
    *folders, file = unicodedata.normalize("NFC", path).split("/")
    stem = file.rpartition(".")[0] or file
    date = stated_date(stem, latest=latest)
    if not date.date and not date.spans and folders and YEAR.fullmatch(folders[-1]):
        date = stated_date(folders[-1], latest=latest)
        date = Stated(date.date, (), "the year is its folder's")
        words = _words(stem)
    else:
        words = _words(_without(stem, date.spans))
    runs = _runs(words)
    if not runs:  # "2018-Washington-1": a place, when no other word may be a name
        runs = _runs(words, places=True)
    name, (start, end) = (
        (" ".join(words[slice(*runs[0])]), runs[0]) if len(runs) == 1 else ("", (0, 0))
    )
    left = [w for at, w in enumerate(words) if w != BREAK and not start <= at < end]
    before = words[start - 1].lower() if start else ""
    if before == "by" and name:
        left = [w for at, w in enumerate(words) if w != BREAK and not start - 1 <= at < end]
    return NamedFile(
        date=date,
        name=_spaced(name),
        after_by=before == "by",
        shape=_shape(words, (start, end)),
        title=_title(left),
    )


def _without(stem: str, spans: tuple[tuple[int, int], ...]) -> str:
    for start, end in sorted(spans, reverse=True):
        stem = f"{stem[:start]} {BREAK} {stem[end:]}"
    return stem


def _words(stem: str) -> list[str]:
    """The words of the name; a hyphen parts them unless blanks do."""
    blanks = re.search(r"[^\W_][ _]+[^\W_]", stem)
    parts = re.split(r"[\s_.,;()\[\]{}+&–—]+" if blanks else r"[-\s_.,;()\[\]{}+&–—]+", stem)
    words: list[str] = []
    for part in parts:
        part = part.strip("-'’\"") if BREAK not in part else part
        if re.search(r"\d-|-\d", part):
            words += [p for p in part.split("-") if p]
        elif whole := WORD_AND_SERIAL.fullmatch(part):
            words += [whole["word"], whole["number"]]
        elif part:
            words.append(part)
    return words


def _runs(words: list[str], *, places: bool = False) -> list[tuple[int, int]]:
    """Where capitalised names stand: "Laura Thompson", "Harry S Truman", "Ursula von der Leyen"."""

    def named(at: int) -> bool:
        word = words[at]
        return is_surname(word) or (places and is_capitalised(word) and plain(word) in PLACES)

    runs = []
    at = 0
    while at < len(words):
        if not named(at):
            at += 1
            continue
        end = at + 1
        last = end
        while end < len(words):
            if named(end):
                last = end + 1
            elif not (words[end] in PARTICLES or re.fullmatch("[A-Z]", words[end])):
                break
            end += 1
        runs.append((at, last))
        at = last
    return [(a, b) for a, b in runs if b - a <= MOST_WORDS] if len(runs) == 1 else runs


def _spaced(name: str) -> str:
    """ "VanBuren" with the blank that file names leave out."""
    return re.sub(
        r"\b([A-Z][a-z]+)(?=[A-Z][a-z])",
        lambda m: m[1] + " " if m[1].lower() in PARTICLES else m[1],
        name,
    )


def _shape(words: list[str], name: tuple[int, int]) -> str:
    kinds: list[str] = []
    for at, word in enumerate(words):
        if name[0] <= at < name[1]:
            kind = "N"
        elif word == BREAK:
            kind = "D"
        elif SERIAL.fullmatch(word):
            kind = "1"
        else:
            kind = "w"
        if kinds[-1:] != [kind]:
            kinds.append(kind)
    return "".join(kinds)


def _title(words: list[str]) -> str:
    kept = [w for w in words if not SERIAL.fullmatch(w) and not CODE.fullmatch(w)]
    if not any(plain(w) not in EMPTY and sum(map(str.isalpha, w)) >= LETTERS for w in kept):
        return ""
    title = " ".join(kept)
    return title[:1].upper() + title[1:]
