"""What every loader gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa_bot.schema import Omission, Turn


@dataclass(frozen=True)
class Loaded:
    """The text of a file as it will be kept and shown.

    Attributes:
        text: with ``\\n`` as the only line end.
        pages: offset at which each page begins; empty for files without pages.
        facts: what the file itself says: ``title``, ``date``, ``language``, …
        page_labels: what is printed on each page; empty where that is its number.
        turns: who speaks where, if the format itself says so.
        omissions: what the file holds beyond this text.
        name: of a speech among others in one file; empty where the file is the speech.
    """

    text: str
    pages: tuple[int, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    page_labels: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    omissions: tuple[Omission, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Contents:
    """What a file holds: one speech, or several, and what in it could not be used."""

    speeches: tuple[Loaded, ...]
    problems: tuple[str, ...] = ()


class UnusableFileError(Exception):
    """A file cannot be used; ``reason`` is for the maintainer of the corpus."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
