"""What a run of words of a question names."""

from __future__ import annotations

from dataclasses import dataclass

from qa_bot.schema import Filters
from qa_bot.understanding.dates import DateWords
from qa_bot.understanding.entities import Entities, Entity


@dataclass(frozen=True)
class EntityMention:
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
    entries: tuple[Entity, ...] = ()
    date: DateWords | None = None
    plural: bool = False

    @property
    def documents(self) -> frozenset[str]:
        """Ids of the speeches that any of its meanings belongs to."""
        return frozenset().union(*(entry.documents for entry in self.entries))


def documents_of(
    mention: EntityMention, entities: Entities, *, certain: bool = False
) -> frozenset[str]:
    """Ids of the speeches that belong to a mention.

    Args:
        certain: a speech of which only the year is known does not belong to a month of that year.
    """
    if mention.date is None:
        return mention.documents
    found = frozenset[str]()
    for start, end in mention.date.readings:
        times = Filters(date_from=start, date_to=end)
        found |= {
            d.id
            for d in entities.documents
            if times.allows(d)
            and not (certain and not (_precise(d.date, start) and _precise(d.date, end)))
        }
    return found


def _precise(date: str, bound: str) -> bool:
    """Whether a date is precise enough to tell on which side of a bound it is."""
    return len(date) >= len(bound) or not bound.startswith(date)
