"""What a file holds beyond its text, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, groupby

from qa_bot.schema import Omission

MOST_PLACES = 8


def omission(part: str, places: Sequence[int], *, count: int | None = None) -> list[Omission]:
    """One omission, or none where there is no place.

    Args:
        places: numbers of the pages it is on, in order.
        count: how many there are, if not one a page.

    Example:
        >>> omission("damaged pages", [2, 3, 4, 7])
        [Omission(part='damaged pages', count=4, where='2-4, 7')]
    """
    return [Omission(part, count or len(places), ranges(places))] if places else []


def ranges(numbers: Sequence[int]) -> str:
    """Numbers in order as ranges, the first few of them.

    Example:
        >>> ranges([1, 2, 3, 9])
        '1-3, 9'
    """
    steps = count()
    runs = [[*run] for _, run in groupby(numbers, key=lambda number: number - next(steps))]
    named = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs[:MOST_PLACES]]
    return ", ".join(named + ["…"] * (len(runs) > MOST_PLACES))
