"""Which speeches the list shows, in which order: words, speaker and year, sorted, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from qa_bot.schema import Document
from qa_bot.text.folding import plain

PER_PAGE = 50
LONGEST = 200  # characters of each thing asked for


@dataclass(frozen=True)
class Wanted:
    """What the address of the list asks for; empty fields ask for nothing.

    Attributes:
        q: words that all occur in title, speaker, role, event, place or date.
        speaker: exactly, as the list of speakers names them.
        year: of four digits.
        sort: a key of ``SORTS``; anything else is the first of them.
        page: from 1.
    """

    q: str = ""
    speaker: str = ""
    year: str = ""
    sort: str = ""
    page: int = 1

    @property
    def any(self) -> bool:
        """Whether any speech may be left out."""
        return bool(self.q.strip() or self.speaker or self.year)

    def query(self, **changes: Any) -> str:
        """The query of the list's address with these fields changed."""
        fields = vars(replace(self, **changes))
        return urlencode({k: v for k, v in fields.items() if v and (k, v) != ("page", 1)})


@dataclass(frozen=True)
class Listing:
    """One page of the list.

    Attributes:
        documents: the speeches on this page.
        found: how many fit in all.
        page, pages: which page this is, and of how many.
        speakers, years: what can be chosen from, over all speeches.
    """

    documents: tuple[Document, ...]
    found: int
    page: int
    pages: int
    speakers: tuple[str, ...]
    years: tuple[str, ...]


def listing(documents: Sequence[Document], wanted: Wanted) -> Listing:
    """The page of the list that is wanted; the nearest one when there is no such page.

    Example:
        >>> speeches = [Document(id="a", title="Été", date="2018"), Document(id="b", title="Z")]
        >>> [d.id for d in listing(speeches, Wanted(q="ete")).documents]
        ['a']
    """
    words = plain(wanted.q[:LONGEST]).split()
    fitting = [
        document
        for document in documents
        if (not wanted.speaker or wanted.speaker in _speakers(document))
        and (not wanted.year or document.date[:4] == wanted.year)
        and (not words or _has(document, words))
    ]
    _, key, backwards = SORTS.get(wanted.sort, SORTS["date"])
    fitting.sort(key=key, reverse=backwards)  # stable: equal ones stay in corpus order
    pages = max(1, -(-len(fitting) // PER_PAGE))
    page = min(max(1, wanted.page), pages)
    return Listing(
        documents=tuple(fitting[(page - 1) * PER_PAGE : page * PER_PAGE]),
        found=len(fitting),
        page=page,
        pages=pages,
        speakers=tuple(sorted({name for d in documents for name in _speakers(d)}, key=plain)),
        years=tuple(sorted({d.date[:4] for d in documents if d.date}, reverse=True)),
    )


def _speakers(document: Document) -> set[str]:
    """Who speaks, by the catalogue and by the text; not those who only ask."""
    told = {turn.speaker for turn in document.turns if not turn.asks}
    return (told | {document.speaker}) - {""}


def _has(document: Document, words: list[str]) -> bool:
    known = plain(
        "\n".join(
            (document.title, *sorted(_speakers(document)), document.role, document.event,
             document.place, document.date)
        )
    )  # fmt: skip
    return all(word in known for word in words)


# What each order is called in the words, what it goes by, and whether from the greatest down.
# Speeches without a date, a speaker or a title come last.
SORTS: dict[str, tuple[str, Callable[[Document], Any], bool]] = {
    "date": ("sort_date", lambda document: document.date, True),
    "oldest": ("sort_oldest", lambda document: (not document.date, document.date), False),
    "title": ("sort_title", lambda document: (not document.title, plain(document.title)), False),
    "speaker": (
        "sort_speaker",
        lambda document: (not document.speaker, plain(document.speaker)),
        False,
    ),
    "length": ("sort_length", lambda document: len(document.text), True),
}
