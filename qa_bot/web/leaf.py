"""A page of the original file beside the speech's text: what is shown of it, and what is said."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.originals.files import AtHand, State, at_hand
from qa_bot.originals.pages import DRAWN_AS, BusyError, PageReader, Picture
from qa_bot.originals.placed import Box
from qa_bot.schema import Document
from qa_bot.web.source import shorten

log = logging.getLogger("qa_bot.web")

QUOTED = 300  # characters of a quotation that are read out with the picture


@dataclass(frozen=True)
class Leaf:
    """A page as it is shown.

    Attributes:
        number, count: which page of how many, from 1.
        label: what is printed on it where that is not its number.
        width, height: in points; 0 where it cannot be drawn.
        marks: boxes of the cited words on it.
        quote: the cited words that are marked.
        said: names of the sentences that tell what is not as one would expect.
        cited: offsets of the citation, to go on with on another page.
    """

    number: int
    count: int
    label: str = ""
    width: float = 0.0
    height: float = 0.0
    marks: tuple[Box, ...] = ()
    quote: str = ""
    said: tuple[str, ...] = ()
    cited: tuple[int, int] | None = None


class Leaves:
    """Pages of the original files of a corpus. Who may see a document is not asked here."""

    def __init__(self, corpus: Path, reader: PageReader) -> None:
        self._corpus = corpus
        self._reader = reader

    def file(self, document: Document, sha256: str) -> AtHand:
        """The document's file, if its pages can be shown; ``sha256`` is what it was."""
        if not document.pages:
            return AtHand(State.NO_PAGES)
        return at_hand(self._corpus, document, sha256)

    def leaf(
        self, document: Document, file: AtHand, number: int, cited: tuple[int, int] | None
    ) -> Leaf:
        """A page with the cited words marked, or the nearest page there is.

        Args:
            number: from 1; 0 for the page on which the citation begins.
        """
        count = len(document.pages)
        first = document.page_at(cited[0]) if cited else 1
        number = min(max(number or first or 1, 1), count)
        label = document.page_labels[number - 1] if number <= len(document.page_labels) else ""
        made = Leaf(number, count, "" if label == str(number) else label, cited=cited)
        start, end = document.pages[number - 1], len(document.text)
        if number < count:
            end = document.pages[number]
        try:
            placed = self._reader.placed(file, number, start, document.text[start:end])
        except BusyError:
            return replace(made, said=("page_busy",))
        except UnusableFileError as error:
            log.warning("page %d of %s cannot be drawn: %s", number, document.id, error.reason)
            return replace(made, said=("page_not_drawn",))
        said: tuple[str, ...] = ()
        marks: tuple[Box, ...] | None = ()
        here = (max(cited[0], start), min(cited[1], end)) if cited else (0, 0)
        quote = " ".join(document.text[here[0] : here[1]].split()) if here[0] < here[1] else ""
        if quote:
            marks = placed.marks(*here)
            said = ("page_place_unknown",) if marks is None else ()
        if cited and quote:
            said += ("page_began_before",) if document.text[cited[0] : start].strip() else ()
            said += ("page_goes_on",) if document.text[end : cited[1]].strip() else ()
        return replace(
            made,
            width=placed.width,
            height=placed.height,
            marks=marks or (),
            quote=shorten(quote, QUOTED) if marks else "",
            said=said,
        )

    def picture(self, file: AtHand, number: int, width: int) -> Picture:
        """The picture of a page.

        Raises:
            UnusableFileError: it cannot be drawn.
            BusyError: too many wait for pages.
        """
        return self._reader.picture(file, number, width)


def mark_of(file: AtHand, number: int, width: int) -> str:
    """The ETag of a picture: alike as long as file, page, size and way of drawing are."""
    return f'"{file.sha256[:32]}-{number}-{width}-{DRAWN_AS}"'
