"""What a run of words of a question names."""

from __future__ import annotations

from dataclasses import dataclass

from qa_bot.conversation.catalogue import Catalogue, Entry
from qa_bot.conversation.dates import DateWords
from qa_bot.schema import Filters


@dataclass(frozen=True)
class Mention:
    """Words that name something of the catalogue, or a date.

    Attributes:
        kind: "S", "E", "P", "D", "T" or "A".
        first, last: the words, by number, both inclusive.
        entries: what they may mean; for "T" what the words before "speech" leave over.
        date: for "D".
        plural: "speeches" rather than "speech".
    """

    kind: str
    first: int
    last: int
    entries: tuple[Entry, ...] = ()
    date: DateWords | None = None
    plural: bool = False

    @property
    def documents(self) -> frozenset[str]:
        """Ids of the speeches that any of its meanings belongs to."""
        return frozenset().union(*(entry.documents for entry in self.entries))


def documents_of(mention: Mention, catalogue: Catalogue) -> frozenset[str]:
    """Ids of the speeches that belong to a mention."""
    if mention.date is None:
        return mention.documents
    times = Filters(date_from=mention.date.start, date_to=mention.date.end)
    return frozenset(d.id for d in catalogue.documents if times.allows(d))
