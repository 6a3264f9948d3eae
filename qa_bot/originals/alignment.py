"""Which letter of a page each letter of the text made of it is.

The text leaves things out (running heads, footnote marks), may stand in another order (columns,
notes) and may have letters mended. So nothing is found by its place: stretches that occur once in
both are the same and are followed to both sides as far as the letters agree; what lies between two
of them is compared closely; what is left over once in both is the same. A stretch that stands alone
far from its neighbours is given up: no place is better than a wrong one. The time grows with the
number of letters alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

SEED = 12  # letters that make a stretch unlikely to occur twice by chance
LONG = 3 * SEED  # letters of a stretch that can stand alone
NEAR = 200  # letters of heads, notes or marks that may lie between two neighbouring stretches
MOST_MOVED = 40  # letters that a seam of two stretches may be moved
WORK = 1_000_000  # pairs of letters that are compared closely, for all gaps of a page together

NOWHERE = -1
Run = tuple[int, int, int]  # of letters that follow each other in both: place, place, length


def align(mine: str, theirs: str, breaks: Sequence[int] = ()) -> list[int]:
    """For each letter of ``mine``, its place in ``theirs``, or ``NOWHERE``.

    Args:
        breaks: how strong a break stands before each letter of ``mine``: where two stretches could
            meet at several letters, they meet at the strongest.

    Example:
        >>> align("thankyou", "headthankyou3")
        [4, 5, 6, 7, 8, 9, 10, 11]
        >>> set(align("thankyou", "thankyouthankyou"))
        {-1}
    """
    places = [NOWHERE] * len(mine)
    if mine == theirs:
        return list(range(len(mine)))
    if len(mine) < 2 * SEED:
        at = theirs.find(mine) if mine else NOWHERE
        if at != NOWHERE and theirs.find(mine, at + 1) == NOWHERE:
            places = list(range(at, at + len(mine)))
        return places
    taken = bytearray(len(theirs))
    for size in (LONG, SEED):
        _seed(mine, theirs, size, places, taken)
    _drop_strays(places)
    if breaks:
        _settle_seams(mine, theirs, places, breaks)
        _extend(mine, theirs, places)
    _fill(mine, theirs, places)
    _match_left_over(mine, theirs, places)
    return places


def _seed(mine: str, theirs: str, size: int, places: list[int], taken: bytearray) -> None:
    """Places the stretches of this size that occur once in both, and all that continues them."""
    once = _once(theirs, size)
    for piece, at in _once(mine, size).items():
        there = once.get(piece, NOWHERE)
        if at == NOWHERE or there == NOWHERE or places[at] != NOWHERE or taken[there]:
            continue
        for step, (low, high) in ((-1, (at - 1, there - 1)), (1, (at, there))):
            while (
                0 <= low < len(mine)
                and 0 <= high < len(theirs)
                and places[low] == NOWHERE
                and not taken[high]
                and mine[low] == theirs[high]
            ):
                places[low] = high
                taken[high] = 1
                low, high = low + step, high + step


def _once(text: str, size: int) -> dict[str, int]:
    """Where each stretch of this size begins; ``NOWHERE`` if it occurs more than once."""
    found: dict[str, int] = {}
    for at in range(len(text) - size + 1):
        piece = text[at : at + size]
        found[piece] = NOWHERE if piece in found else at
    return found


def _runs(places: list[int]) -> Iterator[Run]:
    start = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at] != places[at - 1] + 1 or places[at - 1] == NOWHERE:
            if places[start] != NOWHERE:
                yield start, places[start], at - start
            start = at


def _drop_strays(places: list[int]) -> None:
    """Gives up short stretches that stand near neither the one before nor the one after."""
    runs = list(_runs(places))
    for number, run in enumerate(runs):
        start, _, length = run
        before = number > 0 and _is_near(runs[number - 1], run)
        after = number + 1 < len(runs) and _is_near(run, runs[number + 1])
        if length < LONG and not before and not after:
            places[start : start + length] = [NOWHERE] * length


def _is_near(one: Run, other: Run) -> bool:
    """Whether one stretch stands before or behind the other, with no more between than may be."""
    mine, theirs = other[0] - one[0] - one[2], other[1] - one[1] - one[2]
    return abs(theirs) <= mine + NEAR + one[2] + other[2] and mine <= NEAR


def _settle_seams(mine: str, theirs: str, places: list[int], breaks: Sequence[int]) -> None:
    """Moves the seam of two stretches to the strongest break among the letters that fit both.

    The first stretch was followed as far as letters agree: "and then" at the end of a line may have
    taken the "the" that happens to begin the next column's line.
    """
    taken = set(places)
    for seam in range(1, len(places)):
        end, start = places[seam - 1], places[seam]
        if NOWHERE in (end, start) or start == end + 1:
            continue
        fits = [seam]
        for step in range(1, MOST_MOVED + 1):  # the second stretch could begin earlier
            at, there = seam - step, start - step
            if at < 0 or there < 0 or mine[at] != theirs[there] or there in taken:
                break
            if places[at] != end - step + 1:  # another seam
                break
            fits.append(at)
        for step in range(MOST_MOVED):  # the first stretch could end later
            at, there = seam + step, end + 1 + step
            if at >= len(mine) or there >= len(theirs) or mine[at] != theirs[there]:
                break
            if there in taken or places[at] != start + step:
                break
            fits.append(at + 1)
        best = max(fits, key=lambda at: (breaks[at] if at < len(breaks) else 0, -abs(at - seam)))
        for at in range(min(best, seam), max(best, seam)):
            taken.discard(places[at])
            places[at] = start - (seam - at) if best < seam else end + 1 + at - seam
            taken.add(places[at])


def _extend(mine: str, theirs: str, places: list[int]) -> None:
    """Follows every stretch over letters that have become free."""
    taken = set(places)
    for step in (1, -1):
        for at in range(len(places))[::step]:
            before = at - step
            if places[at] != NOWHERE or not 0 <= before < len(places) or places[before] == NOWHERE:
                continue
            there = places[before] + step
            if 0 <= there < len(theirs) and there not in taken and mine[at] == theirs[there]:
                places[at] = there
                taken.add(there)


def _follows(one: Run, other: Run) -> bool:
    """Whether one stretch goes on with the other, with no more between than may be."""
    mine, theirs = other[0] - one[0] - one[2], other[1] - one[1] - one[2]
    return 0 <= theirs <= mine + NEAR and mine <= NEAR


def _fill(mine: str, theirs: str, places: list[int]) -> None:
    """Compares what lies between two neighbouring stretches."""
    runs = list(_runs(places))
    taken = set(places)
    work = WORK
    for one, other in pairwise(runs):
        low, high = one[0] + one[2], one[1] + one[2]
        gap, there = mine[low : other[0]], theirs[high : max(high, other[1])]
        work -= len(gap) * len(there)
        if not gap or not there or not _follows(one, other) or work < 0:
            continue
        # Where much more stands there than here (a running head), short words may be anybody's.
        least = 3 if len(there) <= 2 * len(gap) + SEED else SEED
        blocks = SequenceMatcher(None, gap, there, autojunk=False).get_matching_blocks()
        for block in blocks:
            if block.size >= least:
                to = range(high + block.b, high + block.b + block.size)
                if taken.isdisjoint(to):  # else another part of the text stands there
                    places[low + block.a : low + block.a + block.size] = to
                    taken.update(to)


def _match_left_over(mine: str, theirs: str, places: list[int]) -> None:
    """Places words of which all around is placed, in the text and on the page, as where columns
    are set row by row.
    """
    taken = bytearray(len(theirs))
    for place in places:
        if place != NOWHERE:
            taken[place] = 1
    here = _alone(mine, [place != NOWHERE for place in places])
    there = _alone(theirs, taken)
    for piece, at in here.items():
        to = there.get(piece, NOWHERE)
        if at != NOWHERE and to != NOWHERE and len(piece) > 1:
            places[at : at + len(piece)] = range(to, to + len(piece))


def _alone(text: str, placed: Sequence[int]) -> dict[str, int]:
    """Where each stretch that is not placed begins; ``NOWHERE`` if there are several alike."""
    found: dict[str, int] = {}
    start = 0
    for at in range(len(text) + 1):
        if at == len(text) or placed[at]:
            piece = text[start:at]
            found[piece] = NOWHERE if piece in found else start
            start = at + 1
    return found
